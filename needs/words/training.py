"""How does a model learn from examples? In a worker, with scikit-learn.

One linear machine a need against all others (squared hinge, liblinear: Fan et al., 2008) over
tf-idf of words, pairs and pieces, and over the sentence's vector where the backend has one. How
sure it may be is learnt from thirds that were held out, and the gate also from needs that were
held out whole: what is none of the needs looks like they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from needs.words import encoders
from needs.words.calibrating import Floats, Gate, gate, sharpness
from needs.words.chatter import chatter
from needs.words.grams import Vocabulary, grams_of, learnt, rows, words_of
from needs.words.model import CHATTER, NO_NEED, Model, looked

FOLDS: Final = 3
LEFT_OUT: Final = 8  # one need in so many is held out whole, in each fold others
ENOUGH_TO_LEAVE_OUT: Final = 12  # needs
SPENT: Final = 1.0  # C: what an example on the wrong side costs
EVEN: Final = 6.0  # sharpness where nothing can be held out
MEANT: Final = 1.0  # weight of a sentence's vector beside its grams
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


class Weights(NamedTuple):
    """Of the columns (features, columns) and the intercepts."""

    by: NDArray[np.float32]
    intercept: Floats


def fitted(
    examples: Sequence[Example],
    names: Sequence[Name] = (),
    backend: str = "tfidf",
    unlabelled: Sequence[str] = (),  # noqa: ARG001
) -> Model:
    """A model of the needs that the examples and names tell of.

    The same examples in the same order give the same model, to the bit, on one machine.
    """
    said = [*_from_names(names), *examples]
    needs = tuple(sorted({one.need for one in said if one.need != NO_NEED}))
    if len(needs) < 2:
        raise TooFewNeeds("At least two kinds of need must have an example or a name.")
    said += [Example(text, CHATTER) for text in chatter()]
    others = tuple(one for one in (NO_NEED, CHATTER) if any(one == has.need for has in said))
    at = {need: column for column, need in enumerate((*needs, *others))}
    right = np.array([at[one.need] for one in said])
    counted = [grams_of(one.text) for one in said]
    vocabulary = learnt(counted)
    seen = _features([one.text for one in said], counted, vocabulary, backend)
    known = _known([one.text for one in said], vocabulary)
    weights = _separated(seen, right, len(at))
    sharp, passes = _held_out(seen, right, known, len(needs), len(at))
    grams = len(vocabulary.columns)
    return Model(
        backend=backend,
        needs=needs,
        others=others,
        vocabulary=vocabulary,
        grams=weights.by[:grams],
        meaning=weights.by[grams:],
        intercept=weights.intercept,
        sharpness=sharp,
        gate=passes,
    )


def _from_names(names: Sequence[Name]) -> list[Example]:
    texts = [(one.need, text) for one in names for text in (one.name, one.description)]
    return [Example(text, need) for need, text in texts if text.strip()]


def _features(
    texts: Sequence[str], counted: Sequence[Any], vocabulary: Vocabulary, backend: str
) -> Any:
    """A sparse matrix, a row a text: grams, then the vector."""
    from scipy import sparse  # noqa: PLC0415  (the web process never loads it)

    columns, weights, ends = rows(counted, vocabulary)
    shape = (len(texts), len(vocabulary.columns))
    found = sparse.csr_matrix((weights, columns, ends), shape=shape)
    if backend == "tfidf":
        return found
    vectors = encoders.of(backend).vectors(texts)
    return sparse.hstack([found, sparse.csr_matrix(MEANT * vectors)], format="csr")


def _known(texts: Sequence[str], vocabulary: Vocabulary) -> Floats:
    shares = []
    for text in texts:
        words = words_of(text)
        shares.append(sum(f"w:{w}" in vocabulary.columns for w in words) / max(1, len(words)))
    return np.array(shares)


def _separated(seen: Any, right: NDArray[np.int64], columns: int) -> Weights:
    """One machine a column; a column without an example stays far below the others."""
    from sklearn.svm import LinearSVC  # noqa: PLC0415  (the web process never loads it)

    found = np.zeros((seen.shape[1], columns), dtype=np.float32)
    intercept = np.full(columns, -2.0)
    there = np.unique(right)
    if len(there) < 2:
        return Weights(found, intercept)
    machine = LinearSVC(C=SPENT, random_state=SEED, tol=1e-2)
    machine.fit(seen, right)
    by, bias = machine.coef_, machine.intercept_
    if len(there) == 2:
        by, bias = np.vstack([-by, by]), np.concatenate([-bias, bias])
    found[:, there] = by.T
    intercept[there] = bias
    return Weights(found, intercept)


def _held_out(
    seen: Any, right: NDArray[np.int64], known: Floats, needs: int, columns: int
) -> tuple[float, Gate | None]:
    """How sharp the scores are, and the gate: from rows that their model has not seen."""
    fold = _folds(right, columns)
    chance = np.random.default_rng(SEED)
    groups = chance.integers(LEFT_OUT, size=needs) if needs >= ENOUGH_TO_LEAVE_OUT else None
    parts: list[tuple[Floats, NDArray[np.int64], Floats]] = []
    for number in range(FOLDS):
        held = fold == number
        left = np.zeros(columns, dtype=bool)
        if groups is not None:
            left[:needs] = groups == number
        learns = ~held & ~left[right]
        if not held.any() or len(np.unique(right[learns])) < 2:
            continue
        weights = _separated(seen[learns], right[learns], columns)
        tested = held | left[right]
        scores = np.asarray(seen[tested] @ weights.by) + weights.intercept
        # A need that was left out has no column: its rows have no known need.
        scores[:, np.flatnonzero(left)] = -3.0
        answers = np.where(left[right[tested]], -1, right[tested])
        parts.append((scores, np.where(answers < needs, answers, -1), known[tested]))
    if not parts:
        return EVEN, None
    scores, answers, shares = (np.concatenate(one) for one in zip(*parts, strict=True))
    inside = answers >= 0
    if not inside.any():
        return EVEN, None
    sharp = sharpness(scores[inside, :needs], answers[inside])
    return sharp, gate(looked(scores * sharp, shares, needs), inside)


def _folds(right: NDArray[np.int64], columns: int) -> NDArray[np.int64]:
    """In which third each row is; a column's rows are dealt out in turn, a lonely one is kept."""
    fold = np.full(len(right), -1)
    chance = np.random.default_rng(SEED)
    for column in range(columns):
        own = np.flatnonzero(right == column)
        if len(own) < 2:
            continue
        fold[chance.permutation(own)] = (np.arange(len(own)) + column) % FOLDS
    return fold
