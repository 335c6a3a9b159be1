"""Django's settings for every environment; what differs comes from `contactcentre.env`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from contactcentre import env, logs, state

# --- What this is -----------------------------------------------------------------------------

BASE_DIR = state.PROJECT
DEBUG = env.DEBUG
PRODUCTION = env.PRODUCTION
CONTINUUM_DEMO = env.CONTINUUM_DEMO
DEMO_PASSWORD = env.DEMO_PASSWORD  # of the seeded log-ins; empty where no demo is wanted
SECRET_KEY = env.SECRET_KEY
SECRET_KEY_FALLBACKS = env.SECRET_KEY_FALLBACKS
ALLOWED_HOSTS = env.ALLOWED_HOSTS
CSRF_TRUSTED_ORIGINS = env.CSRF_TRUSTED_ORIGINS

OUR_APPS = [
    "contactcentre",
    "console",
    "insights",
    "intake",
    "portal",
    "followups",
    "offers",
    "needs",
    "service",
    "routing",
    "interactions",
    "customers",
    "products",
    "messaging",
    "telephony",
    "accounts",
]
INSTALLED_APPS = [
    *OUR_APPS,
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "rest_framework.authtoken",
]
MIDDLEWARE = [
    "contactcentre.middleware.request_log",
    "django.middleware.security.SecurityMiddleware",
    "contactcentre.middleware.health_without_a_host",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "contactcentre.middleware.kept_by_no_cache",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "contactcentre.middleware.history_where_it_is_kept",
    "contactcentre.middleware.broken_rules",
    "contactcentre.middleware.administrators_look",
]
ROOT_URLCONF = "contactcentre.urls"
ASGI_APPLICATION = "contactcentre.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["console.templatetags.addresses"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data -------------------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **env.DATABASE,
        "CONN_MAX_AGE": env.DATABASE_MAX_AGE,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **env.DATABASE.get("OPTIONS", {}),
            "connect_timeout": 5,
            "application_name": "continuum",
            "options": (
                f"-c statement_timeout={env.STATEMENT_TIMEOUT}s"
                " -c lock_timeout=10s"
                " -c idle_in_transaction_session_timeout=60s"
            ),
        },
    }
}
REDIS_URL = env.REDIS_URL
REDIS_TIMEOUTS: dict[str, Any] = {
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.CACHE_URL,
        "KEY_PREFIX": "continuum",
        "OPTIONS": REDIS_TIMEOUTS | {"socket_timeout": 5},
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "contactcentre.live_layer.HintLayer",
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, **REDIS_TIMEOUTS}],
            # Redis sends to the subscribers of all its databases, so each has names of its own.
            "prefix": f"continuum{urlsplit(REDIS_URL).path}",
        },
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 12 * 60 * 60  # one long shift
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- People -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.RoleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "accounts.adapters.StaffOnlyAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_USER_DISPLAY = "accounts.models.display_name"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Continuum"

# --- Security ---------------------------------------------------------------------------------

HTTPS = env.HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^ready/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SILENCED_SYSTEM_CHECKS = [
    "security.W021"  # the HSTS preload list is for the owner of the domain to join, not for us
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# --- Languages, times, files ------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.TIME_ZONE
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.MEDIA_ROOT
RECORDINGS_ROOT = env.RECORDINGS_ROOT
MESSAGING_GATEWAY, PUBLIC_URL = env.MESSAGING_GATEWAY, env.PUBLIC_URL
RECORDING_DAYS = env.RECORDING_DAYS
# Of the time that a promise had, the share that is left when its owner is warned.
PROMISE_WATCH = {"share_left_when_still": 0.25, "share_left_when_moving": 0.1}
MONITORING_IS_SHOWN = env.MONITORING_IS_SHOWN
NEEDS_WORDS_BACKEND = env.NEEDS_WORDS_BACKEND
TELEPHONY_GATEWAY = env.TELEPHONY_GATEWAY
SIP_TRUNK, SIP_LISTEN = env.SIP_TRUNK, env.SIP_LISTEN
TWILIO_ACCOUNT, TWILIO_TOKEN = env.TWILIO_ACCOUNT, env.TWILIO_TOKEN
TWILIO_KEY, TWILIO_KEY_SECRET = env.TWILIO_KEY, env.TWILIO_KEY_SECRET
TWILIO_BASE_URL, TWILIO_PUBLIC_URL = env.TWILIO_BASE_URL, env.TWILIO_PUBLIC_URL
TWILIO_TIMEOUT = env.TWILIO_TIMEOUT
TWILIO_VERIFIER, TWILIO_VERIFIER_KEY = env.TWILIO_VERIFIER, env.TWILIO_VERIFIER_KEY
TWILIO_AGENT_NUMBERS = env.TWILIO_AGENT_NUMBERS
VOICE_LINES, VOICE_DIALLERS = env.VOICE_LINES, env.VOICE_DIALLERS
VOICE_CALLS_PER_MINUTE = env.VOICE_CALLS_PER_MINUTE
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "contactcentre.files.ForgivingManifestStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
if not PRODUCTION:
    STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns without it
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION  # the front-end build may end after the start
WHITENOISE_MAX_AGE = 60 if PRODUCTION else 0
EMAIL_BACKEND = env.EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = env.EMAIL.get("EMAIL_HOST", "localhost")
EMAIL_PORT = env.EMAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = env.EMAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = env.EMAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(env.EMAIL.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(env.EMAIL.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.DEFAULT_FROM_EMAIL

# --- The API ----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "6000/hour"},
    "EXCEPTION_HANDLER": "contactcentre.api_errors.answer",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Continuum",
    "DESCRIPTION": "One continuum of sales and service: customers, contacts, ways to help.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],  # it describes, it shows nobody
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "RequestStatus": "service.models.RequestStatus",
        "PromiseStatus": "service.models.PromiseStatus",
        "NeedStatus": "needs.models.NeedStatus",
        "OfferStatus": "offers.models.OfferStatus",
        "FollowUpStatus": "followups.models.FollowUpStatus",
        "FollowUpQuestion": "followups.models.Question",
    },
}

# --- Logs and history -------------------------------------------------------------------------

LOGGING = logs.logging_config(form=env.LOG_FORMAT, level=env.LOG_LEVEL)
logs.set_up_structlog()
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
