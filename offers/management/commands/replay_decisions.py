"""Do the last decisions come out as they were kept, bit for bit? Ends with 1 when one does not."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from offers.replaying import Replayed, replay_last

TOLD_EVERY = 1000  # decisions between two lines of progress


def whole(text: str) -> int:
    """A number of decisions, one at least."""
    if not (text.isascii() and text.isdigit()) or not 0 < int(text[:19]) < 2**63:
        raise ArgumentTypeError(f"“{text[:30]}” is no number of decisions. Write it like 10000.")
    return int(text)


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--last", type=whole, required=True, help="How many, the newest first.")
        parser.add_argument("--json", action="store_true", help="The figures as one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = Replayed()
        for found in replay_last(options["last"]):
            if found.decisions % TOLD_EVERY == 0:
                self.stderr.write(
                    f"{found.decisions} replayed, {found.differences} differences", ending="\n"
                )
        self.stdout.write(self._json(found) if options["json"] else self._told(found))
        if found.differences:
            raise CommandError(f"{found.differences} decisions came out otherwise.", returncode=1)

    @staticmethod
    def _json(found: Replayed) -> str:
        return json.dumps(
            {
                "decisions": found.decisions,
                "differences": found.differences,
                "different": found.different,
                "catalogues": sorted(found.catalogues),
                "engines": sorted(found.engines),
            }
        )

    @staticmethod
    def _told(found: Replayed) -> str:
        told = (
            f"{found.decisions} decisions over {len(found.catalogues)} catalogues replayed: "
            f"{found.differences} differences"
        )
        return f"{told}: {', '.join(map(str, found.different))}" if found.different else f"{told}."
