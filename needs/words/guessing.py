"""What do texts say of which nobody said the need? Guessed where examples are few.

First the surest texts of each need are learnt from as if somebody had said so (self-training:
Yarowsky, ACL 1995). By what they say the space is turned until texts of one need lie close
together; there every text takes a share of every need, learnt from and guessed anew. No need is
taken to be as frequent as another.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from needs.words import likeness
from needs.words.calibrating import Floats, softmax
from needs.words.encoders import Vectors
from needs.words.likeness import RIDGE, Space

ROUNDS: Final = 3  # of guessing in one space
TAKEN: Final = 60  # texts a need that are learnt from first
SURE: Final = 8.0  # what a likeness is multiplied by to tell which texts are surest
CLEAR: Final = 20.0  # and to be a share
DOUBTED: Final = 1.0  # ridge of a text whose need is guessed


class Guessed(NamedTuple):
    """The space, and what each of its rows says, adding up to 1, and how far that is doubted."""

    space: Space
    wanted: Vectors
    ridge: NDArray[np.float32]


def guessed(space: Space, right: NDArray[np.int64], needs: int, columns: int) -> Guessed:
    """What rows without an answer, -1, say of the first `needs` columns; where there is none, the
    space stays as it is."""
    told = right >= 0
    wanted = likeness.said(right, columns)
    ridge = np.where(told, RIDGE, DOUBTED).astype(np.float32)
    if told.all():
        return Guessed(space, wanted, ridge)
    scores = _begun(space, wanted, told, needs)
    wanted[~told, :needs] = softmax(CLEAR * scores)
    space = likeness.narrowed(space, wanted[:, :needs])
    alike = likeness.kernel(space)
    others = alike[~told]
    solve = likeness.solver(alike, ridge)
    for _ in range(ROUNDS):
        scores = np.asarray((others @ solve(wanted))[:, :needs], dtype=np.float64)
        wanted[~told, :needs] = softmax(CLEAR * scores)
    return Guessed(space, wanted, ridge)


def _begun(space: Space, said: Vectors, told: NDArray[np.bool_], needs: int) -> Floats:
    """What the other rows say, by those that were told and the surest of themselves."""
    alike = likeness.kernel(space)

    def heard(learns: NDArray[np.bool_], wanted: Vectors) -> Floats:
        even = np.full(int(learns.sum()), RIDGE, dtype=np.float32)
        near = likeness.solver(alike[np.ix_(learns, learns)], even)(wanted[learns])
        return np.asarray(alike[np.ix_(~told, learns)] @ near, dtype=np.float64)[:, :needs]

    scores = heard(told, said)
    for _ in range(ROUNDS):
        scores = heard(*_taken(scores, said, told))
    return scores


def _taken(
    scores: Floats, said: Vectors, told: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], Vectors]:
    """Which rows are learnt from, and what each of them says."""
    shares = softmax(SURE * scores)
    best, order = shares.argmax(axis=1), np.argsort(-shares.max(axis=1), kind="stable")
    others = np.flatnonzero(~told)
    learns, wanted = told.copy(), said.copy()
    for need in range(shares.shape[1]):
        rows = others[order[best[order] == need][:TAKEN]]
        learns[rows] = True
        wanted[rows, need] = 1
    return learns, wanted
