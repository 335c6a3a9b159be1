"""What do the provider's calls do, and what do people do whose telephones ring?

Every dial order is written with fsync before anything else happens, so that the file says who was
called when, whatever becomes of us.
"""

from __future__ import annotations

import base64
import hmac
import itertools
import json
import os
import random
import threading
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from heapq import heappop, heappush
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import requests

ACCOUNT: Final = "AC" + "7" * 32
TOKEN: Final = "a-token-of-the-trial"
LIVE: Final = {"queued", "ringing", "in-progress"}
# Nothing is done: slow, reset, rubbish, lacking, a status. All is done and not told so that one
# understands: late, lost, half, nonsense.
LIES: Final = (
    *("reset", "rubbish", "lacking", "500", "429", "slow"),
    *("late", "lost", "half", "nonsense"),
)
LIES_ABOUT_CALLS: Final = ("reset", "rubbish", "500", "429", "slow")
REFUSED: Final = 0.003  # of all orders: for good, with a reason
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
        self.conference_of_sid: dict[str, str] = {}
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
            conference = f"CF{next(self.numbers):032d}"
            conference = self.sid_of_conference.setdefault(name, conference)
            self.conference_of_sid[conference] = name
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
