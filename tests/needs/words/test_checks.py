"""Django's checks tell of a backend that is not there."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from needs.words import encoders
from needs.words.checks import words_backend


def test_the_default_backend_is_always_there(settings: Settings) -> None:
    settings.NEEDS_WORDS_BACKEND = "tfidf"
    assert words_backend(None) == []


def test_a_missing_extra_is_a_warning(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.NEEDS_WORDS_BACKEND = "static"
    monkeypatch.setitem(encoders.PACKAGES, "static", ("no_such_package",))
    [warning] = words_backend(None)
    assert (warning.id, warning.is_serious()) == ("needs.W001", False)
    assert "requirements-words-static.txt" in warning.msg


def test_an_unknown_backend_is_an_error(settings: Settings) -> None:
    settings.NEEDS_WORDS_BACKEND = "magic"
    [error] = words_backend(None)
    assert error.id == "needs.E001"
    assert error.is_serious()
