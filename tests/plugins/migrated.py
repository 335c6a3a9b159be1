"""A PostgreSQL folder with every migration applied, made once and copied for each test run.

Applying them takes seconds for each run and each child of xdist; copying takes a fraction. The
folder's name is made from all migrations, so that a changed one makes a new folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from contactcentre.embedded.postgres import Postgres
from contactcentre.state import PROJECT

TEMPLATE = "migrated"
KEPT = PROJECT / ".continuum" / "cache" / "tests"
KEEP = 3  # folders, for changing to and fro between branches
PARTS = ("postgres", "secrets")


def kept_folder() -> Path:
    """Where the folder for the migrations of this moment is, or will be."""
    made_from = hashlib.sha256(str(PROJECT).encode())
    for path in sorted([*PROJECT.glob("*/migrations/*.py"), PROJECT / "requirements.txt"]):
        made_from.update(path.read_bytes())
    return KEPT / made_from.hexdigest()[:16]


def bring(folder: Path) -> None:
    """Put the migrated data and its password into `folder`; make them first where need be."""
    kept = kept_folder()
    if not kept.exists():
        _make(folder)
        _keep(folder, kept)
        return
    for part in PARTS:
        shutil.copytree(kept / part, folder / part)
    os.utime(kept)


def _make(folder: Path) -> None:
    server = Postgres(folder, durable=False)
    server.start()
    try:
        program = str(server.programs / "createdb")
        subprocess.run([program, "--maintenance-db", server.url, TEMPLATE], check=True)
        url = server.url.rpartition("/")[0] + f"/{TEMPLATE}"
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=PROJECT,
            env={**os.environ, "DATABASE_URL": url, "CONTINUUM_STATE": str(folder)},
            check=True,
        )
    finally:
        server.stop()


def _keep(folder: Path, kept: Path) -> None:
    unfinished = kept.with_name(f"{kept.name}.{os.getpid()}")
    unfinished.mkdir(parents=True, mode=0o700)
    for part in PARTS:
        shutil.copytree(folder / part, unfinished / part)
    try:
        unfinished.rename(kept)
    except OSError:  # another run was faster
        shutil.rmtree(unfinished)
    with suppress(OSError):
        by_use = sorted(KEPT.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in by_use[KEEP:]:
            shutil.rmtree(old, ignore_errors=True)
