"""A telephone provider that is slow and lies, in a process of its own: the outside witness.

It speaks Twilio's language. Every dial order that it accepts is written with fsync before anything
else happens, so that its file says who was called when, whatever becomes of us. People's telephones
are played as well: busy, not answered, answered by keys, a machine.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import itertools
import json
import os
import random
import re
import socket
import struct
import threading
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from heapq import heappop, heappush
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import requests

from contactcentre.embedded.processes import die_with_parent

ACCOUNT: Final = "AC" + "7" * 32
TOKEN: Final = "a-token-of-the-trial"
ROOT: Final = f"/2010-04-01/Accounts/{ACCOUNT}"
LIVE: Final = {"queued", "ringing", "in-progress"}
# Nothing is done: slow, reset, rubbish, lacking, a status. All is done and not told so that one
# understands: late, lost, half, nonsense.
LIES: Final = (
    *("reset", "rubbish", "lacking", "500", "429", "slow"),
    *("late", "lost", "half", "nonsense"),
)
LIES_ABOUT_CALLS: Final = ("reset", "rubbish", "500", "429", "slow")
REFUSED: Final = 0.003  # of all orders: for good, with a reason
SLOW: Final = 6.0  # seconds, longer than anybody waits for it
SILENT: Final = 0.08  # of all calls: nothing is ever told about them
WEBHOOKS_AT_ONCE: Final = 8


@dataclass
class Phone:
    """One of the provider's calls."""

    sid: str
    said: dict[str, str]
    conference: str
    fate: str
    begun: float
    status: str = "queued"
    sequence: int = 0
    is_in: bool = False
    answered_at: float = 0
    ended_at: float = 0
    keys: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def is_silent(self) -> bool:
        return self.fate == "silent"

    @property
    def label(self) -> str:
        return self.said["Label"]


class Provider:
    """Calls and conferences in memory, dial orders in the file."""

    def __init__(self, *, witness: Path, lies: float, seed: int) -> None:
        self.chance = random.Random(seed)
        self.lies = lies
        self.is_out_until = 0.0
        self.phones: dict[str, Phone] = {}
        self.of_conference: dict[str, list[Phone]] = {}
        self.sid_of_conference: dict[str, str] = {}
        self.to: dict[str, list[Phone]] = {}
        self.numbers = itertools.count(1)
        self.file = witness.open("a", buffering=1)
        self.lock = threading.Lock()
        self.due: list[tuple[float, int, Any]] = []
        self.awake = threading.Condition()
        self.pool = ThreadPoolExecutor(WEBHOOKS_AT_ONCE)
        threading.Thread(target=self._tick, daemon=True).start()

    # -- time ---------------------------------------------------------------------------------

    def later(self, seconds: float, what: Any) -> None:
        with self.awake:
            heappush(self.due, (time.monotonic() + seconds, next(self.numbers), what))
            self.awake.notify()

    def _tick(self) -> None:
        while True:
            with self.awake:
                while not self.due or self.due[0][0] > time.monotonic():
                    wait = self.due[0][0] - time.monotonic() if self.due else None
                    self.awake.wait(wait)
                _, _, what = heappop(self.due)
            self.pool.submit(self._safely, what)

    @staticmethod
    def _safely(what: Any) -> None:
        try:
            what()
        except Exception as error:  # noqa: BLE001  (a webhook of a site that is down, for one)
            print(f"not told: {type(error).__name__} {error}"[:300], flush=True)

    # -- what is asked of it ------------------------------------------------------------------

    def mode(self, method: str, path: str) -> str:
        """How it behaves for this request."""
        with self.lock:
            if time.monotonic() < self.is_out_until:
                return "reset"
            if self.chance.random() >= self.lies:
                is_order = method == "POST" and path.endswith("/Participants.json")
                return "400" if is_order and self.lies and self.chance.random() < REFUSED else ""
            lies = LIES if path.endswith("/Participants.json") else LIES_ABOUT_CALLS
            return self.chance.choice(lies)

    def dial(self, name: str, said: dict[str, str]) -> dict[str, Any]:
        """Write the order down, then let the phone ring."""
        now = time.time()
        with self.lock:
            sid = f"CA{next(self.numbers):032d}"
            line = {"at": now, "to": said["To"], "label": said["Label"], "sid": sid}
            self.file.write(json.dumps(line) + "\n")
            self.file.flush()
            os.fsync(self.file.fileno())
            drawn = self.chance.random()
            fate = "silent" if drawn < SILENT else self._fate(drawn)
            phone = Phone(sid, said, name, fate, now, keys=["1", *self.chance.choices("112", k=3)])
            self.phones[sid] = phone
            self.of_conference.setdefault(name, []).append(phone)
            self.sid_of_conference.setdefault(name, f"CF{next(self.numbers):032d}")
            self.to.setdefault(said["To"], []).append(phone)
        self.later(0.05, lambda: self._becomes(phone, "initiated"))
        self.later(0.3, lambda: self._becomes(phone, "ringing"))
        self.later(1.0, lambda: self._decide(phone))
        return self.participant(phone)

    @staticmethod
    def _fate(drawn: float) -> str:
        for bound, fate in ((0.5, "no-answer"), (0.82, "busy"), (0.85, "machine"), (0.87, "mute")):
            if drawn < bound:
                return fate
        return "answers"

    def participant(self, phone: Phone) -> dict[str, Any]:
        return {
            "call_sid": phone.sid,
            "label": phone.label,
            "conference_sid": self.sid_of_conference[phone.conference],
            "hold": False,
            "status": "connected" if phone.is_in else phone.status,
        }

    def call(self, phone: Phone) -> dict[str, Any]:
        lasted = int(phone.ended_at - phone.answered_at) if phone.answered_at else 0
        return {
            "sid": phone.sid,
            "status": "in-progress" if phone.status == "answered" else phone.status,
            "to": phone.said["To"],
            "from": phone.said["From"],
            "duration": str(max(lasted, 0)) if phone.ended_at else None,
            "start_time": _told(phone.begun),
            "end_time": _told(phone.ended_at) if phone.ended_at else None,
        }

    def change_call(self, phone: Phone, said: dict[str, str]) -> dict[str, Any]:
        if said.get("Status") == "completed":
            self._end(phone, "completed" if phone.answered_at else "canceled")
        elif url := said.get("Url"):
            self.later(0.02, lambda: self._fetch(phone, url))
        return self.call(phone)

    # -- what people do -----------------------------------------------------------------------

    def _decide(self, phone: Phone) -> None:
        if phone.fate in {"no-answer", "busy", "silent"}:
            self._end(phone, "busy" if phone.fate == "busy" else "no-answer")
            return
        with phone.lock:
            if phone.status not in LIVE:
                return
            phone.answered_at = time.time()
        self._becomes(phone, "in-progress")
        phone.is_in = True
        by = "machine_start" if phone.fate == "machine" else "human"
        fields = {"CallSid": phone.sid, "AccountSid": ACCOUNT, "AnsweredBy": by}
        self._post(phone, phone.said["AmdStatusCallback"], fields)
        self.later(20, lambda: self._end(phone, "completed"))  # nobody listens to silence for ever

    def _end(self, phone: Phone, status: str) -> None:
        with phone.lock:
            if phone.status not in LIVE:
                return
            phone.ended_at = time.time()
            phone.is_in = False
            phone.status = status
        self._tell_status(phone, status)

    def _becomes(self, phone: Phone, status: str) -> None:
        with phone.lock:
            if phone.status not in LIVE:
                return
            phone.status = "queued" if status == "initiated" else status
        self._tell_status(phone, status)

    def _tell_status(self, phone: Phone, status: str) -> None:
        with phone.lock:
            fields = {
                "CallSid": phone.sid,
                "AccountSid": ACCOUNT,
                "CallStatus": status,
                "To": phone.said["To"],
                "From": phone.said["From"],
                "CallbackSource": "call-progress-events",
                "SequenceNumber": str(phone.sequence),
                "Timestamp": _told(time.time()),
            }
            phone.sequence += 1
        self._post(phone, phone.said["StatusCallback"], fields)

    def _post(self, phone: Phone, url: str, fields: dict[str, str]) -> requests.Response | None:
        """Tell it once; what does not arrive is lost, as with a real provider."""
        if phone.is_silent:
            return None
        text = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
        signed = base64.b64encode(hmac.digest(TOKEN.encode(), text.encode(), "sha1")).decode()
        answer = requests.post(url, data=fields, headers={"X-Twilio-Signature": signed}, timeout=15)
        if answer.status_code >= 300:
            print(f"not taken: {answer.status_code} {urlsplit(url).path[-40:]}", flush=True)
        return answer

    def _fetch(self, phone: Phone, url: str, **more: str) -> None:
        """Ask us what to say, and follow it; a site that does not answer ends the call."""
        fields = {"CallSid": phone.sid, "AccountSid": ACCOUNT, "To": phone.said["To"], **more}
        try:
            answer = self._post(phone, url, fields)
            if answer is None or answer.status_code != 200:
                raise requests.RequestException("no document")
            self._follow(phone, ET.fromstring(answer.text))
        except requests.RequestException:
            self._end(phone, "completed")

    def _follow(self, phone: Phone, document: ET.Element) -> None:
        for verb in document:
            if phone.status not in LIVE:
                return
            if verb.tag == "Gather":
                action = verb.attrib["action"]
                step = action.rstrip("/").split("/")[-3]
                presses = phone.fate == "answers" and step != "0" and phone.keys
                key = phone.keys.pop(0) if presses else ""
                self.later(0.05, partial(self._fetch, phone, action, Digits=key))
                return
            if verb.tag == "Redirect":
                self._fetch(phone, str(verb.text))
                return
            if verb.tag == "Hangup":
                break
        self._end(phone, "completed")


def _told(at: float) -> str:
    return format_datetime(datetime.fromtimestamp(at, tz=UTC))


Answer = tuple[int, dict[str, Any]]
NOT_FOUND: Answer = (404, {"code": 20404, "message": "not found"})


class Handler(BaseHTTPRequestHandler):
    provider: Provider
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """The witness's file says what matters."""

    def do_GET(self) -> None:
        self._answer("GET", {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._answer("POST", dict(parse_qsl(body, keep_blank_values=True)))

    def _answer(self, method: str, said: dict[str, str]) -> None:
        if self.path.startswith("/trial/"):
            self._command(said)
            return
        mode = self.provider.mode(method, urlsplit(self.path).path)
        if mode == "reset":
            self._reset()
        elif mode == "slow":
            time.sleep(SLOW)
            self._reset()
        elif mode == "rubbish":
            self._send(200, b"<html>It works!</html>")
        elif mode == "lacking":
            self._send(201, b'{"status": "queued", "label": null}')
        elif mode.isdecimal():
            self._send(int(mode), b'{"code": 21211, "message": "no"}')
        else:
            self._do(mode, method, said)

    def _do(self, mode: str, method: str, said: dict[str, str]) -> None:
        status, told = self._done(method, said)
        body = json.dumps(told).encode()
        if mode == "late":
            time.sleep(SLOW)
        if mode in {"lost", "half", "late"}:
            self._reset(body[:20] if mode == "half" else b"")
        else:
            self._send(status, b'{"sid": 7}' if mode == "nonsense" else body)

    def _command(self, said: dict[str, str]) -> None:
        """The trial itself: no answer to anybody for so many seconds; or no more lies."""
        if self.path == "/trial/outage/":
            self.provider.is_out_until = time.monotonic() + float(said["seconds"])
        elif self.path == "/trial/honest/":
            self.provider.lies, self.provider.is_out_until = 0.0, 0.0
        self._send(200, b"{}")

    def _done(self, method: str, said: dict[str, str]) -> Answer:
        address = urlsplit(self.path)
        asked = said or dict(parse_qsl(address.query))
        for pattern, do in (
            (r"/Conferences.json", self._conferences),
            (r"/Conferences/(\w+)/Participants.json", self._participants),
            (r"/Calls.json", self._calls),
            (r"/Calls/(\w+).json", self._call),
        ):
            if found := re.fullmatch(pattern, address.path.removeprefix(ROOT)):
                return do(method, asked, *found.groups())
        return NOT_FOUND

    def _conferences(self, _method: str, said: dict[str, str]) -> Answer:
        name = said["FriendlyName"]
        sid = self.provider.sid_of_conference.get(name)
        goes_on = any(one.status in LIVE for one in self.provider.of_conference.get(name, []))
        rows = [{"sid": sid, "status": "in-progress" if goes_on else "completed"}] if sid else []
        return 200, {"conferences": rows, "next_page_uri": None}

    def _participants(self, method: str, said: dict[str, str], which: str) -> Answer:
        provider = self.provider
        if method == "POST":
            return 201, provider.dial(which, said)
        names = [name for name, sid in provider.sid_of_conference.items() if sid == which]
        rows = [
            provider.participant(phone)
            for name in names
            for phone in provider.of_conference[name]
            if phone.status in LIVE
        ]
        return 200, {"participants": rows, "next_page_uri": None}

    def _calls(self, _method: str, said: dict[str, str]) -> Answer:
        phones = self.provider.to.get(said.get("To", ""), [])
        rows = [self.provider.call(phone) for phone in phones]
        return 200, {"calls": rows, "next_page_uri": None}

    def _call(self, method: str, said: dict[str, str], sid: str) -> Answer:
        phone = self.provider.phones.get(sid)
        if phone is None:
            return NOT_FOUND
        if method == "GET":
            return 200, self.provider.call(phone)
        if phone.status not in LIVE:
            return 400, {"code": 21220, "message": "Call is not in-progress."}
        return 200, self.provider.change_call(phone, said)

    def _send(self, status: int, body: bytes) -> None:
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def _reset(self, beginning: bytes = b"") -> None:
        """Close so that the other side sees a reset connection, perhaps within an answer."""
        with suppress(OSError):
            if beginning:
                head = b"HTTP/1.1 201 Created\r\nContent-Length: 900\r\n\r\n"
                self.connection.sendall(head + beginning)
            gone = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, gone)
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m trial.provider")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--witness", type=Path, required=True)
    parser.add_argument("--lies", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    die_with_parent(15)
    provider = Provider(witness=asked.witness, lies=asked.lies, seed=asked.seed)
    handler = type("ItsHandler", (Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", asked.port), handler)
    server.daemon_threads = True
    server.request_queue_size = 128
    server.serve_forever()


if __name__ == "__main__":
    main()
