"""What every test has: fast log-ins and a database in which every migration is applied."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction
from pytest_django.fixtures import Settings

from tests.floor import Floor, open_floor
from tests.plugins import emptying


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = os.environ.get("TEST_TEMPLATE")
    emptying.use()


@pytest.fixture(scope="module")
def written_once(django_db_setup: None, django_db_blocker: Any) -> Generator[None]:
    """What a fixture of a whole module writes: every test there sees it, and it goes with them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def floor(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """A queue with its people, and a provider that can be looked into."""
    return open_floor(settings, monkeypatch)
