"""Does one command start everything, keep it alive, and leave nothing behind?"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactcentre.embedded import processes
from contactcentre.embedded.children import Child, GivenUp
from contactcentre.embedded.output import Log, Screen
from contactcentre.embedded.supervisor import ADDRESSES
from contactcentre.state import PROJECT
from tests.patience import PATIENCE
from tests.plugins import migrated


class Run:
    """One `make run` on a folder and a port of its own, without the demo day."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = next(processes.free_ports(21000, spread=True))
        self.output = folder / "output"
        self.process = self.start()

    def start(self, port: int | None = None) -> subprocess.Popen[bytes]:
        env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
        with self.output.open("ab") as output:
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", "contactcentre.embedded"),
                    *("--state", str(self.folder), "run", "--port", str(port or self.port)),
                ],
                cwd=PROJECT,
                env={**env, "CONTINUUM_DEMO": "off"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_for(self, words: str) -> None:
        assert processes.wait_until(
            lambda: words in self.said() or self.process.poll() is not None, seconds=PATIENCE
        )
        assert words in self.said(), self.said()

    def family(self) -> list[int]:
        """Every process that has this folder in its environment, the supervisor aside."""
        mark = f"CONTINUUM_STATE={self.folder}".encode()
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit()
            and int(entry.name) not in {self.process.pid, os.getpid()}
            and _holds(entry, mark, str(self.folder).encode())
        ]


def _holds(process: Path, *marks: bytes) -> bool:
    try:
        text = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
    except OSError:
        return False
    return any(mark in text for mark in marks)


@pytest.fixture
def run(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Run]:
    if request.node.get_closest_marker("migrated"):
        migrated.lend(tmp_path)
    started = Run(tmp_path)
    yield started
    if started.process.poll() is None:
        started.process.kill()
        started.process.wait()


@pytest.mark.slow
def test_one_command_serves_heals_and_stops(run: Run) -> None:
    run.wait_for("Continuum is ready")
    for path in ADDRESSES.values():
        with urllib.request.urlopen(f"http://localhost:{run.port}{path}", timeout=PATIENCE) as page:
            assert page.status == 200
    web = next(
        pid for pid in run.family() if b"uvicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(web, signal.SIGKILL)
    run.wait_for("web ended with -9")
    assert processes.wait_until(lambda: _answers(run.port), seconds=PATIENCE)
    second = run.start()
    assert second.wait(timeout=PATIENCE) == 1
    assert f"already runs for {run.folder} (process {run.process.pid})" in run.said()
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(timeout=PATIENCE) == 0
    assert run.family() == []


@pytest.mark.slow
@pytest.mark.migrated
def test_nothing_outlives_a_killed_supervisor(run: Run) -> None:
    run.wait_for("Continuum is ready")
    run.process.kill()
    run.process.wait()
    assert processes.wait_until(lambda: run.family() == [], seconds=PATIENCE), run.family()


@pytest.mark.slow
def test_it_stops_while_it_starts(run: Run) -> None:
    run.wait_for("starting PostgreSQL")
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(timeout=PATIENCE) == 0
    assert "Exception" not in run.said()
    assert run.family() == []


@pytest.mark.slow
def test_a_taken_port_is_said_with_what_to_do(run: Run, tmp_path: Path) -> None:
    run.process.send_signal(signal.SIGTERM)
    run.process.wait(timeout=PATIENCE)
    with socket.socket() as other:
        other.bind(("127.0.0.1", run.port))
        other.listen()
        assert run.start().wait(timeout=PATIENCE) == 1
    assert f"Port {run.port} is in use" in run.said()
    assert f"make run PORT={run.port + 1}" in run.said()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/health/", timeout=PATIENCE) as page:
            return bool(page.status == 200)
    except OSError:
        return False


def test_a_process_that_keeps_ending_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = Child("web", ["false"], Log(tmp_path, "web", Screen()))
    child.log.take(b"no module named pages\n")
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    pauses = []
    for _ in range(5):
        child.starts.append(1000.0)
        child.plan_restart()
        pauses.append(child.start_at - 1000.0)
    assert pauses == [0.5, 1, 2, 4, 8]
    child.starts.append(1000.0)
    with pytest.raises(GivenUp, match="no module named pages"):
        child.plan_restart()


def test_a_log_is_kept_whole_and_its_oldest_part_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("contactcentre.embedded.output.LOG_MAY_GROW_TO", 20)
    log = Log(tmp_path, "web", Screen())
    log.take(b"first li")
    log.take(b"ne\nand the second line\nthird")
    log.close()
    assert capsys.readouterr().out == (
        "web      | first line\nweb      | and the second line\nweb      | third\n"
    )
    kept = (tmp_path / "logs" / "web.log.1").read_text() + log.path.read_text()
    assert kept == "first line\nand the second line\nthird\n"
