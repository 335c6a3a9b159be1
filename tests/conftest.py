"""What every test has: fast log-ins and, where it asks for it, a database."""

from __future__ import annotations

from django.conf import settings


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
