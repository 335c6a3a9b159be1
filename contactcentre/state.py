"""Where does this installation keep what it makes for itself: keys, servers' data, logs?

Standard library only: the embedded servers use it before anything is installed or set up.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
YES = {"1", "on", "true", "yes"}


def state_folder() -> Path:
    """The folder that survives restarts; CONTINUUM_STATE moves it."""
    return Path(os.environ.get("CONTINUUM_STATE") or PROJECT / ".continuum").resolve()


def load_env_file() -> None:
    """Take over variables of .env that the environment lacks; CONTINUUM_ENV_FILE names another."""
    path = Path(os.environ.get("CONTINUUM_ENV_FILE") or PROJECT / ".env")
    with suppress(FileNotFoundError):
        for line in path.read_text().splitlines():
            name, equals, value = line.strip().partition("=")
            if equals and not name.startswith("#"):
                os.environ.setdefault(name.strip(), value.strip().strip("\"'"))


def secret(name: str, *, folder: Path | None = None, size: int = 36) -> str:
    """The secret of that name: `size` random bytes, made at its first use, for its owner only."""
    path = (folder or state_folder()) / "secrets" / name
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path, secrets.token_urlsafe(size))
        return path.read_text().strip()


def demo_password(folder: Path | None = None) -> str:
    """The password of the seeded log-ins: one for all, of this installation only."""
    return secret("demo_password", folder=folder, size=9)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, in one step (a reader never sees half of it)."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    unfinished.replace(path)


def server_urls(folder: Path | None = None) -> dict[str, str]:
    """Addresses of the embedded servers that run now (DATABASE_URL, REDIS_URL), or nothing."""
    try:
        found: dict[str, str] = json.loads(
            ((folder or state_folder()) / "servers.json").read_text()
        )
    except FileNotFoundError:
        return {}
    return found
