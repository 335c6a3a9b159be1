"""How fast does a call appear on the agent's screen, and how many calls does a switch carry?

Screen pop: from sending the caller's request to having read the agent's phone panel that rings,
through web server, switch, Redis, `manage.py calls`, PostgreSQL and the live connection; fetched
after each hint, as the page does it. Reloads: bench.reloading. Load: calls of two WebRTC phones
each, in another process (bench.phones), which on a small machine takes processor time that the
switch could have had.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone
from redis import Redis
from websockets.sync.client import ClientConnection, connect

from accounts.models import Presence, User
from bench import cpu, prepare
from bench.driver import TOKEN, percentile
from bench.inside import Figure
from bench.reloading import reloads
from contactcentre.embedded import processes
from intake.seeding.queues import open_queues
from interactions.models import ContactReason, Interaction
from routing.models import AgentPhone, Place
from routing.models.places import UNDER_WAY
from telephony.models import Call
from telephony.protocol import SWITCHES

POPS, WARM = 40, 4
POP_TARGET = 300.0  # milliseconds, 95 of 100
TALK_SECONDS = 10
LOST_MOST = 0.01
STEPS = (1, 2, 3, 4, 6, 8, 12)
PATIENCE = 30.0
ONE, OTHER = "bench-1", "bench-2"


def calls(port: int, folder: Path) -> Iterator[Figure]:
    """Screen pop and reloads on the whole product, then one and two switches under load."""
    with ExitStack() as stack:
        log = stack.enter_context((folder / "logs" / "bench-calls.log").open("ab"))
        first = stack.enter_context(_running(log, "switch", "--name", ONE))
        with _running(log, "calls"):
            yield from _screen_pops(port)
            AgentPhone.objects.all().delete()  # Sam's phone is a real page from here on
            yield from reloads(port)
        yield from _load(
            first.pid, lambda: stack.enter_context(_running(log, "switch", "--name", OTHER)).pid
        )


@contextmanager
def _running(log: IO[bytes], *command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = processes.start([sys.executable, "manage.py", *command], output=log)
    try:
        if command[0] == "switch":
            _until_alive(command[-1])
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _until_alive(name: str) -> None:
    redis = Redis.from_url(settings.REDIS_URL)
    redis.hdel(SWITCHES, name)
    until = time.monotonic() + PATIENCE
    while not redis.hexists(SWITCHES, name):
        if time.monotonic() > until:
            raise processes.CannotStart(f"The switch {name} gives no sign of life.")
        time.sleep(0.1)


# --- Screen pop -----------------------------------------------------------------------------


def _screen_pops(port: int) -> Iterator[Figure]:
    sam = _at_work()
    headers = {"Cookie": prepare.cookies("sam"), "Origin": f"http://127.0.0.1:{port}"}
    took = []
    with connect(f"ws://127.0.0.1:{port}/ws/desk/", additional_headers=headers) as hints:
        for number in range(WARM + POPS):
            AgentPhone.objects.filter(user=sam).update(seen_at=timezone.now())
            took.append(_screen_pop(port, headers["Cookie"], hints, number))
    title = f"inbound call to drawn screen pop, p95 of {POPS}"
    yield Figure("screen-pop", title, percentile(took[WARM:], 0.95), "ms", POP_TARGET)
    yield Figure("screen-pop-p50", "the same, median", percentile(took[WARM:], 0.5), "ms", 0)


def _at_work() -> User:
    """Sam alone is free, with a page that is the phone; nobody else's call is under way."""
    open_queues()
    Place.objects.filter(state__in=UNDER_WAY).delete()
    Call.objects.going_on().delete()
    User.objects.update(presence=Presence.OFFLINE)
    User.objects.filter(username="sam").update(presence=Presence.AVAILABLE)
    sam = User.objects.get(username="sam")
    Interaction.objects.filter(agent=sam, closed_at=None, call__isnull=False).delete()
    AgentPhone.objects.update_or_create(user=sam, defaults={"tab": "bench"})
    return sam


def _screen_pop(port: int, cookies: str, hints: ClientConnection, number: int) -> float:
    """Milliseconds from the call to the panel that rings; then the caller hangs up."""
    # Each call from an address of its own: one address may call ten times in ten minutes.
    caller = HTTPConnection(
        "127.0.0.1", port, timeout=PATIENCE, source_address=(f"127.0.1.{number + 1}", 0)
    )
    page = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    caller.connect()
    _panel(page, cookies)
    reason = str(ContactReason.objects.values_list("pk", flat=True)[0])
    began = time.perf_counter()
    ending = _post(caller, "/call-us/calls/", reason=reason, number="020 7946 0101")["ending"]
    while 'data-phone-state="ringing"' not in _panel(page, cookies):
        hints.recv(timeout=PATIENCE)
    took = (time.perf_counter() - began) * 1000
    _post(caller, ending)
    while 'data-phone-state="silent"' not in _panel(page, cookies):
        hints.recv(timeout=PATIENCE)
    _no_more(hints)
    caller.close()
    page.close()
    return took


def _no_more(hints: ClientConnection) -> None:
    """Hints of the call that is over are not those of the next."""
    while True:
        try:
            hints.recv(timeout=0.3)
        except TimeoutError:
            return


def _post(link: HTTPConnection, path: str, **fields: str) -> dict[str, str]:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{settings.CSRF_COOKIE_NAME}={TOKEN}",
        "X-CSRFToken": TOKEN,
    }
    link.request("POST", path, body=urlencode(fields), headers=headers)
    answer = link.getresponse()
    said = answer.read()
    if answer.status >= 400:
        raise RuntimeError(f"POST {path} answered {answer.status}: {said[:300]!r}")
    return cast("dict[str, str]", json.loads(said))


def _panel(link: HTTPConnection, cookies: str) -> str:
    link.request("GET", "/calls/phone/", headers={"Cookie": cookies, "HX-Request": "true"})
    return link.getresponse().read().decode()


# --- Load -----------------------------------------------------------------------------------


def _load(first: int, second: Callable[[], int]) -> Iterator[Figure]:
    cost, most = 0.0, 0
    for many in STEPS:
        tries = (_talked([ONE] * many, [first]) for _ in range(2))
        lost, [spent] = next((one for one in tries if one[0] <= LOST_MOST), (1.0, [0.0]))
        if lost > LOST_MOST:
            break
        cost = cost or spent
        most = many
    yield Figure("call-cpu", "switch: CPU of a core for one call", cost * 100, "% of core", 0)
    title = f"calls at once on one switch, {LOST_MOST:.0%} of frames lost at most"
    yield Figure("calls-at-once", title, most, "calls", 0, at_least=True)
    other = second()
    both = max(most, 2) // 2 * 2
    lost, each = _talked([ONE, OTHER] * (both // 2), [first, other])
    yield Figure("two-lost", f"two switches, {both} calls: frames lost", lost * 100, "%", 0)
    for name, one in zip(("first", "second"), each, strict=True):
        title = f"two switches, {both} calls: CPU of the {name}"
        yield Figure(f"two-cpu-{name}", title, one * 100, "% of core", 0)


def _talked(switches: list[str], pids: list[int]) -> tuple[float, list[float]]:
    """The share of frames lost in the worst phone, and cores used by each switch."""
    phones = subprocess.Popen(
        [sys.executable, "-m", "bench.phones", str(TALK_SECONDS), *switches],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"REDIS_URL": settings.REDIS_URL},
    )
    assert phones.stdout
    if phones.stdout.readline().strip() != "talking":
        phones.kill()
        phones.wait()
        return 1.0, [0.0] * len(pids)
    before = [cpu.seconds([pid]) for pid in pids]
    said = phones.stdout.readline()
    after = [cpu.seconds([pid]) for pid in pids]
    phones.wait(timeout=PATIENCE)
    told = json.loads(said)
    lasted = told["seconds"]
    spent = [(end - begin) / lasted for begin, end in zip(before, after, strict=True)]
    return told["worst"], spent
