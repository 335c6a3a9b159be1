"""Do the servers of `make run` keep what they were given, whatever happens to them?"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis as redis_client

from contactcentre.embedded import processes, servers
from contactcentre.embedded.postgres import Postgres
from contactcentre.embedded.redis import Redis
from contactcentre.state import PROJECT
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


def sql(server: Postgres, statement: str) -> list[tuple[object, ...]]:
    link = psycopg2.connect(server.url)
    try:
        with link, link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        link.close()


def kill(process: subprocess.Popen[bytes] | None) -> int:
    assert process
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return process.pid


def test_rows_survive_a_killed_postgresql(postgres: Postgres) -> None:
    sql(postgres, "create table kept as select generate_series(1, 1000) as n")
    kill(postgres.process)
    postgres.start()
    assert sql(postgres, "select count(*) from kept") == [(1000,)]


def test_a_second_start_ends_the_server_left_behind(postgres: Postgres, tmp_path: Path) -> None:
    sql(postgres, "create table kept (n int)")
    left_behind = postgres.process
    assert left_behind
    again = Postgres(tmp_path)
    again.start()
    try:
        assert left_behind.wait(timeout=PATIENCE) == 0
        assert sql(again, "select count(*) from kept") == [(0,)]
    finally:
        again.stop()


def test_a_stranger_with_the_old_process_number_is_left_alone(
    postgres: Postgres, tmp_path: Path
) -> None:
    postgres.stop()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (postgres.data / "postmaster.pid").write_text(f"{stranger.pid}\n{postgres.data}\n")
        again = Postgres(tmp_path)
        again.start()
        again.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_postgresql_asks_for_the_password_and_listens_here_only(postgres: Postgres) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(postgres.url.replace(postgres.password, "guess"))
    assert sql(postgres, "show listen_addresses") == [("127.0.0.1",)]
    assert sql(postgres, "show fsync") == [("on",)]


@pytest.mark.parametrize("extension", ["pg_trgm", "btree_gin", "unaccent", "pg_stat_statements"])
def test_the_extensions_are_there(postgres: Postgres, extension: str) -> None:
    sql(postgres, f"create extension {extension}")


def test_queued_words_survive_a_killed_redis(redis: Redis) -> None:
    client = redis_client.Redis.from_url(redis.url)
    client.rpush("queue", *range(500))
    client.execute_command("WAITAOF", 1, 0, 5000)
    kill(redis.process)
    redis.start()
    assert redis_client.Redis.from_url(redis.url).llen("queue") == 500


def test_redis_asks_for_the_password_and_hides_it(redis: Redis) -> None:
    with pytest.raises(redis_client.AuthenticationError):
        redis_client.Redis(port=redis.port).ping()
    assert redis.process
    shown = Path(f"/proc/{redis.process.pid}/cmdline").read_bytes()
    assert redis.password.encode() not in shown


def test_secrets_are_for_their_owner_only(postgres: Postgres, tmp_path: Path) -> None:
    modes = {file.stat().st_mode & 0o777 for file in (tmp_path / "secrets").iterdir()}
    assert modes == {0o600}
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_a_taken_port_is_passed_over(tmp_path: Path) -> None:
    with socket.socket() as other:
        taken = next(processes.free_ports(20000, spread=True))
        other.bind(("127.0.0.1", taken))
        other.listen()
        assert next(processes.free_ports(taken)) == taken + 1


def test_only_one_holds_the_lock(tmp_path: Path) -> None:
    first = servers.lock(tmp_path)
    assert first
    assert servers.lock(tmp_path) is None
    first.close()
    again = servers.lock(tmp_path)
    assert again
    again.close()


def test_addresses_of_the_environment_start_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/a")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    with servers.running(tmp_path) as urls:
        assert urls == {
            "DATABASE_URL": "postgres://elsewhere/a",
            "REDIS_URL": "redis://elsewhere/0",
        }
        assert not (tmp_path / "postgres").exists()


def test_servers_end_with_a_killed_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pathlib import Path\n"
            "from contactcentre.embedded.servers import Servers\n"
            "s = Servers(Path(sys.argv[1])); s.start()\n"
            "print(*(one.process.pid for one in s.started), flush=True); time.sleep(60)",
            str(tmp_path),
        ],
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": "", "REDIS_URL": ""},
        stdout=subprocess.PIPE,
    )
    assert parent.stdout
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.kill()
    parent.wait()
    assert processes.wait_until(
        lambda: not any(processes.is_running(pid, "er") for pid in pids), seconds=PATIENCE
    )


def test_a_second_command_uses_the_servers_of_the_first(tmp_path: Path) -> None:
    held = servers.lock(tmp_path)
    assert held
    with (
        pytest.raises(processes.CannotStart, match="starting or stopping"),
        servers.running(tmp_path),
    ):
        pass
    (tmp_path / "servers.json").write_text('{"DATABASE_URL": "a", "REDIS_URL": "b"}')
    with servers.running(tmp_path) as urls:
        assert urls == {"DATABASE_URL": "a", "REDIS_URL": "b"}
    held.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs to become somebody else")
def test_root_becomes_nobody_where_namespaces_are_forbidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden() -> None:
        raise PermissionError

    monkeypatch.setattr(processes, "enter_user_namespace", forbidden)
    server = Postgres(tmp_path)
    server.start()
    try:
        assert server.process
        assert Path(f"/proc/{server.process.pid}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
        assert sql(server, "select 1") == [(1,)]
    finally:
        server.stop()
        shutil.rmtree(server.data.parent)
