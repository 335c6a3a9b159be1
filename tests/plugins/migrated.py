"""A PostgreSQL folder with every migration applied, made once and copied for each test run.

Applying them takes half a minute for each run, each child of xdist and each stack of a journey;
copying takes a fraction. The folder's name is made from all migrations, so that a changed one makes
a new folder. `python -m tests.plugins.migrated` makes it beforehand.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from contactcentre.embedded.postgres import DATABASE, Postgres
from contactcentre.state import PROJECT

TEMPLATE = "migrated"
KEPT = PROJECT / ".continuum" / "cache" / "tests"
KEEP = 3  # folders, for changing to and fro between branches
PARTS = ("postgres", "secrets")


def kept_folder() -> Path:
    """Where the folder for the migrations of this moment is, or will be."""
    made_from = hashlib.sha256(str(PROJECT).encode())
    how = [PROJECT / "requirements.txt", Path(__file__).resolve()]
    for path in sorted([*PROJECT.glob("*/migrations/*.py"), *how]):
        made_from.update(path.read_bytes())
    return KEPT / made_from.hexdigest()[:16]


def bring(folder: Path) -> None:
    """Put the migrated data and its password into `folder`; make them first where need be."""
    if not kept_folder().exists():
        _make(folder)
        _keep(folder, kept_folder())
        return
    _copy(folder)


def lend(folder: Path) -> None:
    """The same for a product that is started on `folder`, if the data are there already.

    Where PostgreSQL keeps its data outside of its folder they are not: then it begins with none.
    """
    if (kept_folder() / "postgres" / "data").exists():
        _copy(folder)


def _copy(folder: Path) -> None:
    kept = kept_folder()
    for part in PARTS:
        shutil.copytree(kept / part, folder / part)
    os.utime(kept)


def _make(folder: Path) -> None:
    server = Postgres(folder, durable=False)
    server.start()
    try:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=PROJECT,
            env={**os.environ, "DATABASE_URL": server.url, "CONTINUUM_STATE": str(folder)},
            check=True,
        )
        elsewhere = server.url.rpartition("/")[0] + "/postgres"
        copy = ["--maintenance-db", elsewhere, "--template", DATABASE, TEMPLATE]
        subprocess.run([str(server.programs / "createdb"), *copy], check=True)
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


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="continuum-migrated-") as name:
        bring(Path(name))
