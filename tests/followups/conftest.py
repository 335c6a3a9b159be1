from collections.abc import Generator

import pytest
import time_machine
from pytest_django.fixtures import Settings

from tests.cast import Cast, assemble
from tests.followups.scenes import NOON


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
