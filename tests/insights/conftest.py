"""The scene that every test of the figures plays in."""

from __future__ import annotations

import pytest

from insights.kept import FIGURES
from tests.cast import assemble
from tests.insights.scene import Scene


@pytest.fixture(autouse=True)
def nothing_is_kept() -> None:
    """Tests may count at the same frozen moment."""
    FIGURES.clear()


@pytest.fixture
def scene(db: None) -> Scene:
    return Scene(assemble())
