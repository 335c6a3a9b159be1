"""How does one model learn from examples? In a worker, with scikit-learn.

By likeness to the examples in meaning and in grams; without vectors, also by a linear machine a
need over tf-idf of words, pairs and pieces (squared hinge, liblinear: Fan et al., 2008). How sure
that may be is learnt from rows held out, and the gate also from needs held out whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from needs.words import encoders, held_out, likeness
from needs.words.calibrating import Floats
from needs.words.grams import Vocabulary, grams_of, learnt, rows
from needs.words.guessing import Guessed, guessed
from needs.words.held_out import Part, Sure, Tested
from needs.words.likeness import COUNTS, GRAMS, NEARS, Likeness
from needs.words.model import CHATTER, NO_NEED, Model

SPENT: Final = 1.0  # C: what an example on the wrong side costs
CLOSE: Final = 5e-2  # to the best solution; nearer changes no answer and takes longer
FAR: Final = -2.0  # a machine's score of a column that has no example
MANY: Final = 4_000  # texts from which on a gram that only one of them has teaches nothing
SEED: Final = 20261123

Counted = dict[str, Counter[str]]  # a text's grams, block by block


class Example(NamedTuple):
    """What somebody said and the need that it told of; no need means none that is known."""

    text: str
    need: str


class Rows(NamedTuple):
    """What is learnt from: a row a text. Of those compared, what the last of the parts learns from
    comes first."""

    grams: Any  # scipy's sparse matrix
    guessed: Guessed
    right: NDArray[np.int64]
    needs: int
    columns: int
    backend: str
    told: NDArray[np.bool_]  # rows that somebody said, and nobody guessed
    parts: tuple[Part, ...]
    compared: NDArray[np.int64]
    kernel: NDArray[np.float32]  # of the rows compared; used up


class Learnt(NamedTuple):
    """Of the grams' columns, the intercepts, and the likeness."""

    by: NDArray[np.float32]
    intercept: Floats
    alike: Likeness

    def scores(self, of: Rows, which: NDArray[np.bool_]) -> Floats:
        """Unsharpened, of rows that were not learnt from."""
        total: Floats = np.asarray(of.grams[which] @ self.by) + self.intercept
        return total + self.alike.adds(of.guessed.space.placed[which])


def without(backend: str) -> float:
    """The score of a need that nothing was learnt of."""
    return likeness.far(backend) + (0 if GRAMS[backend] else FAR)


def model_of(
    said: Sequence[Example],
    backend: str,
    taken: Sequence[Example] = (),
    more: Sequence[str] = (),
    sure: Sure | None = None,
) -> Model:
    """Of what was said, of texts `taken` as if it were, and of `more` that are guessed by their
    vectors; as sure as told, or as rows held out tell."""
    needs = tuple(sorted({one.need for one in said} - {NO_NEED, CHATTER}))
    others = tuple(one for one in (NO_NEED, CHATTER) if any(one == has.need for has in said))
    columns = (*needs, *others)
    vocabulary, seen = _rows([*said, *taken], more, columns, backend, holds_out=sure is None)
    seen = seen._replace(told=np.arange(len(seen.right)) < len(said))
    whole, tested = _learnt(seen)
    if sure is None:
        sure = held_out.sure(tested, seen.needs, without(backend))
    return Model(
        backend=backend,
        needs=needs,
        others=others,
        vocabulary=vocabulary,
        grams=whole.by,
        likeness=whole.alike,
        intercept=whole.intercept,
        **sure._asdict(),
    )


def _rows(
    said: Sequence[Example],
    more: Sequence[str],
    columns: Sequence[str],
    backend: str,
    *,
    holds_out: bool,
) -> tuple[Vocabulary, Rows]:
    texts = [*(one.text for one in said), *more]
    counted = [grams_of(text) for text in texts]
    vocabulary = learnt(counted, rarest=2 if len(texts) >= MANY else 1)
    grams = weighed(counted, vocabulary)
    column = {need: number for number, need in enumerate(columns)}
    right = np.array([*(column[one.need] for one in said), *(-1 for _ in more)])
    needs = sum(one not in (NO_NEED, CHATTER) for one in columns)
    vectors = None if backend == "tfidf" else encoders.of(backend).vectors(texts)
    found = guessed(likeness.space(backend, grams, vectors), right, needs, len(columns))
    alone = GRAMS[backend] > 0
    says = found.wanted.argmax(axis=1)
    parts: tuple[Part, ...] = ()
    if holds_out:
        parts = tuple(held_out.parts(says, needs, len(columns), alike_alone=alone))
    compared = likeness.compared(right)
    if parts:
        compared = compared[np.argsort(~parts[-1].learns[compared], kind="stable")]
    own = found.space._replace(placed=found.space.placed[compared])
    return vocabulary, Rows(
        grams=grams,
        guessed=found,
        right=says,
        needs=needs,
        columns=len(columns),
        backend=backend,
        told=right >= 0,
        parts=parts,
        compared=compared,
        kernel=likeness.kernel_before(own, grams[compared], GRAMS[backend]),
    )


def weighed(counted: Sequence[Counted], vocabulary: Vocabulary) -> Any:
    """A sparse matrix of the grams that the vocabulary has: a row a text."""
    from scipy import sparse  # noqa: PLC0415  (the web process never loads it)

    at, weights, ends = rows(counted, vocabulary)
    return sparse.csr_matrix((weights, at, ends), shape=(len(counted), len(vocabulary.columns)))


def _learnt(seen: Rows) -> tuple[Learnt, list[Tested]]:
    """The whole, and what each part says of the rows that it does not learn from."""
    _, wanted, ridge = seen.guessed
    tested = []
    for part in seen.parts[:-1]:
        at = np.flatnonzero(part.learns[seen.compared])
        rows = seen.compared[at]
        solve = likeness.solver(seen.kernel[np.ix_(at, at)], ridge[rows])
        tested.append(_said_of(seen, part, _of(seen, part.learns, rows, solve(wanted[rows]))))
    solve = likeness.solver(seen.kernel, ridge[seen.compared])
    for part in seen.parts[-1:]:
        rows = seen.compared[part.learns[seen.compared]]
        tested.append(_said_of(seen, part, _of(seen, part.learns, rows, solve(wanted[rows]))))
    everything = np.ones(len(seen.right), dtype=bool)
    return _of(seen, everything, seen.compared, solve(wanted[seen.compared])), tested


def _of(
    seen: Rows, which: NDArray[np.bool_], rows: NDArray[np.int64], amounts: NDArray[np.float32]
) -> Learnt:
    """Both learners of some of the rows, or one where likeness sees the grams too; `amounts` is
    what being like each of those `rows` adds."""
    amounts = amounts * np.float32(COUNTS[seen.backend])
    says = np.where(seen.told[rows], seen.right[rows], seen.columns)
    alike = likeness.of(seen.guessed.space, rows, amounts, says, NEARS[seen.backend])
    share = GRAMS[seen.backend]
    if not share:
        return Learnt(*_separated(seen.grams[which], seen.right[which], seen.columns), alike)
    by = np.asarray(seen.grams[rows].T @ amounts, dtype=np.float32) * np.float32(share)
    return Learnt(by, np.zeros(seen.columns), alike)


def _separated(
    grams: Any, right: NDArray[np.int64], columns: int
) -> tuple[NDArray[np.float32], Floats]:
    """One machine a column; a column without an example stays far below the others."""
    from sklearn.svm import LinearSVC  # noqa: PLC0415  (the web process never loads it)

    found = np.zeros((grams.shape[1], columns), dtype=np.float32)
    intercept = np.full(columns, FAR)
    there = np.unique(right)
    if len(there) < 2:
        return found, intercept
    machine = LinearSVC(C=SPENT, random_state=SEED, tol=CLOSE)
    machine.fit(grams, right)
    by, bias = machine.coef_, machine.intercept_
    if len(there) == 2:
        by, bias = np.vstack([-by, by]), np.concatenate([-bias, bias])
    found[:, there] = by.T
    intercept[there] = bias
    return found, intercept


def _said_of(seen: Rows, part: Part, by: Learnt) -> Tested:
    """What was learnt of a part says of the other rows."""
    out = ~part.learns
    scores = by.scores(seen, out)
    return held_out.tested(part, scores, seen.right[out], seen.told[out])
