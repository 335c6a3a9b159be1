"""One cast with its catalogue in force."""

from __future__ import annotations

import pytest

from offers.publishing import publish
from tests import cast
from tests.cast import Cast


@pytest.fixture
def people(db: None) -> Cast:
    assembled = cast.assemble()
    publish(by=assembled.max, note="The first catalogue")
    return assembled
