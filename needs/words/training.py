"""How does a model learn from examples? In a worker, with scikit-learn.

Two learners, added up: one linear machine a need against all others (squared hinge, liblinear:
Fan et al., 2008) over tf-idf of words, pairs and pieces; and likeness to the examples. How sure
the sum may be is learnt from rows that were held out, and the gate also from needs that were held
out whole: what is none of the needs looks like they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from needs.words import encoders, likeness
from needs.words.calibrating import Floats, Gate, gate, sharpness
from needs.words.chatter import chatter
from needs.words.grams import Vocabulary, grams_of, known_share, learnt, rows
from needs.words.likeness import SHARES, Likeness, Space
from needs.words.model import CHATTER, NO_NEED, Model, looked

FOLDS: Final = 4
MANY: Final = 4_000  # rows from which on one fold is held out, not each in turn
LEFT_OUT: Final = 8  # one need in so many is held out whole, in each fold others
ENOUGH_TO_LEAVE_OUT: Final = 12  # needs
SPENT: Final = 1.0  # C: what an example on the wrong side costs
CLOSE: Final = 1e-2  # to the best solution; nearer changes no answer and takes longer
EVEN: Final = 6.0  # sharpness where nothing can be held out
FAR: Final = -2.0  # score of a column that has no example
FEW: Final = 40  # examples a need, from which on texts without a need teach nothing
ROUNDS: Final = 3  # of learning from them
TAKEN: Final = 60  # of them a need
TAKEN_FROM: Final = 0.3  # likelihood
SEED: Final = 20261123


class Example(NamedTuple):
    """What somebody said and the need that it told of; no need means none that is known."""

    text: str
    need: str


class Name(NamedTuple):
    """A kind of need in words: the first examples of it."""

    need: str
    name: str
    description: str = ""


class TooFewNeeds(ValueError):
    """There is no choice to learn: fewer than two kinds of need have an example or a name."""


class Rows(NamedTuple):
    """What is learnt from: a row a text."""

    grams: Any  # scipy's sparse matrix
    space: Space
    right: NDArray[np.int64]
    known: Floats
    needs: int
    columns: int
    share: float


class Learnt(NamedTuple):
    """Of the grams' columns, the intercepts, and the likeness."""

    by: NDArray[np.float32]
    intercept: Floats
    alike: Likeness

    def scores(self, of: Rows, which: NDArray[np.bool_]) -> Floats:
        """Unsharpened, of rows that were not learnt from."""
        total: Floats = np.asarray(of.grams[which] @ self.by) + self.intercept
        return total + self.alike.adds(of.space.placed[which])


def fitted(
    examples: Sequence[Example],
    names: Sequence[Name] = (),
    backend: str = "tfidf",
    unlabelled: Sequence[str] = (),
) -> Model:
    """A model of the needs that the examples and names tell of.

    Where examples are few, `unlabelled` texts are taken for what the model is surest of, and it
    learns again from both (self-training: Yarowsky, ACL 1995).
    The same examples in the same order give the same model, to the bit, on one machine.
    """
    model = _fitted(examples, names, backend)
    few = len(examples) < FEW * len(model.needs)
    for _ in range(ROUNDS if unlabelled and few else 0):
        model = _fitted([*examples, *_taken(model, unlabelled)], names, backend)
    return model


def _taken(model: Model, texts: Sequence[str]) -> list[Example]:
    """The texts that the model is surest of, at most so many a need, as if they were examples."""
    shares = model.shares(model.scores(model.read(texts)))
    said, sure = shares.argmax(axis=1), shares.max(axis=1)
    order = np.argsort(-sure, kind="stable")
    return [
        Example(texts[at], need)
        for column, need in enumerate(model.needs)
        for at in order[said[order] == column][:TAKEN]
        if sure[at] >= TAKEN_FROM
    ]


def _fitted(examples: Sequence[Example], names: Sequence[Name], backend: str) -> Model:
    said = [*_from_names(names), *examples]
    needs = tuple(sorted({one.need for one in said if one.need != NO_NEED}))
    if len(needs) < 2:
        raise TooFewNeeds("At least two kinds of need must have an example or a name.")
    said += [Example(text, CHATTER) for text in chatter()]
    others = tuple(one for one in (NO_NEED, CHATTER) if any(one == has.need for has in said))
    vocabulary, seen = _rows(said, (*needs, *others), len(needs), backend)
    whole = _learnt(seen, np.ones(len(said), dtype=bool))
    sharp, passes = _held_out(seen)
    return Model(
        backend=backend,
        needs=needs,
        others=others,
        vocabulary=vocabulary,
        grams=whole.by,
        likeness=whole.alike,
        intercept=whole.intercept,
        sharpness=sharp,
        gate=passes,
    )


def _from_names(names: Sequence[Name]) -> list[Example]:
    texts = [(one.need, text) for one in names for text in (one.name, one.description)]
    return [Example(text, need) for need, text in texts if text.strip()]


def _rows(
    said: Sequence[Example], columns: Sequence[str], needs: int, backend: str
) -> tuple[Vocabulary, Rows]:
    from scipy import sparse  # noqa: PLC0415  (the web process never loads it)

    texts = [one.text for one in said]
    counted = [grams_of(text) for text in texts]
    vocabulary = learnt(counted)
    at, weights, ends = rows(counted, vocabulary)
    grams = sparse.csr_matrix((weights, at, ends), shape=(len(said), len(vocabulary.columns)))
    vectors = None if backend == "tfidf" else encoders.of(backend).vectors(texts)
    column = {need: number for number, need in enumerate(columns)}
    return vocabulary, Rows(
        grams=grams,
        space=likeness.space(backend, grams, vectors),
        right=np.array([column[one.need] for one in said]),
        known=np.array([known_share(blocks, vocabulary) for blocks in counted]),
        needs=needs,
        columns=len(columns),
        share=SHARES[backend],
    )


def _learnt(seen: Rows, which: NDArray[np.bool_]) -> Learnt:
    by, intercept = _separated(seen.grams[which], seen.right[which], seen.columns)
    alike = likeness.of(seen.space, np.flatnonzero(which), seen.right, seen.columns)
    return Learnt(by, intercept, replace(alike, amounts=alike.amounts * np.float32(seen.share)))


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


def _held_out(seen: Rows) -> tuple[float, Gate | None]:
    """How sharp the scores are, and the gate: from rows that their model has not seen."""
    parts = list(_tests(seen))
    if not parts:
        return EVEN, None
    scores, answers, known = (np.concatenate(one) for one in zip(*parts, strict=True))
    inside = answers >= 0
    if not inside.any():
        return EVEN, None
    sharp = sharpness(scores[inside, : seen.needs], answers[inside])
    if inside.all():
        return sharp, None
    return sharp, gate(looked(scores * sharp, known, seen.needs), inside)


def _tests(seen: Rows) -> Iterator[tuple[Floats, NDArray[np.int64], Floats]]:
    """Scores, answers (-1: none of the needs) and known shares of rows that were held out."""
    fold = _folds(seen)
    groups = np.random.default_rng(SEED).integers(LEFT_OUT, size=seen.needs)
    for number in range(1 if len(fold) >= MANY else FOLDS):
        left = np.zeros(seen.columns, dtype=bool)
        if seen.needs >= ENOUGH_TO_LEAVE_OUT:
            left[: seen.needs] = groups == number
        tested = (fold == number) | left[seen.right]
        learns = ~tested
        if not tested.any() or len(np.unique(seen.right[learns])) < 2:
            continue
        scores = _learnt(seen, learns).scores(seen, tested)
        scores[:, left] = FAR
        right = seen.right[tested]
        answers = np.where(left[right] | (right >= seen.needs), -1, right)
        yield scores, answers, seen.known[tested]


def _folds(seen: Rows) -> NDArray[np.int64]:
    """In which fold each row is; a column's rows are dealt out in turn, a lonely one is kept."""
    fold = np.full(len(seen.right), -1)
    chance = np.random.default_rng(SEED)
    for column in range(seen.columns):
        own = np.flatnonzero(seen.right == column)
        if len(own) > 1:
            fold[chance.permutation(own)] = (np.arange(len(own)) + column) % FOLDS
    return fold
