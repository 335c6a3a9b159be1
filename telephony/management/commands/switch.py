"""Run the embedded switch: the process in which every leg of every call ends."""

from __future__ import annotations

import asyncio
import logging
import socket
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

if TYPE_CHECKING:
    from telephony.switch.desk import Desk
    from telephony.switch.outside import Outside

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"


async def _outside(desk: Desk) -> Outside | None:
    """The trunk, where one is set. Raises CommandError with what to do."""
    if not settings.SIP_TRUNK:
        return None
    from baresip.errors import BaresipError  # noqa: PLC0415  (Linux only)

    from telephony.switch.outside import Outside  # noqa: PLC0415
    from telephony.switch.sip import NoTrunk, TrunkAddress  # noqa: PLC0415

    try:
        address = TrunkAddress.read(settings.SIP_TRUNK, listen=settings.SIP_LISTEN)
        desk.outside = Outside(desk, address)
        await desk.outside.start()
    except NoTrunk as error:
        raise CommandError(str(error)) from error
    except BaresipError as error:
        raise CommandError(f"SIP does not start on {settings.SIP_LISTEN}: {error}") from error
    return desk.outside


class Command(BaseCommand):
    help = "Run the embedded switch (WebRTC). It needs Redis, and no database."
    requires_system_checks: list[str] = []  # noqa: RUF012  (Django declares it so)
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", default=f"{socket.gethostname()}-1", help="its own name")

    def handle(self, *args: Any, **options: Any) -> None:
        from telephony.switch.desk import Desk  # noqa: PLC0415  (brings the codecs with it)
        from telephony.switch.process import Process  # noqa: PLC0415

        for chatty in ("aiortc", "aioice"):
            logging.getLogger(chatty).setLevel(logging.ERROR)
        recordings = Path(settings.RECORDINGS_ROOT)
        prompts = [Path(settings.MEDIA_ROOT) / "prompts", PROMPTS]

        async def live() -> None:
            desk = Desk(options["name"], prompts=prompts, recordings=recordings)
            outside = await _outside(desk)
            try:
                await Process(desk, settings.REDIS_URL).run()
            finally:
                if outside:
                    await outside.close()

        asyncio.run(live())
