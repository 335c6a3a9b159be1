"""A telephone provider of our own: keeps calls and conferences, follows TwiML, signs webhooks.

A real HTTP server on loopback. What people do at their telephones, the test says; what the
provider tells, it tells at once, or keeps so that the test can double, shuffle or lose it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import re
import socket
import struct
import threading
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from tests.patience import PATIENCE

ACCOUNT, TOKEN = "AC" + "0" * 32, "a-token-that-nobody-may-read"
ROOT = f"/2010-04-01/Accounts/{ACCOUNT}"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LIVE = {"queued", "ringing", "in-progress"}


@dataclass
class Phone:
    """One of the provider's calls: one person's telephone."""

    sid: str
    to: str
    said: dict[str, Any]
    conference: str
    status: str = "queued"
    is_in: bool = False
    hold: bool = False
    sequence: int = 0
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    heard: list[str] = field(default_factory=list)
    gather: str = ""
    waits: int = 0  # seconds, for a key

    @property
    def label(self) -> str:
        return str(self.said.get("Label", ""))


@dataclass
class Text:
    """One of the provider's messages: an SMS that it was asked to send."""

    sid: str
    said: dict[str, Any]
    status: str = "queued"
    code: int | None = None


@dataclass
class Conference:
    sid: str
    name: str
    callback: str
    status: str = "in-progress"
    sequence: int = 0


@dataclass(frozen=True)
class Webhook:
    url: str
    fields: dict[str, str]


class Provider:
    """`mode` is how it behaves when it is asked for what `mode_for` says, `otherwise` for the rest.

    Nothing is done when it is slow, reset, rubbish, lacking or a status; all is done, and not told
    so that one understands, when it is lost, half or nonsense.
    """

    def __init__(self) -> None:
        self.phones: dict[str, Phone] = {}
        self.conferences: dict[str, Conference] = {}
        self.texts: dict[str, Text] = {}
        self.asked: list[tuple[str, str]] = []
        self.mode, self.mode_for, self.otherwise = "well", "POST", "well"
        self.telling = "at once"
        self.told: list[Webhook] = []
        self.answers: list[int] = []
        self.now = NOON
        self.numbers = itertools.count(1)
        self.is_over = threading.Event()
        self.server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("ItsHandler", (Handler,), {"provider": self})
        )
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.is_over.set()
        self.server.shutdown()
        self.server.server_close()

    # -- what people do -----------------------------------------------------------------------

    def phone(self, label: str) -> Phone:
        (found,) = [one for one in self.phones.values() if one.label == label]
        return found

    def call_in(self, number: str, url: str) -> Phone:
        """Somebody calls a number whose address for calls and for their ends is `url`."""
        sid = f"CA{next(self.numbers):032d}"
        said = {"From": number, "StatusCallback": url}
        phone = Phone(sid, "+442079460000", said, "", status="in-progress")
        phone.answered_at = self._tick()
        self.phones[sid] = phone
        self._fetch(phone, url, From=number, CallStatus="ringing", Direction="inbound")
        return phone

    def ring(self, phone: Phone) -> None:
        self._becomes(phone, "ringing")

    def answer(self, phone: Phone, by: str = "") -> None:
        phone.answered_at = self._tick()
        self._becomes(phone, "in-progress")
        self._join(phone)
        if by:
            fields = {"CallSid": phone.sid, "AccountSid": ACCOUNT, "AnsweredBy": by}
            self.tell(Webhook(phone.said["AmdStatusCallback"], fields))

    def end(self, phone: Phone, status: str = "completed") -> None:
        """The person hangs up, is busy, or never answers."""
        if phone.status not in LIVE:
            return
        phone.ended_at = self._tick()
        self._becomes(phone, status)
        self._leave(phone)

    def press(self, phone: Phone, key: str) -> None:
        action, phone.gather = phone.gather, ""
        self._fetch(phone, action, Digits=key)

    def arrives(self, text: Text, status: str = "delivered", code: int | None = None) -> None:
        """The network says what became of an SMS."""
        text.status, text.code = status, code
        fields = {"MessageSid": text.sid, "AccountSid": ACCOUNT, "MessageStatus": status}
        if code:
            fields["ErrorCode"] = str(code)
        self.tell(Webhook(text.said["StatusCallback"], fields))

    def reply(self, url: str, number: str, words: str) -> int:
        """Somebody writes to a number of ours whose address for texts is `url`."""
        sid = f"SM{next(self.numbers):032d}"
        fields = {"MessageSid": sid, "AccountSid": ACCOUNT, "From": number, "Body": words}
        return self.deliver(Webhook(url, fields))

    # -- what it tells ------------------------------------------------------------------------

    def tell(self, webhook: Webhook) -> None:
        if self.telling != "never":
            self.told.append(webhook)
        if self.telling == "at once":
            self.deliver(webhook)

    def deliver(self, webhook: Webhook, *, token: str = TOKEN, **changed: str) -> int:
        """Send it, signed; `changed` fields are changed after signing. The answer's status."""
        return self._post(webhook.url, webhook.fields, token=token, **changed).status_code

    def _post(
        self, url: str, fields: dict[str, str], *, token: str = TOKEN, **changed: str
    ) -> requests.Response:
        headers = {"X-Twilio-Signature": signature(url, fields, token)}
        answer = requests.post(url, data=fields | changed, headers=headers, timeout=PATIENCE)
        self.answers.append(answer.status_code)
        return answer

    def _tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def _becomes(self, phone: Phone, status: str) -> None:
        phone.status = status
        fields = {
            "CallSid": phone.sid,
            "AccountSid": ACCOUNT,
            "CallStatus": status,
            "To": phone.to,
            "From": phone.said.get("From", ""),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(phone.sequence),
            "Timestamp": format_datetime(self._tick()),
        }
        phone.sequence += 1
        self.tell(Webhook(phone.said["StatusCallback"], fields))

    def _tell_conference(self, phone: Phone, what: str) -> None:
        conference = self.conferences[phone.conference]
        fields = {
            "ConferenceSid": conference.sid,
            "AccountSid": ACCOUNT,
            "FriendlyName": conference.name,
            "StatusCallbackEvent": what,
            "CallSid": phone.sid,
            "ParticipantLabel": phone.label,
            "SequenceNumber": str(conference.sequence),
            "Timestamp": format_datetime(self._tick()),
        }
        conference.sequence += 1
        self.tell(Webhook(conference.callback, fields))

    def _join(self, phone: Phone) -> None:
        phone.is_in = True
        self._tell_conference(phone, "participant-join")

    def _leave(self, phone: Phone) -> None:
        if not phone.is_in:
            return
        phone.is_in = phone.hold = False
        self._tell_conference(phone, "participant-leave")
        others = [
            one for one in self.phones.values() if one.conference == phone.conference and one.is_in
        ]
        if phone.said.get("EndConferenceOnExit") == "true" or not others:
            self.conferences[phone.conference].status = "completed"
            for one in others:
                self.end(one)

    # -- following our TwiML ------------------------------------------------------------------

    def _fetch(self, phone: Phone, url: str, **more: str) -> None:
        fields = {"CallSid": phone.sid, "AccountSid": ACCOUNT, "To": phone.to, **more}
        answer = self._post(url, fields)
        assert answer.headers["Content-Type"] == "text/xml"
        self._follow(phone, ET.fromstring(answer.text))

    def _follow(self, phone: Phone, document: ET.Element) -> None:
        for verb in document:
            if verb.tag in {"Play", "Say"}:
                self._hear(phone, verb)
            elif verb.tag == "Gather":
                for inner in verb:
                    self._hear(phone, inner)
                phone.gather, phone.waits = verb.attrib["action"], int(verb.attrib["timeout"])
                assert phone.waits > 0
                assert verb.attrib["numDigits"] == "1"
                return
            elif verb.tag == "Redirect":
                self._fetch(phone, str(verb.text))
                return
            elif verb.tag == "Dial":
                said = verb[0].attrib
                phone.conference = str(verb[0].text)
                phone.said["Label"] = said["participantLabel"]
                self._conference(phone.conference, said["statusCallback"])
                phone.said["EndConferenceOnExit"] = said["endConferenceOnExit"]
                self._join(phone)
                return
            else:
                assert verb.tag in {"Hangup", "Reject"}
        if not phone.is_in:
            self.end(phone)

    def _hear(self, phone: Phone, verb: ET.Element) -> None:
        if verb.tag == "Say":
            phone.heard.append(str(verb.text))
            return
        sound = requests.get(str(verb.text), timeout=PATIENCE)
        assert sound.status_code == 200
        assert sound.content[:4] == b"RIFF"
        phone.heard.append(hashlib.sha1(sound.content).hexdigest())

    # -- being asked --------------------------------------------------------------------------

    def _conference(self, name: str, callback: str) -> Conference:
        known = self.conferences.get(name)
        if known is None or known.status == "completed":
            self.conferences[name] = Conference(f"CF{next(self.numbers):032d}", name, callback)
        return self.conferences[name]

    def dial(self, name: str, said: dict[str, Any]) -> dict[str, Any]:
        self._conference(name, said["ConferenceStatusCallback"])
        phone = Phone(f"CA{next(self.numbers):032d}", said["To"], said, name)
        self.phones[phone.sid] = phone
        self._becomes(phone, "queued")
        return self.participant(phone)

    def participant(self, phone: Phone) -> dict[str, Any]:
        return {
            "call_sid": phone.sid,
            "label": phone.label,
            "conference_sid": self.conferences[phone.conference].sid,
            "hold": phone.hold,
            "status": "connected" if phone.is_in else phone.status,
        }

    def change_participant(self, phone: Phone, said: dict[str, Any]) -> dict[str, Any]:
        if "Hold" in said:
            phone.hold = said["Hold"] == "true"
            self._tell_conference(phone, f"participant-{'hold' if phone.hold else 'unhold'}")
        phone.said |= {name: value for name, value in said.items() if name != "Hold"}
        if url := said.get("AnnounceUrl"):
            self._fetch(phone, url)
        return self.participant(phone)

    def change_call(self, phone: Phone, said: dict[str, Any]) -> dict[str, Any]:
        if said.get("Status") == "completed":
            self.end(phone, "completed" if phone.answered_at else "canceled")
        elif url := said.get("Url"):
            self._leave(phone)
            self._fetch(phone, url)
        return self.call(phone)

    def take(self, said: dict[str, Any]) -> dict[str, Any]:
        text = Text(f"SM{next(self.numbers):032d}", said)
        self.texts[text.sid] = text
        return self.text(text)

    def text(self, text: Text) -> dict[str, Any]:
        return {
            "sid": text.sid,
            "status": text.status,
            "body": text.said["Body"],
            "error_code": text.code,
        }

    def call(self, phone: Phone) -> dict[str, Any]:
        lasted = (
            int((phone.ended_at - phone.answered_at).total_seconds())
            if phone.ended_at and phone.answered_at
            else 0
        )
        times = {"start_time": NOON, "end_time": phone.ended_at}
        return {
            "sid": phone.sid,
            "status": phone.status,
            "duration": str(lasted) if phone.ended_at else None,
            **{name: format_datetime(at) if at else None for name, at in times.items()},
        }


def signature(url: str, fields: dict[str, str], token: str) -> str:
    """As the provider's documentation says, not as the library that we verify with does it."""
    text = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()


Answer = tuple[int, dict[str, Any]]
NOT_FOUND: Answer = (404, {"code": 20404, "message": "not found"})
OVER: Answer = (400, {"code": 21220, "message": "Call is not in-progress. Cannot redirect."})


class Handler(BaseHTTPRequestHandler):
    """The HTTP side of one provider."""

    provider: Provider
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Tests read what matters."""

    def do_GET(self) -> None:
        self._answer("GET", {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer("POST", dict(parse_qsl(body, keep_blank_values=True)))

    def _answer(self, method: str, said: dict[str, Any]) -> None:
        provider = self.provider
        mode = provider.mode if provider.mode_for in {method, "all"} else provider.otherwise
        provider.asked.append((method, urlsplit(self.path).path.removeprefix(ROOT)))
        if mode == "slow":
            provider.is_over.wait()
        elif mode == "reset":
            self._reset()
        elif mode == "rubbish":
            self._send(200, b"<html>It works!</html>")
        elif mode == "lacking":
            self._send(201, b'{"status": "queued", "label": null}')
        elif mode.isdecimal():
            wrong = {"code": 21211, "message": "The number +442079460101 is not valid"}
            self._send(int(mode), json.dumps(wrong).encode())
        else:
            status, told = self._done(method, said)
            if mode in {"lost", "half"}:
                self._reset(json.dumps(told).encode()[:20] if mode == "half" else b"")
            else:
                body = b'{"sid": 7}' if mode == "nonsense" else json.dumps(told).encode()
                self._send(status, body)

    def _done(self, method: str, said: dict[str, Any]) -> Answer:
        expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if self.headers["Authorization"] != f"Basic {expected}":
            return 401, {"code": 20003, "message": "Authenticate"}
        address = urlsplit(self.path)
        said = said or dict(parse_qsl(address.query))
        for pattern, do in (
            (r"/Conferences.json", self._conferences),
            (r"/Conferences/(\w+)/Participants.json", self._participants),
            (r"/Conferences/\w+/Participants/(\w+).json", self._participant),
            (r"/Calls/(\w+).json", self._call),
            (r"/Messages.json", self._messages),
            (r"/Messages/(\w+).json", self._message),
        ):
            if found := re.fullmatch(pattern, address.path.removeprefix(ROOT)):
                return do(method, said, *found.groups())
        return NOT_FOUND

    def _conferences(self, _method: str, said: dict[str, Any]) -> Answer:
        known = self.provider.conferences.get(said["FriendlyName"])
        rows = [{"sid": known.sid, "status": known.status}] if known else []
        return 200, {"conferences": rows, "next_page_uri": None}

    def _participants(self, method: str, said: dict[str, Any], which: str) -> Answer:
        provider = self.provider
        if method == "POST":
            return 201, provider.dial(which, said)
        names = [one.name for one in provider.conferences.values() if one.sid == which]
        rows = [
            provider.participant(phone)
            for phone in provider.phones.values()
            if phone.conference in names and phone.status in LIVE
        ]
        return 200, {"participants": rows, "next_page_uri": None}

    def _participant(self, _method: str, said: dict[str, Any], sid: str) -> Answer:
        phone = self.provider.phones.get(sid)
        if phone is None or phone.status not in LIVE:
            return NOT_FOUND
        return 200, self.provider.change_participant(phone, said)

    def _messages(self, method: str, said: dict[str, Any]) -> Answer:
        if method == "POST":
            return 201, self.provider.take(said)
        rows = [
            self.provider.text(one)
            for one in self.provider.texts.values()
            if (one.said["To"], one.said["From"]) == (said["To"], said["From"])
        ]
        return 200, {"messages": rows, "next_page_uri": None}

    def _message(self, _method: str, _said: dict[str, Any], sid: str) -> Answer:
        text = self.provider.texts.get(sid)
        return (200, self.provider.text(text)) if text else NOT_FOUND

    def _call(self, method: str, said: dict[str, Any], sid: str) -> Answer:
        phone = self.provider.phones.get(sid)
        if phone is None:
            return NOT_FOUND
        if method == "GET":
            return 200, self.provider.call(phone)
        if phone.status not in LIVE:
            return OVER
        return 200, self.provider.change_call(phone, said)

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 429:
            self.send_header("Retry-After", "30")
        self.end_headers()
        self.wfile.write(body)

    def _reset(self, beginning: bytes = b"") -> None:
        """Close so that the other side sees a reset connection, perhaps within an answer."""
        if beginning:
            self.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 900\r\n\r\n" + beginning)
            self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
        self.wfile = self.rfile = _Nowhere()  # type: ignore[assignment]


class _Nowhere:
    """What a closed connection's files are."""

    closed = True

    def close(self) -> None:
        time.sleep(0)

    def flush(self) -> None:
        time.sleep(0)
