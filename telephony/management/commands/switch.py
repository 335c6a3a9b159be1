"""Run the embedded switch: the process in which every leg of every call ends."""

from __future__ import annotations

import asyncio
import logging
import socket
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"


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
            await Process(desk, settings.REDIS_URL).run()

        asyncio.run(live())
