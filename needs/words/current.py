"""Which classifier reads texts in this process? Whoever keeps models gives it; here it is asked.

The app that stores models calls `provide` once, when it is ready, with a function that gives the
newest released classifier, or none while nothing was fitted. How long it holds on to one, and how
it learns of corrections, is that function's affair.
"""

from __future__ import annotations

from collections.abc import Callable

from needs.words.classifier import Classifier, Suggested

Provider = Callable[[], Classifier | None]


def _nobody() -> Classifier | None:
    return None


_provider: Provider = _nobody


def provide(provider: Provider) -> None:
    """From now on ask this function for the classifier."""
    global _provider  # noqa: PLW0603  (one a process, set once when the app is ready)
    _provider = provider


def classifier() -> Classifier | None:
    """The classifier, or none while nothing was fitted."""
    return _provider()


def suggest(text: str) -> tuple[Suggested, ...]:
    """The needs that the text tells of, at most three; none while nothing was fitted."""
    found = classifier()
    return found.suggest(text) if found else ()


def notice() -> str:
    """What to tell people about the backend that reads; empty when all is as it was set."""
    found = classifier()
    return found.notice if found else ""
