"""The command line of the embedded servers: `run` everything, or run one command `with` them."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from contactcentre import state
from contactcentre.embedded.processes import CannotStart
from contactcentre.embedded.servers import running
from contactcentre.embedded.supervisor import Supervisor


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m contactcentre.embedded")
    parser.add_argument("--state", type=Path, help="folder for data, keys and logs")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="start everything and watch over it")
    run.add_argument("--port", type=int, default=8000)
    within = verbs.add_parser("with", help="run one command while PostgreSQL and Redis run")
    within.add_argument("--temporary", action="store_true", help="servers without any memory")
    within.add_argument(
        "--migrate", action="store_true", help="bring the database up to date first"
    )
    within.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args()


def run_with(folder: Path, command: list[str], *, migrate: bool) -> int:
    """Run the command with the addresses of both servers in its environment; its exit code."""
    with running(folder) as urls:
        env = os.environ | urls | {"CONTINUUM_STATE": str(folder)}
        if migrate:
            prepare = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(prepare, env=env, check=True)
        return subprocess.run(command, env=env, check=False).returncode


def main() -> int:
    asked = parsed()
    os.chdir(state.PROJECT)
    state.load_env_file()
    folder = (asked.state or state.state_folder()).resolve()
    if asked.verb == "run":
        return Supervisor(folder, asked.port).run()
    command = asked.command[1:] if asked.command[:1] == ["--"] else asked.command
    if asked.temporary:
        with tempfile.TemporaryDirectory(prefix="continuum-") as name:
            return run_with(Path(name), command, migrate=asked.migrate)
    return run_with(folder, command, migrate=asked.migrate)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotStart as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
