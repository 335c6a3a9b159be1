"""A small form of `make trial`: real processes are killed, and nobody is lost or called twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugins import migrated

pytestmark = pytest.mark.journey
MINUTES = 8  # far more than it takes; it ends by itself


def test_nobody_is_lost_or_called_twice_while_processes_are_killed(tmp_path: Path) -> None:
    migrated.lend(tmp_path)
    command = [
        *(sys.executable, "-m", "trial", "--size", "40", "--seed", "5", "--every", "4", "--hurry"),
        *("--faults", "worker,beats,beat,postgres,redis,flush", "--state", str(tmp_path)),
    ]
    ended = subprocess.run(
        command,
        env={**os.environ, "CONTINUUM_ENV_FILE": os.devnull},
        capture_output=True,
        text=True,
        timeout=MINUTES * 60,
        check=False,
    )
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    assert "LOST                                             0" in ended.stdout
