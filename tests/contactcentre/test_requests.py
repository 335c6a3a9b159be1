"""Is every answer guarded, every request logged without personal data, every refusal in words?"""

from __future__ import annotations

import json
import logging

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from redis.exceptions import ConnectionError as RedisAway

from accounts.errors import Conflict, RuleBroken
from contactcentre import api_errors, logs
from contactcentre.middleware import broken_rules, request_log


@pytest.mark.django_db
def test_the_log_in_page_allows_no_inline_code_and_no_frame() -> None:
    answer = Client().get("/accounts/login/")
    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self';" in policy + ";"
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_every_page_asks_for_a_log_in_unless_it_says_otherwise() -> None:
    for page in ("/", "/admin/", "/accounts/2fa/"):
        asked = Client().get(page, follow=True)
        assert asked.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_the_log_names_the_route_and_not_what_was_asked(caplog: pytest.LogCaptureFixture) -> None:
    request = RequestFactory().get("/customers/?q=Ada+Byron&phone=02079460123")
    with caplog.at_level(logging.INFO):
        answer = request_log(lambda _: HttpResponse(status=204))(request)
    assert len(answer["X-Request-ID"]) == 32
    text = str([record.msg for record in caplog.records])
    assert "204" in text
    assert "Ada" not in text
    assert "0123" not in text


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("mail to ada.byron@example.com failed", "mail to <mail> failed"),
        ("called +44 20 7946 0123 twice", "called <number> twice"),
        ("GET /customers/?q=Ada 500", "GET /customers/?<query> 500"),
        ("took 1234.5 ms for interaction 8123456", "took 1234.5 ms for interaction 8123456"),
        ("at 2026-11-22T16:00:49.778964Z on 127.0.0.1:16379", None),
    ],
)
def test_what_a_line_of_the_log_keeps(said: str, kept: str | None) -> None:
    assert logs.masked(said) == (said if kept is None else kept)


def test_a_line_of_the_log_is_json_with_its_request() -> None:
    config = logs.logging_config(form="json", level="INFO")["formatters"]["line"]
    formatter = config.pop("()")(**config)
    record = logging.LogRecord("a", logging.ERROR, "", 0, "no mail to a@b.example", None, None)
    line = json.loads(formatter.format(record))
    assert (line["event"], line["level"], line["logger"]) == ("no mail to <mail>", "error", "a")


def broken(error: Exception) -> str:
    """What the log says of a request that this broke."""
    config = logs.logging_config(form="plain", level="INFO")["formatters"]["line"]
    formatter = config.pop("()")(**config)
    told = (type(error), error, error.__traceback__)
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "GET /", None, told)
    return str(formatter.format(record))


@pytest.mark.parametrize(
    "error",
    [
        OperationalError('connection to server at "127.0.0.1" failed\n\tIs it running?'),
        InterfaceError("connection already closed"),
        RedisAway("Error 111 connecting to 127.0.0.1:16379. Connection refused."),
    ],
)
def test_a_server_that_is_away_is_one_line(error: Exception) -> None:
    line = broken(error)
    assert "\n" not in line
    assert str(error).partition("\n")[0] in line


@pytest.mark.django_db
def test_what_the_database_refused_keeps_its_traceback() -> None:
    with pytest.raises(OperationalError) as refused, connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 1; select pg_sleep(1)")
    assert "Traceback" in broken(refused.value)
    assert "ValueError: a bug" in broken(ValueError("a bug"))


def refuse(error: RuleBroken, **headers: str) -> HttpResponse:
    request = RequestFactory().post("/", headers=headers)
    middleware = broken_rules(lambda _request: HttpResponse())
    answer = middleware.process_exception(request, error)  # type: ignore[attr-defined]
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_broken_rule_is_said_in_a_fragment_to_htmx() -> None:
    answer = refuse(Conflict("Rae accepted this offer at 10:31."), hx_request="true")
    assert answer.status_code == 409
    assert b"Rae accepted this offer at 10:31." in answer.content
    assert b"<html" not in answer.content


def test_another_error_stays_an_error() -> None:
    middleware = broken_rules(lambda _request: HttpResponse())
    found = middleware.process_exception(  # type: ignore[attr-defined]
        HttpRequest(), ValueError("a bug")
    )
    assert found is None


def test_the_api_says_which_rule_was_broken() -> None:
    answer = api_errors.answer(Conflict("Already accepted."), {})
    assert answer
    assert answer.status_code == 409
    assert answer.data == {"detail": "Already accepted.", "code": "Conflict"}
