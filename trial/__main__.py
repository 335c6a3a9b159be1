"""`python -m trial`: contacts are closed and followed up while everything breaks; 0 lost, 0 twice,
0 against the rules, or it ends with 1. `make trial FAULTS=all SIZE=10000 SEED=1`.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from contactcentre import state
from contactcentre.embedded.processes import CannotStart
from trial.breaking import FAULTS
from trial.site import Site

LIES = 0.12  # of all that the provider is asked, where it lies at all
LARGE = 1000  # contacts
# Seconds between faults of a small trial, and of a large one, which has more than a hundred of them
# and has to be up for most of the time, or its contacts are never all closed and called.
EVERY = (6.0, 20.0)


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m trial", description=__doc__)
    parser.add_argument("--faults", default="all", help=f"all, none, or some of {','.join(FAULTS)}")
    parser.add_argument("--size", type=int, default=10_000, help="how many contacts are closed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--every", type=float, help="seconds between faults, about; more for a large size"
    )
    parser.add_argument(
        "--hurry", action="store_true", help="due once closed, not a minute later: for CI"
    )
    parser.add_argument("--state", type=Path, default=state.state_folder() / "trial")
    options = parser.parse_args()
    options.faults = list(FAULTS) if options.faults == "all" else options.faults.split(",")
    options.faults = [name for name in options.faults if name != "none"]
    options.every = options.every or EVERY[options.size >= LARGE]
    if unknown := set(options.faults) - set(FAULTS):
        parser.error(f"unknown faults: {', '.join(sorted(unknown))}; known: {', '.join(FAULTS)}")
    return options


def main() -> int:
    options = asked()
    folder = options.state.resolve()
    lies = LIES if "provider" in options.faults else 0.0
    beats = 2 if "beats" in options.faults else 1
    site = Site(folder, beats=beats, lies=lies, seed=options.seed)
    try:
        site.prepare()
        import django  # noqa: PLC0415  (settings are read from the environment made above)

        django.setup()
        from trial.running import run  # noqa: PLC0415

        return run(site, options)
    finally:
        site.stop()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # everything is stopped in order
    try:
        sys.exit(main())
    except CannotStart as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
