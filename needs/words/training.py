"""Which examples is a model learnt from, and what more where they are few?

From names and examples, and what is said in every contact. Where there are few of them, texts of
which nobody said the need are guessed and learnt from too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import compress, islice
from typing import Final, NamedTuple

import numpy as np

from needs.words import held_out
from needs.words.chatter import chatter
from needs.words.grams import grams_of
from needs.words.guessing import TAKEN
from needs.words.held_out import Sure
from needs.words.learning import SEED, Counted, Example, model_of, weighed, without
from needs.words.likeness import BLOCK, GRAMS, MOST
from needs.words.model import CHATTER, NO_NEED, Model

FEW: Final = 40  # examples a need, from which on texts without a need teach nothing
ROUNDS: Final = 3  # of learning from them by the whole model
NESTED: Final = 2  # parts that are held out again where texts are guessed
TAKEN_FROM: Final = 0.3  # likelihood
__all__ = ["SEED", "Example", "Name", "TooFewNeeds", "are_few", "fitted"]


class Name(NamedTuple):
    """A kind of need in words: the first examples of it."""

    need: str
    name: str
    description: str = ""


class TooFewNeeds(ValueError):
    """There is no choice to learn: fewer than two kinds of need have an example or a name."""


def fitted(
    examples: Sequence[Example],
    names: Sequence[Name] = (),
    backend: str = "tfidf",
    unlabelled: Sequence[str] = (),
) -> Model:
    """A model of the needs that the examples and names tell of.

    Where examples are few, `unlabelled` texts are guessed and learnt from too: by their vectors,
    or, without such, by what the whole model is surest of.
    The same examples in the same order give the same model, to the bit, on one machine.
    """
    said = [*_from_names(names), *examples, *(Example(text, CHATTER) for text in chatter())]
    needs = {one.need for one in said} - {NO_NEED, CHATTER}
    if len(needs) < 2:
        raise TooFewNeeds("At least two kinds of need must have an example or a name.")
    few = are_few(len(examples), len(needs))
    more = list(unlabelled[: max(0, MOST - len(said))]) if few else []
    model = model_of(said, backend)
    return _guessing(model, said, more) if more else model


def _guessing(model: Model, said: Sequence[Example], more: Sequence[str]) -> Model:
    """Learnt also from texts that are guessed; `model` has learnt without them.

    What is guessed by rows that are held out tells of them. How sure to be is therefore learnt from
    models that have guessed without them.
    """
    sure = Sure(model.sharpness, model.evening, model.gate)
    columns = (*model.needs, *model.others)
    right = np.array([columns.index(one.need) for one in said])
    needs = len(model.needs)
    alone = GRAMS[model.backend] > 0
    parts = held_out.parts(right, needs, len(columns), alike_alone=alone)
    tested = []
    for part in islice(parts, NESTED):
        out = ~part.learns
        other = _learning(list(compress(said, part.learns)), model.backend, more, sure)
        reads = other.read([one.text for one in compress(said, out)])
        scores = np.full((len(reads), len(columns)), np.nan)
        there = [columns.index(one) for one in (*other.needs, *other.others)]
        scores[:, there] = other.scores(reads) / other.sharpness
        all_told = np.ones(len(reads), dtype=bool)
        tested.append(held_out.tested(part, scores, right[out], all_told))
    whole = _learning(said, model.backend, more, sure)
    return replace(whole, **held_out.sure(tested, needs, without(model.backend))._asdict())


def _learning(said: Sequence[Example], backend: str, more: Sequence[str], sure: Sure) -> Model:
    """Of what was said and of texts that are guessed; nothing is held out, so sure is as told."""
    if backend != "tfidf":
        return model_of(said, backend, more=more, sure=sure)
    model = model_of(said, backend, sure=sure)
    counted = [grams_of(text) for text in more]
    for _ in range(ROUNDS):
        model = model_of(said, backend, _taken(model, more, counted), sure=sure)
    return model


def are_few(examples: int, needs: int) -> bool:
    """Whether texts without a need teach anything beside so many examples."""
    return examples < FEW * needs


def _taken(model: Model, texts: Sequence[str], counted: Sequence[Counted]) -> list[Example]:
    """The texts that the model is surest of, at most so many a need, as if they were examples;
    they are read as they are spelt."""
    grams = weighed(counted, model.vocabulary)
    stretches = [grams[start : start + BLOCK] for start in range(0, len(texts), BLOCK)]
    alike = [model.likeness.adds(model.likeness.placed(one)) for one in stretches]
    raw = np.asarray(grams @ model.grams) + model.intercept + np.concatenate(alike)
    shares = model.shares(raw * model.sharpness)
    said, sure = shares.argmax(axis=1), shares.max(axis=1)
    order = np.argsort(-sure, kind="stable")
    return [
        Example(texts[at], need)
        for column, need in enumerate(model.needs)
        for at in order[said[order] == column][:TAKEN]
        if sure[at] >= TAKEN_FROM
    ]


def _from_names(names: Sequence[Name]) -> list[Example]:
    texts = [(one.need, text) for one in names for text in (one.name, one.description)]
    return [Example(text, need) for need, text in texts if text.strip()]
