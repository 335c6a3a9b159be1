"""The scene that every test of the figures plays in."""

from __future__ import annotations

import pytest

from tests.cast import assemble
from tests.insights.scene import Scene


@pytest.fixture
def scene(db: None) -> Scene:
    return Scene(assemble())
