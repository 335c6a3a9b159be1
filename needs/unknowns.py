"""Which unknown needs are alike, and how does a new kind of need come of them?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry, User
from needs.models import Example, ExampleSource, NeedType, UnknownNeed
from needs.words import encoders
from needs.words.grams import words_of

EVERY: Final = timedelta(days=7)
MOST: Final = 1_500  # sentences grouped, the newest: all pairs of them are compared
# How unlike (1 minus cosine, on average) two sentences of one group may be, by backend.
APART: Final = {"tfidf": 0.76, "static": 0.62, "minilm": 0.6}
WORDS: Final = 4
SHORTEST: Final = 4  # letters of a word that says something
TOGETHER: Final = 500  # rows of one update


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences that are alike; number 0 has those that are like no other."""

    number: int
    words: str
    sentences: list[UnknownNeed]


def groups(*, at_most: int) -> list[Group]:
    """What waits for the administrator, in one statement: the largest group first."""
    rows = UnknownNeed.objects.waiting().order_by("-said_at", "-pk")[:at_most]
    by_number: dict[int, list[UnknownNeed]] = {}
    for row in rows:
        by_number.setdefault(row.group or 0, []).append(row)
    found = [Group(number, rows[0].group_words, rows) for number, rows in by_number.items()]
    return sorted(found, key=lambda one: (one.number == 0, -len(one.sentences), one.number))


def group_if_due() -> int:
    """Group anew once a week; how many groups there are, 0 where nothing was to be done."""
    waiting = UnknownNeed.objects.waiting()
    last = waiting.exclude(grouped_at=None).order_by("-grouped_at")
    before = last.values_list("grouped_at", flat=True).first()
    is_recent = before is not None and before > timezone.now() - EVERY
    return 0 if is_recent or not waiting.exists() else group()


def group() -> int:
    """Put sentences that are alike together, and name each group by its words."""
    rows = list(UnknownNeed.objects.waiting().order_by("-said_at", "-pk")[:MOST])
    labels = _labels([row.text for row in rows])
    numbers: dict[int, int] = {}
    for label, size in Counter(labels).most_common():
        if size > 1:
            numbers[label] = len(numbers) + 1
    everywhere = Counter(word for row in rows for word in set(words_of(row.text)))
    now = timezone.now()
    for row, label in zip(rows, labels, strict=True):
        alike = [other.text for other, own in zip(rows, labels, strict=True) if own == label]
        row.group, row.grouped_at = numbers.get(label), now
        row.group_words = _in_common(alike, everywhere) if label in numbers else ""
    UnknownNeed.objects.bulk_update(
        rows, ["group", "group_words", "grouped_at"], batch_size=TOGETHER
    )
    return len(numbers)


def become(*, pks: list[int], name: str, description: str, code: str, by: User) -> NeedType:
    """Make a kind of need of these sentences, which are its first examples.

    Raises UnknownSettled when one of them was settled meanwhile; then nothing changes.
    """
    with transaction.atomic():
        kind = NeedType.objects.create(code=code, name=name, description=description)
        AuditEntry.record(by=by, verb="need type made of unknown needs", subject=kind)
        for row in UnknownNeed.settle(pks, by=by, need_type=kind):
            Example.keep(
                text=row.text,
                need_type=kind,
                source=ExampleSource.GIVEN,
                by=by,
                interaction=row.interaction,
            )
    return kind


def dismiss(*, pks: list[int], by: User) -> None:
    """Nothing is to be found in these sentences. Raises UnknownSettled."""
    with transaction.atomic():
        UnknownNeed.settle(pks, by=by, need_type=None)


def _labels(texts: list[str]) -> list[int]:
    """The number of each text's cluster: average linkage over cosines."""
    if len(texts) < 2:
        return list(range(len(texts)))
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415  (only a worker needs it)

    backend = encoders.resolved(settings.NEEDS_WORDS_BACKEND).backend
    vectors = encoders.of(backend).vectors(texts)
    apart = np.clip(1 - vectors @ vectors.T, 0, 2)
    np.fill_diagonal(apart, 0)
    found = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=APART[backend]
    ).fit(apart)
    return [int(label) for label in found.labels_]


def _in_common(texts: list[str], everywhere: Counter[str]) -> str:
    """The words that most of them have and that are rare elsewhere."""
    own = Counter(word for text in texts for word in set(words_of(text)) if len(word) >= SHORTEST)
    own = Counter({word: count for word, count in own.items() if count > 1}) or own
    weighed = sorted(own, key=lambda word: (-(own[word] ** 2) / everywhere[word], word))
    return ", ".join(weighed[:WORDS])
