"""What does a fitted model say about a sentence, and why? Arrays and sums, nothing else.

A score is linear in the sentence's grams and in its meaning: contributions and intercept add up
to it exactly, so a reason is a fact and no estimate.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from needs.words import encoders
from needs.words.calibrating import Evening, Floats, Gate, looks, passing, softmax
from needs.words.encoders import Vectors
from needs.words.grams import (
    Vocabulary,
    grams_of,
    known_share,
    pieces_of,
    weighed,
    words_of,
)
from needs.words.likeness import Likeness
from needs.words.spelling import Spelling

NO_NEED: Final = ""  # the column of sentences that people said have no known need
CHATTER: Final = "~"  # the column of what is said in every contact
ALIKE: Final = "alike"  # what being like the examples adds
TOGETHER: Final = 64  # sentences compared with the examples at a time


class Weighed(NamedTuple):
    """A sentence, its slips mended, by its grams: those that the vocabulary has, and all of them
    as counted."""

    words: str
    columns: NDArray[np.int32]
    weights: NDArray[np.float32]
    known: float  # share of its words that the vocabulary has
    blocks: dict[str, Counter[str]]


class Read(NamedTuple):
    """A sentence as the model sees it: `alike` is what likeness adds to each column."""

    grams: Weighed
    alike: Floats

    @property
    def known(self) -> float:
        return self.grams.known


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
    evening: Evening
    gate: Gate | None

    def weigh(self, text: str) -> Weighed:
        """The sentence's grams, as it was meant to be spelt."""
        meant = self.spelling.mended(text)
        blocks = grams_of(meant)
        known = known_share(blocks, self.vocabulary)
        return Weighed(meant, *weighed(blocks, self.vocabulary), known, blocks)

    def read(self, texts: Sequence[str], vectors: Vectors | None = None) -> list[Read]:
        """The sentences' grams, and what being like the examples says of them."""
        return self.read_weighed([self.weigh(text) for text in texts], vectors)

    def read_weighed(self, told: Sequence[Weighed], vectors: Vectors | None = None) -> list[Read]:
        """The same of sentences whose grams are there, and their vectors where they are known."""
        found: list[Read] = []
        for start in range(0, len(told), TOGETHER):
            part = told[start : start + TOGETHER]
            if self.backend == "tfidf":
                places = [self.likeness.placed_grams(one.columns, one.weights) for one in part]
                placed = np.concatenate(places)
            elif vectors is None:
                encoder = encoders.of(self.backend)
                placed = self.likeness.placed(encoder.vectors([one.words for one in part]))
            else:
                placed = self.likeness.placed(vectors[start : start + TOGETHER])
            found += map(Read, part, self.likeness.adds(placed))
        return found

    def said(self, told: Sequence[Weighed]) -> Floats:
        """What grams and intercept alone say, unsharpened: shape (sentences, columns)."""
        raw = [
            one.weights.astype(np.float64) @ self.grams[one.columns].astype(np.float64)
            for one in told
        ]
        total: Floats = np.stack(raw) + self.intercept
        return total

    def scores(self, reads: Sequence[Read]) -> Floats:
        """Sharpened scores: shape (sentences, needs and others)."""
        alike = np.stack([one.alike for one in reads])
        total: Floats = (self.said([one.grams for one in reads]) + alike) * self.sharpness
        return total

    def shares(self, scores: Floats) -> Floats:
        """Which need it is, if it is one: rows that add up to 1; `scores` is (rows, columns)."""
        own = scores[:, : len(self.needs)]
        return softmax(own * self.evening.times(own)[:, None])

    def passing(self, scores: Floats, known: Floats) -> Floats:
        """How likely each row has a known need at all; without a gate, whether it has a known word.
        `known` are shares of words."""
        if self.gate is None:
            return np.where(known > 0, 1.0, 0.0)
        return passing(looked(scores, len(self.needs)), self.gate)

    def contributions(self, text: str, need: str, read: Read | None = None) -> list[Contribution]:
        """What adds up to the score of a need: by words and pairs, greatest first.

        The intercept is the one without words. What pieces of a word add is counted to the words
        that they stand in, in equal parts. Words are told as they are written in the text.
        """
        if read is None:
            [read] = self.read([text])
        column = self.needs.index(need)
        own: dict[str, float] = defaultdict(float)
        columns, weights = read.grams.columns, read.grams.weights
        added = weights.astype(np.float64) * self.grams[columns, column] * self.sharpness
        meant = words_of(read.grams.words)
        written = dict(zip(meant, words_of(text), strict=False))
        holders = _holders(meant)
        for gram, amount in zip(map(self._grams.__getitem__, columns), added.tolist(), strict=True):
            owners = holders.get(gram) or [gram[2:].replace(" _ ", " … ").strip()]
            for owner in owners:
                told = " ".join(written.get(word, word) for word in owner.split(" "))
                own[told] += amount / len(owners)
        own[ALIKE] += float(read.alike[column]) * self.sharpness
        own[""] += float(self.intercept[column]) * self.sharpness
        found = [Contribution(said, amount) for said, amount in own.items()]
        return sorted(found, key=lambda one: (-one.amount, one.words))

    @cached_property
    def spelling(self) -> Spelling:
        """What unknown words are mended by."""
        return Spelling(self.vocabulary, encoders.of(self.backend).knows)

    @cached_property
    def _grams(self) -> list[str]:
        return list(self.vocabulary.columns)  # kept in the order of their columns


def looked(scores: Floats, needs: int) -> Floats:
    """What the gate looks at: the needs' scores, and how near the other columns come."""
    own = looks(scores[:, :needs])
    if scores.shape[1] == needs:
        return np.hstack([own, np.zeros((len(own), 1))])
    nearest = scores[:, needs:].max(axis=1) - scores[:, :needs].max(axis=1)
    return np.hstack([own, nearest[:, None]])


def _holders(words: Sequence[str]) -> dict[str, list[str]]:
    """The words of a text that each gram of a piece stands in."""
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(set(words)):
        for gram in set(pieces_of(word)):
            found[gram].append(word)
    return found
