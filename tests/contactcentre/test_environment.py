"""Does the environment say everything, and is what it says safe in production?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from contactcentre.env import beside
from contactcentre.state import PROJECT, load_env_file

READ_HERE = ["env.py", "state.py", "embedded/postgres.py"]
VARIABLE = re.compile(r"""(?:read\.\w+|required_in_production|environ\.get)\(\s*"([A-Z_]+)\"""")
PRODUCTION = {
    "CONTINUUM_ENV": "production",
    "SECRET_KEY": "k7" * 40 + "abcdefgh",
    "ALLOWED_HOSTS": "continuum.example.com",
    "DATABASE_URL": "postgres://a:b@127.0.0.1:1/c",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def manage(*arguments: str, tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    kept = ("PATH", "HOME", "LANG", "CONTINUUM_ENV_FILE")
    clean = {name: os.environ[name] for name in kept if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env={**clean, "CONTINUUM_STATE": str(tmp_path), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_example_lists_every_variable_and_no_other() -> None:
    read = {
        name
        for file in READ_HERE
        for name in VARIABLE.findall((PROJECT / "contactcentre" / file).read_text())
    }
    listed = re.findall(r"^(?:# )?([A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(read)


def test_production_settings_pass_djangos_own_check(tmp_path: Path) -> None:
    checked = manage(
        "check", "--deploy", "--fail-level", "WARNING", tmp_path=tmp_path, **PRODUCTION
    )
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_production_refuses_to_start_without(name: str, tmp_path: Path) -> None:
    missing = {key: value for key, value in PRODUCTION.items() if key != name}
    refused = manage("check", tmp_path=tmp_path, **missing)
    assert refused.returncode != 0
    assert f"{name} must be set in production" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_production_makes_no_demo_and_no_debug_page(tmp_path: Path) -> None:
    shown = manage(
        *("shell", "--no-imports", "-c"),
        "from django.conf import settings as s; "
        "print(s.DEBUG, s.CONTINUUM_DEMO, repr(s.DEMO_PASSWORD), s.SESSION_COOKIE_NAME)",
        tmp_path=tmp_path,
        DEBUG="on",
        **PRODUCTION,
    )
    assert shown.stdout.strip() == "False False '' __Host-session", shown.stderr


def test_the_development_key_is_made_once_and_private(tmp_path: Path) -> None:
    for _ in range(2):
        manage("check", tmp_path=tmp_path)
    key = tmp_path / "secrets" / "django"
    first = key.read_text()
    manage("check", tmp_path=tmp_path)
    assert key.read_text() == first
    assert key.stat().st_mode & 0o777 == 0o600


def test_the_cache_stands_beside_the_tasks() -> None:
    assert beside("redis://:word@host:6379/4") == "redis://:word@host:6379/5"
    assert beside("redis://host:6379") == "redis://host:6379/1"


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "env"
    file.write_text("# A=0\nA=from the file\nB = 'quoted=yes'\n\nno line of ours\n")
    monkeypatch.setenv("CONTINUUM_ENV_FILE", str(file))
    monkeypatch.setenv("A", "from the environment")
    monkeypatch.setenv("B", "")
    monkeypatch.delenv("B")
    load_env_file()
    assert (os.environ["A"], os.environ["B"]) == ("from the environment", "quoted=yes")
