"""Do the image, the composition and the pinned packages say what the rest of the project says?"""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from contactcentre.state import PROJECT

COMPOSITION: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
OURS = ["web", "worker", "beat", "calls", "switch", "migrate"]


def pinned(name: str) -> dict[str, str]:
    text = (PROJECT / name).read_text()
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[^]]*\])?==(\S+)", text, re.MULTILINE))


def test_the_image_runs_what_was_tested() -> None:
    assert pinned("requirements-run.txt").items() <= pinned("requirements.txt").items()


@pytest.mark.parametrize(
    "name", ["django", "djangorestframework", "celery", "redis", "psycopg2-binary", "pytest-django"]
)
def test_the_lock_holds(name: str) -> None:
    assert name in pinned("requirements.txt")


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-run.txt", "requirements-node.txt"]
)
def test_every_package_is_pinned_by_hash_and_names_no_registry(name: str) -> None:
    text = (PROJECT / name).read_text()
    assert "://" not in text
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("folder", [".", ".ci/chromium"])
def test_the_front_end_lock_has_digests_and_names_no_registry(folder: str) -> None:
    lock = json.loads((PROJECT / folder / "package-lock.json").read_text())
    packages = [entry for name, entry in lock["packages"].items() if name]
    assert packages
    assert [entry for entry in packages if "resolved" in entry or "integrity" not in entry] == []


def test_the_composition_holds_no_secret() -> None:
    for service in COMPOSITION["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|_URL|HOSTS", name):
                assert "${" in value, name


def test_the_composition_sets_only_what_the_settings_read() -> None:
    example = (PROJECT / ".env.example").read_text()
    known = set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE))
    for name in OURS:
        assert set(COMPOSITION["services"][name]["environment"]) <= known


def test_every_service_that_stays_has_a_health_check() -> None:
    unwatched = [
        name
        for name, service in COMPOSITION["services"].items()
        if service.get("restart") == "unless-stopped" and "test" not in service["healthcheck"]
    ]
    assert unwatched == []
    assert set(COMPOSITION["services"]) == {*OURS, "postgres", "redis"}


def test_commands_of_the_composition_exist() -> None:
    listed = subprocess.run(
        [sys.executable, "manage.py", "help", "--commands"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    for service in COMPOSITION["services"].values():
        words = [*service.get("command", []), *service.get("healthcheck", {}).get("test", [])]
        for program, command in itertools.pairwise(words):
            assert program != "manage.py" or command in listed, command


def test_the_image_has_neither_root_nor_development_tools() -> None:
    recipe = (PROJECT / "Dockerfile").read_text()
    last_stage = recipe.rpartition("\nFROM ")[2]
    assert re.search(r"^USER continuum$", last_stage, re.MULTILINE)
    assert "CONTINUUM_ENV=production" in last_stage
    assert "requirements-run.txt" in recipe
    ignored = (PROJECT / ".dockerignore").read_text().split()
    assert {".env", ".git", ".continuum", ".venv"} <= set(ignored)


def test_nothing_made_here_is_in_version_control() -> None:
    made = {".venv", ".continuum", "node_modules", "staticfiles", ".env", "__pycache__"}
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    assert [path for path in tracked if made & set(Path(path).parts)] == []
