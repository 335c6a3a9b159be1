"""What does this installation's environment say? Every variable is read here and nowhere else.

`.env.example` lists them all with their meaning; a test compares the two.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from contactcentre import state

state.load_env_file()
read = environ.Env()

CONTINUUM_ENV: str = read.str("CONTINUUM_ENV", default="development")
if CONTINUUM_ENV not in {"development", "production"}:
    raise ImproperlyConfigured("CONTINUUM_ENV is either development or production.")
PRODUCTION = CONTINUUM_ENV == "production"
_SERVERS = {} if PRODUCTION else state.server_urls()


def required_in_production(name: str, otherwise: str) -> str:
    """The variable; `otherwise` while developing; an error that names it in production."""
    value: str = read.str(name, default="" if PRODUCTION else otherwise)
    if not value:
        raise ImproperlyConfigured(f"{name} must be set in production; see .env.example.")
    return value


def beside(redis_url: str) -> str:
    """The next database of the same Redis, so that wiping one leaves the other."""
    parts = urlsplit(redis_url)
    number = int(parts.path.strip("/") or 0) + 1
    return urlunsplit(parts._replace(path=f"/{number}"))


DEBUG: bool = read.bool("DEBUG", default=False) and not PRODUCTION
SECRET_KEY: str = required_in_production("SECRET_KEY", "" if PRODUCTION else state.secret("django"))
SECRET_KEY_FALLBACKS: list[str] = read.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS: list[str] = read.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must be set in production; see .env.example.")
CSRF_TRUSTED_ORIGINS: list[str] = read.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS: bool = read.bool("HTTPS", default=PRODUCTION)
TRUST_PROXY: bool = read.bool("TRUST_PROXY", default=False)

DATABASE_URL: str = required_in_production(
    "DATABASE_URL",
    _SERVERS.get("DATABASE_URL", "postgres://continuum@127.0.0.1:5432/continuum"),
)
DATABASE: dict[str, Any] = read.db_url_config(DATABASE_URL)
DATABASE_MAX_AGE: int = read.int("DATABASE_MAX_AGE", default=600)
STATEMENT_TIMEOUT: int = read.int("STATEMENT_TIMEOUT", default=30)
REDIS_URL: str = required_in_production(
    "REDIS_URL", _SERVERS.get("REDIS_URL", "redis://127.0.0.1:6379/0")
)
CACHE_URL: str = read.str("CACHE_URL", default=beside(REDIS_URL))

WEB_THREADS: int = read.int("WEB_THREADS", default=8)
LOG_FORMAT: str = read.str("LOG_FORMAT", default="json" if PRODUCTION else "plain")
LOG_LEVEL: str = read.str("LOG_LEVEL", default="INFO")
DEFAULT_FROM_EMAIL: str = read.str("DEFAULT_FROM_EMAIL", default="Continuum <no-reply@localhost>")
TIME_ZONE: str = read.str("DISPLAY_TIME_ZONE", default="Europe/London")
CONTINUUM_DEMO: bool = read.bool("CONTINUUM_DEMO", default=not PRODUCTION)
DEMO_PASSWORD: str = read.str(
    "DEMO_PASSWORD", default=state.demo_password() if CONTINUUM_DEMO else ""
)

# In the demo mails lie in the local inbox, unless a mail server is named.
_INBOX = {"EMAIL_BACKEND": "messaging.backends.InboxBackend"}
_MAIL: str = read.str("EMAIL_URL", default="")
EMAIL: dict[str, Any] = (
    _INBOX if CONTINUUM_DEMO and not _MAIL else read.email_url_config(_MAIL or "consolemail://")
)
PUBLIC_URL: str = read.str("PUBLIC_URL", default="http://localhost:8000")
MESSAGING_GATEWAY: str = read.str("MESSAGING_GATEWAY", default="inbox" if CONTINUUM_DEMO else "")

TELEPHONY_GATEWAY: str = read.str("TELEPHONY_GATEWAY", default="switch")
SIP_TRUNK: str = read.str("SIP_TRUNK", default="")
SIP_LISTEN: str = read.str("SIP_LISTEN", default="")
TWILIO_ACCOUNT: str = read.str("TWILIO_ACCOUNT", default="")
TWILIO_TOKEN: str = read.str("TWILIO_TOKEN", default="")
TWILIO_KEY: str = read.str("TWILIO_KEY", default="")
TWILIO_KEY_SECRET: str = read.str("TWILIO_KEY_SECRET", default="")
TWILIO_BASE_URL: str = read.str("TWILIO_BASE_URL", default="https://api.twilio.com")
TWILIO_PUBLIC_URL: str = read.str("TWILIO_PUBLIC_URL", default="")
TWILIO_TIMEOUT: float = read.float("TWILIO_TIMEOUT", default=5.0)
TWILIO_VERIFIER: str = read.str("TWILIO_VERIFIER", default="twilio")
TWILIO_VERIFIER_KEY: str = read.str("TWILIO_VERIFIER_KEY", default="")
TWILIO_AGENT_NUMBERS: dict[str, str] = read.dict("TWILIO_AGENT_NUMBERS", default={})
VOICE_LINES: int = read.int("VOICE_LINES", default=4)
VOICE_CALLS_PER_MINUTE: int = read.int("VOICE_CALLS_PER_MINUTE", default=30)
VOICE_DIALLERS: int = read.int("VOICE_DIALLERS", default=1)
RECORDINGS_ROOT: str = read.str("RECORDINGS_ROOT", default=str(state.state_folder() / "recordings"))
RECORDING_DAYS: int = read.int("RECORDING_DAYS", default=90)
MONITORING_IS_SHOWN: bool = read.bool("MONITORING_IS_SHOWN", default=True)
NEEDS_WORDS_BACKEND: str = read.str("NEEDS_WORDS_BACKEND", default="tfidf")
MEDIA_ROOT: str = read.str("MEDIA_ROOT", default=str(state.state_folder() / "media"))
