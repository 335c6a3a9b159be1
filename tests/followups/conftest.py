from collections.abc import Generator

import pytest
import time_machine
from django.core.cache import cache
from pytest_django.fixtures import Settings

from followups.models import Way
from telephony.models import CallerId
from tests.cast import Cast, assemble
from tests.followups.scenes import NOON, default_policy
from tests.followups.texts import may_be_written_to


@pytest.fixture
def noon() -> Generator[None]:
    """A Monday noon at which people in London may be called; the clock stands still."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


@pytest.fixture(autouse=True)
def agents_dial_by_themselves(settings: Settings) -> None:
    """Where a test does not say otherwise: the number is shown, and nothing is placed."""
    settings.TELEPHONY_GATEWAY = "own_phone"


@pytest.fixture
def bank(cast: Cast, settings: Settings) -> Generator[Cast]:
    """A Monday's noon; Ada may be asked by SMS and by e-mail."""
    cache.clear()
    settings.MESSAGING_GATEWAY, settings.PUBLIC_URL = "inbox", "https://bank.example"
    with time_machine.travel(NOON, tick=False):
        default_policy(ways=[Way.SMS, Way.EMAIL, Way.AGENT])
        CallerId.objects.create(number="+442079460000", name="Northgate", verified_on="2026-01-05")
        may_be_written_to(cast.ada)
        yield cast
