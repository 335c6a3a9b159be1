"""A telephone provider that is slow and lies, in a process of its own: the outside witness.

It speaks Twilio's language. What its calls and the people do is in `trial.phones`.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import struct
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from contactcentre.embedded.processes import die_with_parent
from trial.phones import ACCOUNT, LIVE, Provider

ROOT: Final = f"/2010-04-01/Accounts/{ACCOUNT}"
SLOW: Final = 6.0  # seconds, longer than anybody waits for it

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
        name = provider.conference_of_sid.get(which, "")
        phones = provider.of_conference.get(name, [])
        rows = [provider.participant(phone) for phone in phones if phone.status in LIVE]
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
