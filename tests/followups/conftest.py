from collections.abc import Generator

import pytest
import time_machine

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
