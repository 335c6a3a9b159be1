"""Which words model reads in this process? The one in force, beside what was learnt since.

Each process keeps one in memory and asks in one statement whether it still is the newest: a
version that was released, or a sentence that somebody corrected, counts from the next reading on.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from needs.models import FROZEN, Example, WordsModel
from needs.words import NO_NEED, Classifier, Suggested, TamperedModel
from needs.words import Example as Said
from needs.words.encoders import MissingExtra

logger = logging.getLogger(__name__)

REMEMBERED: Final = 256  # texts
NEIGHBOURS: Final = 200  # of the newest examples that the model has not learnt from


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads now: the classifier with its neighbours, and the number of its version."""

    classifier: Classifier
    number: int
    key: tuple[Any, ...]
    heard: dict[str, tuple[Suggested, ...]] = field(default_factory=dict)

    def suggest(self, text: str) -> tuple[Suggested, ...]:
        """As the classifier does; of a contact's texts only the one that is typed has changed."""
        found = self.heard.get(text)
        if found is None:
            if len(self.heard) >= REMEMBERED:
                self.heard.clear()
            found = self.heard[text] = self.classifier.suggest(text)
        return found


_reader: Reader | None = None


def reader() -> Reader | None:
    """The newest released version that can be read here; None while there is none."""
    global _reader  # noqa: PLW0603  (one a process; two threads that load it load the same)
    state = _state()
    if state is None:
        return None
    if _reader is None or _reader.key != state:
        _reader = _load(state, _reader)
    return _reader


def forget() -> None:
    """Load anew at the next reading."""
    global _reader  # noqa: PLW0603  (the same one)
    _reader = None


def _state() -> tuple[Any, ...] | None:
    """What is in force and what was learnt since, in one statement: a change changes it."""
    newer = Example.objects.filter(
        Q(pk__gt=OuterRef("last_example")) | Q(looked_at__gt=OuterRef("made_at"))
    )
    together = newer.order_by().annotate(together=Value(1)).values("together")
    return (
        WordsModel.objects.in_force()
        .values_list(
            "pk",
            "in_force_since",
            Subquery(together.annotate(found=Count("pk")).values("found")),
            Subquery(together.annotate(found=Max("pk")).values("found")),
            Subquery(together.annotate(found=Max("looked_at")).values("found")),
        )
        .first()
    )


def _load(state: tuple[Any, ...], before: Reader | None) -> Reader | None:
    """The version, or the one before it where it cannot be read here: its extra is missing."""
    for version in WordsModel.objects.in_force()[:3]:
        same = before is not None and before.key[0] == version.pk == state[0]
        try:
            bare = (
                before.classifier
                if same and before
                else Classifier.load(bytes(version.arrays), version.digest)
            )
        except (MissingExtra, TamperedModel) as error:
            logger.error("words model %s not read: %s", version.number, type(error).__name__)
            continue
        return Reader(bare.corrected(learnt_since(version)), version.number, state)
    return None


def learnt_since(version: WordsModel) -> list[Said]:
    """The newest examples that the version has not learnt from, the oldest of them first.

    Those of the frozen part belong to them, so that no correction is ever forgotten.
    """
    unseen = Q(pk__gt=version.last_example) | Q(looked_at__gt=version.made_at) | Q(part=FROZEN)
    rows = Example.objects.filter(unseen, is_weak=False).order_by("-pk")
    said = rows.values_list("text", Coalesce("need_type__code", Value(NO_NEED)))
    return [Said(text, need) for text, need in reversed(said[:NEIGHBOURS])]
