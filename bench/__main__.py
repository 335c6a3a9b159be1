"""`python -m bench`: measure everything, or one part, and write bench/results.json."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench.servers import databases, served
from contactcentre import state
from contactcentre.embedded.processes import CannotStart

PARTS = ("desk", "preview", "followups", "dashboard", "intake", "calls")
ROUNDS, SECONDS = 8, 1.0
CUSTOMERS = 100_000
RESULTS = Path(__file__).parent / "results.json"


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="one part instead of all")
    parser.add_argument("--customers", type=int, default=CUSTOMERS, help="how many to have")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="blocks of each page")
    parser.add_argument("--state", type=Path, default=state.state_folder() / "bench")
    return parser.parse_args()


def main() -> int:
    options = asked()
    with databases(options.state.resolve()) as database:
        import django  # noqa: PLC0415  (settings are read from the environment made above)

        django.setup()
        from bench import measuring, prepare, table  # noqa: PLC0415

        prepare.data(options.customers)
        prepare.clear_away()
        parts = [options.only] if options.only else list(PARTS)
        with served(database, options.state.resolve()) as measured:
            entries = measuring.pages(measured, parts, rounds=options.rounds, seconds=SECONDS)
            folder = options.state.resolve()
            called = list(measuring.calling(parts, measured.pages_port, folder))
        figures = [*called, *measuring.inside(parts)]
        rows = table.rows(entries, figures)
        table.show(rows, sys.stdout)
        told = table.report(rows, options.customers)
        if options.only and RESULTS.exists():
            told = table.with_others(told, json.loads(RESULTS.read_text()))
        RESULTS.write_text(json.dumps(told, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotStart as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
