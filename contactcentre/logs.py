"""What does the log say? One line of JSON an event, with request ids and without personal data."""

from __future__ import annotations

import re
from typing import Any

import structlog
from structlog.types import EventDict, Processor

MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
NUMBER = re.compile(r"(?<![\w.:-])\+?\d[\d ()-]{7,}\d(?![\w.:-])")
QUERY = re.compile(r"\?[^\s\"']+")


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
