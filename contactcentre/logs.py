"""What does the log say? One line of JSON an event, with request ids and without personal data."""

from __future__ import annotations

import re
import sys
from typing import Any, Final

import structlog
from django.db.utils import InterfaceError, OperationalError
from redis.exceptions import ConnectionError as RedisAway
from structlog.types import EventDict, Processor

MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
NUMBER = re.compile(r"(?<![\w.:-])\+?\d[\d ()-]{7,}\d(?![\w.:-])")
QUERY = re.compile(r"\?[^\s\"']+")
# SQLSTATE of a connection that is lost, and of a server that stops or starts (Appendix A).
NO_SERVER: Final = ("08", "57P01", "57P02", "57P03")


def masked(text: str) -> str:
    """The text without mail addresses, telephone numbers and query strings."""
    text = MAIL.sub("<mail>", text)
    return NUMBER.sub("<number>", QUERY.sub("?<query>", text))


def without_personal_data(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Mask every text of the event; `timestamp` and tracebacks' file names stay readable."""
    for key, value in event.items():
        if isinstance(value, str) and key != "timestamp":
            event[key] = masked(value)
    return event


def away_in_a_line(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Without a traceback where PostgreSQL or Redis is away: the line says so, and while it
    lasts every request and task writes one."""
    told = event.get("exc_info")
    error = sys.exc_info()[1] if told is True else told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException) and _is_away(error):
        del event["exc_info"]
        event["away"] = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
    return event


def _is_away(error: BaseException) -> bool:
    """Not so where the server answered with an error of its own, as in a deadlock."""
    if not isinstance(error, OperationalError | InterfaceError):
        return isinstance(error, RedisAway)
    code = getattr(error.__cause__, "pgcode", None)
    return code is None or code.startswith(NO_SERVER)


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_config(*, form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING; `form` is json (production) or plain (a person reads along)."""
    plain = [structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)]
    json_lines = [
        structlog.processors.dict_tracebacks,
        without_personal_data,
        structlog.processors.JSONRenderer(),
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*SHARED, structlog.stdlib.ExtraAdder(allow=[])],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    away_in_a_line,
                    *(
                        json_lines
                        if form == "json"
                        else [structlog.processors.format_exc_info, without_personal_data, *plain]
                    ),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # The request log of contactcentre.middleware says the same without query strings.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "ERROR"},
            "uvicorn": {"level": level, "handlers": [], "propagate": True},
            "uvicorn.access": {"level": "ERROR", "propagate": True},
            "celery": {"level": level, "handlers": [], "propagate": True},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "asyncio": {"level": "WARNING"},
        },
    }


def set_up_structlog() -> None:
    """Send structlog's events through the standard library's handlers."""
    structlog.configure(
        processors=[
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
