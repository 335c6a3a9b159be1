"""What does a fitted model say about a sentence, and why? Arrays and sums, nothing else.

A score is linear in the sentence's grams and in its meaning: contributions and intercept add up
to it exactly, so a reason is a fact and no estimate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from needs.words import encoders
from needs.words.calibrating import Floats, Gate, looks, passing, softmax
from needs.words.grams import Vocabulary, grams_of, weighed, words_of
from needs.words.likeness import Likeness

NO_NEED: Final = ""  # the column of sentences that people said have no known need
CHATTER: Final = "~"  # the column of what is said in every contact
ALIKE: Final = "alike"  # what being like the examples adds
UNSURE: Final = 0.5  # how likely a text has a known need, where nothing was learnt about it


class Read(NamedTuple):
    """A sentence as the model sees it."""

    columns: NDArray[np.int32]
    weights: NDArray[np.float32]
    place: NDArray[np.float32]
    known: float  # share of its words that the vocabulary has


class Contribution(NamedTuple):
    """What some words of a sentence add to its score for a need."""

    words: str
    amount: float


@dataclass(frozen=True)
class Model:
    """A fitted model: `grams` (vocabulary, columns), `intercept` (columns,), and `likeness`, whose
    amounts are already what they add."""

    backend: str
    needs: tuple[str, ...]
    others: tuple[str, ...]
    vocabulary: Vocabulary
    grams: NDArray[np.float32]
    likeness: Likeness
    intercept: Floats
    sharpness: float
    gate: Gate | None

    def read(self, texts: Sequence[str]) -> list[Read]:
        """The sentences' grams, and where they are placed among the examples."""
        weighted = [weighed(grams_of(text), self.vocabulary) for text in texts]
        if self.backend == "tfidf":
            places = [self.likeness.placed_grams(*one)[0] for one in weighted]
        else:
            places = list(self.likeness.placed(encoders.of(self.backend).vectors(texts)))
        return [
            Read(*one, place, self._known(text))
            for one, place, text in zip(weighted, places, texts, strict=True)
        ]

    def scores(self, reads: Sequence[Read]) -> Floats:
        """Sharpened scores: shape (sentences, needs and others)."""
        raw = [
            one.weights.astype(np.float64) @ self.grams[one.columns].astype(np.float64)
            + self.likeness.adds(one.place)
            for one in reads
        ]
        total: Floats = (np.stack(raw) + self.intercept) * self.sharpness
        return total

    def shares(self, scores: Floats) -> Floats:
        """Which need it is, if it is one: rows that add up to 1; `scores` is (rows, columns)."""
        return softmax(scores[:, : len(self.needs)])

    def passing(self, scores: Floats, known: Floats) -> Floats:
        """How likely each row has a known need at all."""
        if self.gate is None:
            return np.where(known > 0, 1.0, 0.0)
        return passing(looked(scores, known, len(self.needs)), self.gate)

    def contributions(self, text: str, need: str, read: Read | None = None) -> list[Contribution]:
        """What adds up to the score of a need: by words and pairs, greatest first.

        The intercept is the one without words. What pieces of a word add is counted to the words
        that they stand in, in equal parts.
        """
        if read is None:
            [read] = self.read([text])
        column = self.needs.index(need)
        words = sorted(set(words_of(text)))
        own: dict[str, float] = defaultdict(float)
        names = self._names(read.columns)
        added = read.weights.astype(np.float64) * self.grams[read.columns, column]
        for gram, amount in zip(names, added * self.sharpness, strict=True):
            owners = _owners(gram, words)
            for owner in owners:
                own[owner] += float(amount) / len(owners)
        alike = self.likeness.adds(read.place)[column]
        own[ALIKE] += float(alike) * self.sharpness
        own[""] += float(self.intercept[column]) * self.sharpness
        found = [Contribution(said, amount) for said, amount in own.items()]
        return sorted(found, key=lambda one: (-one.amount, one.words))

    def _names(self, columns: NDArray[np.int32]) -> list[str]:
        return [self._grams[column] for column in columns]

    @cached_property
    def _grams(self) -> list[str]:
        return list(self.vocabulary.columns)  # kept in the order of their columns

    def _known(self, text: str) -> float:
        words = words_of(text)
        if not words:
            return 0.0
        return sum(f"w:{word}" in self.vocabulary.columns for word in words) / len(words)


def looked(scores: Floats, known: Floats, needs: int) -> Floats:
    """What the gate looks at: the needs' scores, and how near the other columns come."""
    own = looks(scores[:, :needs], known)
    if scores.shape[1] == needs:
        return np.hstack([own, np.zeros((len(own), 1))])
    nearest = scores[:, needs:].max(axis=1) - scores[:, :needs].max(axis=1)
    return np.hstack([own, nearest[:, None]])


def _owners(gram: str, words: Sequence[str]) -> list[str]:
    """The words of a text that a gram stands for."""
    block, piece = gram[0], gram[2:]
    if block == "w":
        return [piece.replace(" _ ", " … ")]
    return [word for word in words if piece in f" {word} "] or [piece.strip()]
