"""How is the provider asked? With a time-out each, nothing twice, and failures in our words."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.response import Response
from urllib3.exceptions import NewConnectionError

from telephony.gateway import CallRefused, GatewayUnavailable

if TYPE_CHECKING:
    from twilio.rest import Client

logger = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 3.0
NOT_GOING_ON: Final = 21220  # the provider's code for a wish about a call that has ended


class NotDone(GatewayUnavailable):
    """The provider was not reached, or counted us out (429): it has done nothing."""

    nothing_done = True


class Unanswered(GatewayUnavailable):
    """No usable answer came: whether it was done, only the provider can say."""


class NotThere(CallRefused):
    """The provider knows no such thing, or it is over."""


class Wire(HttpClient):
    """Sends each request once, to the configured address, and logs nothing of what it carries."""

    def __init__(self, *, base_url: str, seconds: float) -> None:
        super().__init__(logger, is_async=False, timeout=seconds)
        self.base, self.seconds = urlsplit(base_url.rstrip("/")), seconds
        self.session = requests.Session()

    def request(  # noqa: PLR0917  (the client's own signature)
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Raises NotDone, Unanswered, NotThere or CallRefused; redirects are not followed."""
        del timeout, allow_redirects
        asked: dict[str, Any] = {"params": params, "data": data, "headers": headers, "auth": auth}
        try:
            answer = self.session.request(
                method,
                self._here(uri),
                timeout=(CONNECT_SECONDS, self.seconds),
                allow_redirects=False,
                **asked,
            )
        except requests.RequestException as error:
            if _was_never_sent(error):
                raise NotDone("The telephone provider cannot be reached. Try again.") from error
            raise Unanswered("The telephone provider does not answer.") from error
        return _usable(answer)

    def _here(self, uri: str) -> str:
        asked = urlsplit(uri)
        path = self.base.path + asked.path
        return urlunsplit((self.base.scheme, self.base.netloc, path, asked.query, ""))


def _was_never_sent(error: requests.RequestException) -> bool:
    """Whether not even a connection came to be, so that nothing can have been done."""
    told = error.args[0] if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(
        getattr(told, "reason", None), NewConnectionError
    )


def _usable(answer: requests.Response) -> Response:
    status = answer.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise NotDone(f"The telephone provider is too busy. Try again {_again(answer)}.")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        raise Unanswered("The telephone provider has a fault of its own.")
    told = _told(answer)
    if status >= HTTPStatus.BAD_REQUEST:
        code = told.get("code")
        if status == HTTPStatus.NOT_FOUND or code == NOT_GOING_ON:
            raise NotThere("The provider does not have this call any more.")
        raise CallRefused(f"The telephone provider refuses this call ({code or status}).")
    if not told or status >= HTTPStatus.MULTIPLE_CHOICES:
        raise Unanswered("The telephone provider answered what nobody understands.")
    return Response(status, answer.text)


def _again(answer: requests.Response) -> str:
    """When to try again, as the provider says (RFC 9110, 10.2.3, in seconds)."""
    wait = answer.headers.get("Retry-After", "")
    return f"in {int(wait)} seconds" if wait.isdecimal() and len(wait) < 5 else "in a moment"


def _told(answer: requests.Response) -> dict[str, Any]:
    try:
        told = json.loads(answer.content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


@contextmanager
def in_our_words() -> Iterator[None]:
    """An answer that the client cannot make sense of is no answer."""
    try:
        yield
    except (TwilioException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unanswered("The telephone provider answered what nobody understands.") from error


def client() -> Client:
    """The provider's own client, for the account of the settings. Raises CallRefused."""
    if not settings.TWILIO_ACCOUNT or not settings.TWILIO_TOKEN:
        raise CallRefused("TWILIO_ACCOUNT and TWILIO_TOKEN are not set.")
    return _client(
        settings.TWILIO_ACCOUNT,
        settings.TWILIO_TOKEN,
        settings.TWILIO_BASE_URL,
        settings.TWILIO_TIMEOUT,
    )


@lru_cache(maxsize=4)
def _client(account: str, token: str, base_url: str, seconds: float) -> Client:
    from twilio.rest import Client  # noqa: PLC0415  (a second and 20 MB; only who uses it pays)

    return Client(account, token, http_client=Wire(base_url=base_url, seconds=seconds))
