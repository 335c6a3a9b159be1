"""How is a process started so that it never outlives us, found again, and stopped?"""

from __future__ import annotations

import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
ORDINARY_UID = 1000  # what root is called inside the user namespace of PostgreSQL


class CannotStart(Exception):
    """Something that must run does not; the message says what to do."""


def die_with_parent(with_signal: int) -> None:
    """Ask Linux to signal this process when its parent ends, however it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, with_signal)


def enter_user_namespace() -> None:
    """Become an ordinary user in a namespace of our own; files stay root's outside of it."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are not allowed here")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{ORDINARY_UID} 0 1")
    Path("/proc/self/gid_map").write_text(f"{ORDINARY_UID} 0 1")


def start(
    command: Sequence[str | Path],
    *,
    parent_gone: int = signal.SIGTERM,
    become: Callable[[], None] | None = None,
    stdin: int | IO[bytes] | None = subprocess.DEVNULL,
    output: int | IO[bytes] | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own that ends when this process ends.

    `become` runs in the child before the command does, to change who it is.
    """

    def in_the_child() -> None:
        if become:
            become()
        die_with_parent(parent_gone)

    return subprocess.Popen(
        [str(part) for part in command],
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=dict(env) if env is not None else None,
        start_new_session=True,
        preexec_fn=in_the_child,
    )


def is_running(pid: int, named: str) -> bool:
    """Whether a process of that number lives whose command line has `named` in it."""
    commands = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self").exists():
        try:
            return named.encode() in commands.read_bytes()
        except OSError:
            return False
    shown = subprocess.run(
        ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return named in shown.stdout


def stop_leftover(pid: int, named: str, *signals: int, seconds: float = 10) -> None:
    """End a process that an earlier run left behind, more firmly with each signal."""
    for one in (*signals, signal.SIGKILL):
        if not is_running(pid, named):
            return
        with suppress(ProcessLookupError):
            os.kill(pid, one)
        wait_until(lambda: not is_running(pid, named), seconds=seconds)


def wait_until(done: Callable[[], bool], *, seconds: float) -> bool:
    """Ask every 20 ms; False when the time is over first."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(first: int, *, again: int = 0, spread: bool = False) -> Iterator[int]:
    """Free ports from `first` on, below 32768, where no outgoing connection takes one.

    A server that is started `again` has clients that know its port, so it gets no other one.
    With `spread` they come in no order: several test runs start at the same moment.
    """
    if again:
        yield again
        return
    ports = list(range(first, min(first + 2000, 32768)))
    if spread:
        random.shuffle(ports)
    yield from (port for port in ports if port_is_free(port))


def last_lines(path: Path, count: int = 5) -> str:
    """The end of a log, for an error message."""
    with suppress(OSError):
        return "\n".join(path.read_text(errors="replace").splitlines()[-count:])
    return ""
