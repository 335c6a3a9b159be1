"""How sure may a model be? Told by rows that are held out, and needs that are held out whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from needs.words.calibrating import Evening, Floats, Gate, evening, gate, sharpness
from needs.words.model import looked

FOLDS: Final = 4
MANY: Final = 4_000  # rows from which on one fold is held out, not each in turn
LEFT_OUT: Final = 8  # one need in so many is held out whole, in each fold others
ENOUGH_TO_LEAVE_OUT: Final = 12  # needs
EVEN: Final = 3.0  # sharpness where nothing can be held out
SEED: Final = 20261123


class Part(NamedTuple):
    """Some rows that are held out: those that are learnt from without them, the columns that
    nothing is learnt of, whether another part has them all, and how many columns are needs."""

    learns: NDArray[np.bool_]
    left: NDArray[np.bool_]
    lacks: bool
    needs: int


class Tested(NamedTuple):
    """Rows that were held out; an answer of -1 is none of the needs, and NaN the score of one that
    was left out. `lacks`: needs were left out that another fold has."""

    scores: Floats
    answers: NDArray[np.int64]
    told: NDArray[np.bool_]
    lacks: NDArray[np.bool_]

    def only(self, which: NDArray[np.bool_]) -> Tested:
        return Tested._make(one[which] for one in self)


class Sure(NamedTuple):
    """How sure a model is of what it says."""

    sharpness: float
    evening: Evening
    gate: Gate | None


def parts(
    right: NDArray[np.int64], needs: int, columns: int, *, alike_alone: bool
) -> Iterator[Part]:
    """Rows that are held out; of the needs one in so many is left out whole.

    Of many rows, where there is likeness alone, a second part has every need: there scores are as
    sharp as later.
    """
    fold = _folds(right, columns)
    groups = np.random.default_rng(SEED).integers(LEFT_OUT, size=needs)
    many = len(fold) >= MANY
    twice = many and alike_alone
    for number in range(2 if twice else 1 if many else FOLDS):
        left = np.zeros(columns, dtype=bool)
        if needs >= ENOUGH_TO_LEAVE_OUT and not (twice and number):
            left[:needs] = groups == number
        learns = (fold != number) & ~left[right]
        if not learns.all() and len(np.unique(right[learns])) >= 2:
            yield Part(learns, left, twice and bool(left.any()), needs)


def tested(
    part: Part,
    scores: Floats,
    right: NDArray[np.int64],
    told: NDArray[np.bool_],
) -> Tested:
    """The rows that a part holds out, by their scores and the columns that were right."""
    scores[:, part.left] = np.nan
    answers = np.where(part.left[right] | (right >= part.needs), -1, right)
    return Tested(scores, answers, told, np.full(len(right), part.lacks))


def sure(seen: Sequence[Tested], needs: int, without: float) -> Sure:
    """How sharp the scores are, and the gate: from rows that their model has not seen; `without`
    is the score of a need that nothing was learnt of."""
    if not seen:
        return Sure(EVEN, Evening(), None)
    found = Tested(*(np.concatenate(one) for one in zip(*seen, strict=True)))
    certain = found.only(found.told & (found.answers >= 0) & ~found.lacks)
    if not len(certain.answers):
        certain = found.only(found.answers >= 0)
    if not len(certain.answers):
        return Sure(EVEN, Evening(), None)
    own = certain.scores[:, :needs]
    # As far from the others as these are on the average, so that their spread is what it will be.
    own = np.where(np.isnan(own), np.nanmean(own, axis=1, keepdims=True), own)
    sharp = sharpness(own, certain.answers)
    even = evening(own * sharp, certain.answers)
    asked = found.only(found.lacks) if found.lacks.any() else found
    inside = asked.answers >= 0
    if inside.all():
        return Sure(sharp, even, None)
    scores = np.nan_to_num(asked.scores, nan=without) * sharp
    return Sure(sharp, even, gate(looked(scores, needs), inside))


def _folds(right: NDArray[np.int64], columns: int) -> NDArray[np.int64]:
    """In which fold each row is; a column's rows are dealt out in turn, a lonely one is kept."""
    fold = np.full(len(right), -1)
    chance = np.random.default_rng(SEED)
    for column in range(columns):
        own = np.flatnonzero(right == column)
        if len(own) > 1:
            fold[chance.permutation(own)] = (np.arange(len(own)) + column) % FOLDS
    return fold
