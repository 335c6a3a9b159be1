"""A model that reads: what every test of needs from words begins with."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from needs import fitting, understanding
from needs.models import WordsModel
from tests.cast import Cast, assemble
from tests.needs.sayings import teach


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


@pytest.fixture(autouse=True)
def a_process_of_its_own() -> Generator[None]:
    """What this process has loaded belongs to the rows of one test."""
    understanding.forget()
    yield
    understanding.forget()


@pytest.fixture
def taught(cast: Cast) -> WordsModel:
    """Two kinds of need with examples, and the version that has learnt from them."""
    pytest.importorskip("sklearn", reason="fitting needs scikit-learn")
    teach(cast.better_return, cast.cheaper_borrowing)
    version = fitting.refit_if_due()
    assert version is not None
    return version
