"""Builds the third-party front-end files: the icons. Pages work without them, plainer.

Uses Node 20 or newer where there is one, else the one of a Python wheel, put into .venv.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from contactcentre import state

BUILT = state.PROJECT / "static" / "dist" / ".built"
SOURCES = ["package-lock.json", "static/icons.txt", "static/build.mjs"]
OLDEST_NODE = 20
BIN = Path(sys.executable).parent


def digest() -> str:
    """What the build is made from, in one word."""
    found = hashlib.sha256()
    for name in SOURCES:
        found.update((state.PROJECT / name).read_bytes())
    return found.hexdigest()


def is_built() -> bool:
    with suppress(OSError):
        return BUILT.read_text() == digest()
    return False


def node_folder(path: str) -> Path | None:
    """The folder with a node that is new enough and an npm, or None."""
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if not node or not npm:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)", said)
    return Path(node).parent if version and int(version[1]) >= OLDEST_NODE else None


def path_with_node() -> str:
    """PATH on which node and npm are found; installs Node into .venv where there is none."""
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    if node_folder(path) is None:
        print("no Node 20 or newer here: putting one into .venv", flush=True)  # noqa: T201
        subprocess.run(
            [
                *(str(BIN / "uv"), "pip", "install", "-q", "--python", sys.executable),
                *("--require-hashes", "-r", "requirements-node.txt"),
            ],
            cwd=state.PROJECT,
            # The system knows certificates that uv does not bring: those of a company, for one.
            env=os.environ | {"UV_SYSTEM_CERTS": "true"},
            check=True,
        )
    return path


def npm(*arguments: str, folder: Path = state.PROJECT) -> None:
    """Run npm; its cache stays with us where there is no home to write to."""
    env = os.environ | {"PATH": path_with_node(), "npm_config_fund": "false"}
    if not os.access(os.environ.get("HOME", "/nonexistent"), os.W_OK):
        env["npm_config_cache"] = str(state.state_folder() / "cache" / "npm")
    subprocess.run(["npm", *arguments], cwd=folder, env=env, check=True)


def build() -> None:
    npm("ci", "--ignore-scripts", "--no-audit", "--silent")
    npm("run", "--silent", "build")
    BUILT.write_text(digest())


def main() -> int:
    """Build unless built; the exit code tells the start-up message of a failure."""
    if is_built():
        return 0
    try:
        build()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"front-end build failed: {error}", flush=True)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--npm", where, *arguments]:
            npm(*arguments, folder=Path(where))
        case ["--node"]:
            print(shutil.which("node", path=path_with_node()))  # noqa: T201
        case _:
            sys.exit(main())
