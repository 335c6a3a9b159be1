"""What every test has: fast log-ins and a database in which every migration is applied."""

from __future__ import annotations

import os

from django.conf import settings
from django.db import connections


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = os.environ.get("TEST_TEMPLATE")
