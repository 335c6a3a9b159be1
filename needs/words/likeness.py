"""Which examples is a sentence like, and what does that say? A kernel over what sentences mean.

Kernel ridge regression with a Gaussian kernel (Saunders et al., 1998) on vectors of length 1,
and how near the nearest examples of each need are, softly.
What a sentence means is its vector, or, where the backend has none, where its grams lead in the
space that the examples span (latent semantic analysis: Deerwester et al., 1990).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from needs.words.calibrating import Floats
from needs.words.encoders import Vectors, unit

SPAN: Final = 256  # directions of the grams' space
KEPT: Final = 384  # directions of vectors that are longer
SAMPLED: Final = 1_500  # rows that the directions are taken from
MOST: Final = 14_000  # examples that are compared with; memory grows with their square
RIDGE: Final = 0.1
OFTEN: Final = 200  # rows that have a gram, from which on it is multiplied as a full column
BLOCK: Final = 1_024  # rows multiplied at a time
FEW: Final = 8  # rows that are multiplied one by one in less time than together
SMALL: Final = 1e-6  # spread within a need that is none
WIDTHS: Final = {"tfidf": 0.7, "static": 0.7, "minilm": 1.0}  # of the kernel: e^(2 width (cos - 1))
COUNTS: Final = {"tfidf": 1.5, "static": 4.0, "minilm": 4.0}  # what a likeness of 1 adds
NEARS: Final = {"tfidf": 0.0, "static": 0.0, "minilm": 4.0}  # what being nearer by 1 adds
GRAMS: Final = {"tfidf": 0.0, "static": 0.1, "minilm": 0.1}  # share of grams in being alike
NEAR: Final = 40.0  # of examples of one need, one that is nearer by so much less than 1 decides
FARTHEST: Final = 1e-9  # of e^(NEAR (cos - 1)): whatever is farther is as far
NARROW: Final = 0.7  # width of the kernel where texts of one need lie close together
EVENED: Final = 0.7  # share of that space that stays as it is
SEED: Final = 20261123


@dataclass(frozen=True)
class Likeness:
    """Vectors of the examples, what being like each of them adds to every column, and the column
    that each one says; one of no column, behind the last, was only guessed.

    A sentence's own vector is `(its vector or weighed grams) @ turn - centre`, of length 1; `turn`
    is empty where vectors are taken as they are.
    """

    turn: NDArray[np.float32]
    centre: NDArray[np.float32]
    examples: NDArray[np.float16]
    amounts: NDArray[np.float32]
    width: float
    says: NDArray[np.int16]
    near: float = 0.0

    def adds(self, placed: Vectors) -> Floats:
        """What being in each of these places adds to each column."""
        if len(placed) <= FEW:
            alike = np.stack([place @ self._examples for place in placed])
        else:
            alike = placed @ self._examples
        alike -= 1
        near = self.near * self._nearest(alike) if self.near else 0.0
        alike *= 2 * self.width
        np.exp(alike, out=alike)
        return np.asarray(alike @ self.amounts, dtype=np.float64) + near

    def _nearest(self, alike: Vectors) -> Floats:
        """How near the examples of each column are, 0 at most, by cosines less 1."""
        close = np.exp(np.float32(NEAR) * alike)
        columns = self.amounts.shape[1]
        total = [np.bincount(self.says, row, columns + 1)[:columns] for row in close]
        return np.asarray(np.log(np.stack(total) + FARTHEST) / NEAR)

    @cached_property
    def _examples(self) -> Vectors:
        """One column an example, as BLAS reads them soonest."""
        return np.ascontiguousarray(self.examples.T, dtype=np.float32)

    def placed(self, vectors: Vectors) -> Vectors:
        """Rows of vectors, each turned, centred and of length 1."""
        turned = vectors @ self.turn if self.turn.size else vectors
        return unit(turned - self.centre)

    def placed_grams(self, columns: NDArray[np.int32], weights: NDArray[np.float32]) -> Vectors:
        """The same of one sentence by its grams."""
        return unit((weights @ self.turn[columns] - self.centre)[None, :])


class Space(NamedTuple):
    """Where sentences are placed, and the places of those that it was made from."""

    turn: NDArray[np.float32]
    centre: NDArray[np.float32]
    placed: Vectors
    width: float


def space(backend: str, grams: Any, vectors: Vectors | None) -> Space:
    """Of a sparse matrix of grams, or of vectors: one row a sentence."""
    if vectors is None:
        turn = _spanned(grams)
        turned = np.asarray(grams @ turn, dtype=np.float32)
    else:
        turn = _directions(vectors)
        turned = vectors @ turn if turn.size else vectors
    centre = turned.mean(axis=0)
    return Space(turn, centre, _kept(turned - centre), WIDTHS[backend])


def _kept(places: Vectors) -> Vectors:
    """Of length 1 and as they are stored, so that what was learnt is what is read."""
    return unit(places).astype(np.float16).astype(np.float32)


def kernel(by: Space) -> Vectors:
    """How alike the rows of a space are."""
    return _alike(by, by.placed, by.placed)


def kernel_before(by: Space, grams: Any, share: float) -> Vectors:
    """The same, of which that share is the grams they have in common; of a row, only what stands
    before it and the diagonal mean anything."""
    found = np.empty((len(by.placed), len(by.placed)), dtype=np.float32)
    stretches = [slice(start, start + BLOCK) for start in range(0, len(found), BLOCK)]
    for rows in stretches:
        before = slice(rows.stop)
        found[rows, before] = _alike(by, by.placed[rows], by.placed[before])
    if not share:
        return found
    often = np.bincount(grams.indices, minlength=grams.shape[1]) > OFTEN
    dense, seldom = grams[:, often].toarray(), grams[:, ~often]
    for rows in stretches:
        before = slice(rows.stop)
        common = dense[rows] @ dense[before].T
        common += (seldom[rows] @ seldom[before].T).toarray()
        common *= np.float32(share)
        found[rows, before] += common
    return found


def _alike(by: Space, rows: Vectors, others: Vectors) -> Vectors:
    alike: Vectors = rows @ others.T
    alike -= 1
    alike *= 2 * by.width
    np.exp(alike, out=alike)
    return alike


def said(right: NDArray[np.int64], columns: int) -> Vectors:
    """A row for each answer with 1 in its column; -1 is none."""
    found = np.zeros((len(right), columns), dtype=np.float32)
    told = np.flatnonzero(right >= 0)
    found[told, right[told]] = 1
    return found


def solver(alike: Vectors, ridge: NDArray[np.float32]) -> Callable[[Vectors], Vectors]:
    """From what each row is to say to what being like it adds to each column: (rows, columns)
    both. Fewer rows are the first ones, as if the others were not there: their factor is part of
    the whole one. Uses up `alike`, of which the half below the diagonal is read."""
    from scipy import linalg  # noqa: PLC0415  (the web process never loads it)

    alike[np.diag_indices(len(alike))] += ridge
    # Turned, it lies as LAPACK wants it, and is not copied.
    parts, lower = linalg.cho_factor(alike.T, lower=False, overwrite_a=True, check_finite=False)

    def solve(wanted: Vectors) -> Vectors:
        first = slice(len(wanted))
        found = linalg.cho_solve((parts[first, first], lower), wanted, check_finite=False)
        return np.ascontiguousarray(found, dtype=np.float32)

    return solve


def narrowed(by: Space, shares: Vectors) -> Space:
    """A space turned so that rows of one need lie close together: `shares` are (rows, needs).

    The covariance within needs, held back towards even, is whitened (Hatch, Kajarekar and
    Stolcke, "Within-class covariance normalization", Interspeech 2006).
    """
    sure = np.square(shares, dtype=np.float64)
    total, weight = sure.sum(axis=0), sure.sum(axis=1)
    middle = sure.T @ by.placed / np.maximum(total, 1e-6)[:, None]
    within = (by.placed * weight[:, None]).T @ by.placed - (middle * total[:, None]).T @ middle
    even = np.trace(within) / len(within)
    if even <= SMALL * weight.sum():
        return by
    within = (1 - EVENED) * within / even + EVENED * np.eye(len(within))
    turn = np.linalg.cholesky(np.linalg.inv(within)).astype(np.float32)
    return Space(
        turn=by.turn @ turn if by.turn.size else turn,
        centre=by.centre @ turn,
        placed=_kept(by.placed @ turn),
        width=NARROW,
    )


def compared(right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which rows are compared with: all, or of very many as many of each column as fit."""
    if len(right) <= MOST:
        return np.arange(len(right))
    order = np.random.default_rng(SEED).permutation(len(right))
    turn = np.zeros(len(right))
    for column in np.unique(right):
        own = order[right[order] == column]
        turn[own] = np.arange(len(own))
    return np.sort(order[np.argsort(turn[order], kind="stable")][:MOST])


def of(
    by: Space, rows: NDArray[np.int64], amounts: Vectors, says: NDArray[np.int64], near: float
) -> Likeness:
    """The likeness to these rows of a space, with what each of them adds and says."""
    examples = by.placed[rows].astype(np.float16)
    return Likeness(by.turn, by.centre, examples, amounts, by.width, says.astype(np.int16), near)


def far(backend: str) -> float:
    """What being far from all examples of a column adds to it."""
    return float(NEARS[backend] * np.log(FARTHEST) / NEAR)


def _spanned(grams: Any) -> NDArray[np.float32]:
    """The directions in which the rows of a sparse matrix spread most: (columns, directions)."""
    from sklearn.utils.extmath import randomized_svd  # noqa: PLC0415  (loaded by workers only)

    size = max(1, min(SPAN, min(grams.shape) - 1))
    _, _, found = randomized_svd(grams, size, n_iter=1, random_state=SEED)
    return np.ascontiguousarray(found.T, dtype=np.float32)


def _directions(vectors: Vectors) -> NDArray[np.float32]:
    """The principal directions of long vectors, from a sample; none where they are short."""
    if vectors.shape[1] <= KEPT:
        return np.zeros((0, 0), np.float32)
    rows: Sequence[int] | NDArray[np.int64] = np.arange(len(vectors))
    if len(vectors) > SAMPLED:
        rows = np.random.default_rng(SEED).permutation(len(vectors))[:SAMPLED]
    sample = vectors[rows] - vectors[rows].mean(axis=0)
    values, found = np.linalg.eigh(sample @ sample.T)
    size = min(KEPT, len(sample) - 1)
    values, found = values[-size:], found[:, -size:]
    turn = sample.T @ (found / np.sqrt(np.maximum(values, 1e-6)))
    return np.ascontiguousarray(turn, dtype=np.float32)
