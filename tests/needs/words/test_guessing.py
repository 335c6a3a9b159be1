"""Texts of which nobody said the need: which shares do they take, and in which space?"""

from __future__ import annotations

import numpy as np
import pytest

from needs.words import Classifier, Example, encoders, likeness
from needs.words.encoders import unit
from needs.words.guessing import DOUBTED, guessed
from needs.words.likeness import RIDGE, Space
from tests.needs.words.said import EXAMPLES, HELD_BACK

PER_NEED = (40, 8, 12)  # needs are not equally frequent


def _space() -> tuple[Space, np.ndarray]:
    """Three needs told by the first direction; four more that say nothing and vary most."""
    chance = np.random.default_rng(7)
    needs = np.repeat(np.arange(3), PER_NEED)
    places = np.hstack(
        [
            np.eye(3)[needs] + 0.05 * chance.normal(size=(len(needs), 3)),
            0.8 * chance.normal(size=(len(needs), 4)),
        ]
    )
    placed = unit(places.astype(np.float32))
    nothing = np.zeros((0, 0), np.float32)
    return Space(nothing, np.zeros(7, np.float32), placed, 1.0), needs


def _closeness(space: Space, needs: np.ndarray) -> float:
    """How much more alike texts of one need are than texts of two."""
    alike = space.placed @ space.placed.T
    same = needs[:, None] == needs
    return float(alike[same].mean() - alike[~same].mean())


def test_texts_of_one_need_come_closer_together() -> None:
    space, needs = _space()
    narrowed = likeness.narrowed(space, likeness.said(needs, 3))
    assert _closeness(narrowed, needs) > _closeness(space, needs) + 0.1
    again = unit(space.placed @ narrowed.turn - narrowed.centre)
    assert np.abs(again - narrowed.placed).max() < 1e-3  # a new text is placed as these were


def test_texts_that_mean_the_same_leave_the_space_as_it_is() -> None:
    space, needs = _space()
    same = space._replace(placed=np.repeat(space.placed[:1], len(needs), axis=0))
    assert likeness.narrowed(same, likeness.said(needs, 3)) is same


def test_guesses_are_shares_and_leave_what_was_said_alone() -> None:
    space, needs = _space()
    told = np.arange(len(needs)) % 4 == 0
    found = guessed(space, np.where(told, needs, -1), 3, 4)
    assert np.allclose(found.wanted.sum(axis=1), 1, atol=1e-4)
    assert not found.wanted[:, 3].any()  # no text is guessed to be of no need
    assert (found.wanted[told] == likeness.said(needs, 4)[told]).all()
    assert (found.wanted[~told].argmax(axis=1) == needs[~told]).mean() > 0.9
    assert set(found.ridge[told]) == {np.float32(RIDGE)}
    assert set(found.ridge[~told]) == {np.float32(DOUBTED)}


def test_nothing_is_guessed_where_all_is_said() -> None:
    space, needs = _space()
    found = guessed(space, needs, 3, 3)
    assert found.space is space
    assert (found.wanted == likeness.said(needs, 3)).all()


@pytest.mark.parametrize("backend", encoders.BACKENDS)
def test_what_answers_tell_the_guesses_makes_nobody_surer_of_the_answers(backend: str) -> None:
    """Here answers mean nothing, and every text without one repeats a text that has one."""
    absent = encoders.missing(backend)
    if absent:
        pytest.skip(f"the extra of {backend!r} is not installed: {', '.join(absent)}")
    answers = np.random.default_rng(5).permutation([one.need for one in EXAMPLES])
    said = [Example(one.text, str(need)) for one, need in zip(EXAMPLES, answers, strict=True)]
    fitted = Classifier.fit(said, backend=backend, unlabelled=[one.text for one in EXAMPLES])
    shares, _ = fitted.probabilities([one.text for one in HELD_BACK])
    assert shares.max(axis=1).mean() < 0.5
