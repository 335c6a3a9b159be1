"""What the classifier suggests, why, and what a correction changes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest

from contactcentre.state import PROJECT
from needs.words import (
    NO_NEED,
    Classifier,
    Example,
    Name,
    TamperedModel,
    TooFewNeeds,
    encoders,
    mask,
)
from needs.words.calibrating import Evening, evening, sharpness, softmax
from needs.words.model import Model, Read, Weighed
from needs.words.noise import noisy
from tests.needs.words.said import EXAMPLES, HELD_BACK, NAMES, OTHER


def installed(backend: str) -> None:
    absent = encoders.missing(backend)
    if absent:
        pytest.skip(f"the extra of {backend!r} is not installed: {', '.join(absent)}")


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.fit(EXAMPLES, NAMES)


@pytest.mark.parametrize("backend", encoders.BACKENDS)
def test_every_backend_finds_what_was_not_seen(backend: str) -> None:
    installed(backend)
    fitted = Classifier.fit(EXAMPLES, NAMES, backend=backend)
    assert fitted.notice == ""
    shares, _ = fitted.probabilities([one.text for one in HELD_BACK])
    assert [fitted.needs[at] for at in shares.argmax(axis=1)] == [one.need for one in HELD_BACK]


@pytest.mark.parametrize("backend", encoders.BACKENDS)
def test_the_same_examples_give_the_same_model_to_the_bit(backend: str) -> None:
    installed(backend)
    one, two = (Classifier.fit(EXAMPLES, NAMES, backend=backend) for _ in range(2))
    assert one.save() == two.save()
    assert one.version == two.version


@pytest.mark.parametrize("backend", encoders.BACKENDS)
def test_a_stored_model_says_the_same(backend: str) -> None:
    installed(backend)
    fitted = Classifier.fit(EXAMPLES, NAMES, backend=backend)
    again = Classifier.load(fitted.save(), fitted.version)
    for one in HELD_BACK:
        assert again.suggest(one.text) == fitted.suggest(one.text)
    assert again.version == fitted.version


@pytest.mark.parametrize("backend", encoders.BACKENDS)
@pytest.mark.parametrize("joint", [" and ", ", ", ", but ", ". "])
def test_two_needs_in_one_breath_are_both_told_each_where_it_is_said(
    backend: str, joint: str
) -> None:
    installed(backend)
    fitted = Classifier.fit(EXAMPLES, NAMES, backend=backend)
    said = {"lost_card": "I have lost my card", "complaint": "I want to complain about the branch"}
    text = joint.join(said.values())
    found = {one.need: text[one.start : one.end].strip(".") for one in fitted.suggest(text)}
    assert {need: found.get(need) for need in said} == said


def test_a_need_that_every_clause_tells_of_is_said_by_the_sentence(
    classifier: Classifier,
) -> None:
    text = "I cannot find my card anywhere, my debit card was stolen"
    first = classifier.suggest(text)[0]
    assert (first.need, text[first.start : first.end]) == ("lost_card", text)


def test_what_a_sentence_says_as_a_whole_its_clauses_do_not_change(
    classifier: Classifier,
) -> None:
    text = "My card was stolen, and I went home"
    [first, *others] = classifier.suggest(text)
    assert first.need == "lost_card"
    assert all(one.probability < 0.3 for one in others)


def test_a_tampered_model_is_refused(classifier: Classifier) -> None:
    stored = bytearray(classifier.save())
    stored[len(stored) // 2] ^= 1
    with pytest.raises(TamperedModel, match="hash"):
        Classifier.load(bytes(stored), classifier.version)


def test_what_is_no_model_is_refused() -> None:
    from needs.words.storing import digest

    with pytest.raises(TamperedModel, match="cannot be read"):
        Classifier.load(b"no zip", digest(b"no zip"))


def test_a_missing_extra_falls_back_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(encoders.PACKAGES, "minilm", ("no_such_package",))
    fitted = Classifier.fit(EXAMPLES, NAMES, backend="minilm")
    assert fitted.model.backend == "tfidf"
    assert "no-such-package" in fitted.notice
    assert "requirements-words-minilm.txt" in fitted.notice
    encoders.of.cache_clear()
    with pytest.raises(encoders.MissingExtra):
        encoders.of("minilm")


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(encoders.UnknownBackend):
        Classifier.fit(EXAMPLES, NAMES, backend="magic")


def test_a_suggestion_names_its_sentence_and_its_words(classifier: Classifier) -> None:
    text = "Customer called in. ID ok. I have lost my card on the train. No further action."
    [found, *_] = classifier.suggest(text)
    assert found.need == "lost_card"
    assert text[found.start : found.end] == "I have lost my card on the train."
    assert {"card", "lost"} & {reason.words for reason in found.reasons}
    assert 0.5 <= found.probability <= 1


def test_two_needs_of_one_text_are_both_found(classifier: Classifier) -> None:
    text = "I forgot my password for the app. Also we want to buy a house and need a mortgage."
    found = {one.need: text[one.start : one.end] for one in classifier.suggest(text)}
    assert found["app_login"] == "I forgot my password for the app."
    assert found["mortgage"].endswith("need a mortgage.")
    assert len(classifier.suggest(text, at_most=1)) == 1


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        ("I have lost my card", 1),
        ("I forgot my password for the app. We want to buy a house.", 1),
        ("Hi there. I forgot my password for the app. We want to buy a house. Thanks.", 1),
    ],
)
def test_a_text_is_read_in_one_go(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch, text: str, goes: int
) -> None:
    gone: list[list[str]] = []
    read = Model.read_weighed

    def counted(self: Model, told: Sequence[Weighed]) -> list[Read]:
        gone.append([one.words for one in told])
        return read(self, told)

    monkeypatch.setattr(Model, "read_weighed", counted)
    assert classifier.suggest(text)
    assert len(gone) == goes
    assert len(gone[0]) == len(set(gone[0])), "no stretch is read twice"


def test_few_that_were_all_right_are_no_reason_to_be_certain() -> None:
    """By hand: with two rows in doubt beside n, of two needs, 1 - 1 / (n + 2) is likeliest."""
    for count in (6, 600):
        right = np.arange(count) % 2
        scores = np.eye(2)[right]
        sure = softmax(scores * sharpness(scores, right)).max(axis=1)
        assert sure == pytest.approx(1 - 1 / (count + 2), abs=1e-3)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            "Customer called in. Passed security. My debit card was stolen. I need it blocked.",
            "My debit card was stolen. I need it blocked.",
        ),
        (
            "My debit card was stolen from my bag in the shop yesterday. Thanks a lot.",
            "My debit card was stolen from my bag in the shop yesterday. Thanks a lot.",
        ),
        ("Good morning. Thanks a lot.", "Good morning. Thanks a lot."),
    ],
)
def test_what_is_said_in_every_contact_is_left_out_where_it_is_much(
    classifier: Classifier, text: str, read: str
) -> None:
    assert classifier.seen(text)[-1].stretch.words == read


def test_how_sure_one_text_is_depends_on_how_far_its_scores_spread() -> None:
    """Made by hand: of close scores and of far ones, nine in ten are right."""
    chance = np.random.default_rng(1)
    spread = np.where(np.arange(4_000) % 2, 1.0, 12.0)
    right = chance.integers(3, size=len(spread))
    told = np.where(chance.random(len(spread)) < 0.9, right, (right + 1) % 3)
    scores = np.eye(3)[told] * spread[:, None]
    even = evening(scores, right)
    assert even.power == pytest.approx(1, abs=0.02)
    sure = softmax(scores * even.times(scores)[:, None]).max(axis=1)
    assert sure == pytest.approx(0.9, abs=0.02)


def test_rows_that_spread_alike_are_not_evened() -> None:
    scores = np.eye(3)[np.arange(300) % 3] * 4
    even = evening(scores, np.arange(300) % 3)
    assert np.ptp(even.times(scores)) == 0
    assert Evening().times(scores) == pytest.approx(1)


def test_a_slip_reads_like_the_word_that_was_meant(classifier: Classifier) -> None:
    [right, *_] = classifier.suggest("My debit card was stolen")
    [slip, *_] = classifier.suggest("My debit crad was stolen")
    assert slip.need == right.need
    assert slip.probability == pytest.approx(right.probability)
    assert (slip.start, slip.end) == (0, 24)
    assert any("crad" in one.words for one in slip.reasons), "told as it is written"


def test_a_corrected_sentence_with_a_slip_counts_in_full(classifier: Classifier) -> None:
    said = "the crad was stolen in a shop"
    other = next(one for one in classifier.needs if one != classifier.suggest(said)[0].need)
    [found, *_] = classifier.corrected([Example(said, other)]).suggest(said)
    assert found.need == other
    assert found.probability > 0.9


def test_a_sentence_means_the_same_alone_and_in_company() -> None:
    installed("minilm")
    encoder = encoders.of("minilm")
    said = [one.text for one in EXAMPLES[:20]]
    together = encoder.vectors(said)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    for text, vector in zip(said[::5], together[::5], strict=True):
        assert np.abs(encoder.vectors([text])[0] - vector).max() < 1e-5


def test_offsets_hold_in_the_masked_text(classifier: Classifier) -> None:
    text = "Reach me at ada@example.com or 020 7946 0958. My debit card was stolen."
    [found, *_] = classifier.suggest(text)
    assert mask(text)[found.start : found.end] == "My debit card was stolen."


def test_what_is_none_of_the_needs_is_no_known_need(classifier: Classifier) -> None:
    taught = Classifier.fit([*EXAMPLES, *(Example(text, NO_NEED) for text in OTHER[:3])], NAMES)
    for text in OTHER[3:]:
        assert taught.suggest(text) == ()
    for text in ("", "   ", "??", "1234", "zxqv wvrp"):
        assert classifier.suggest(text) == ()


def test_contributions_add_up_to_the_score(classifier: Classifier) -> None:
    for one in HELD_BACK:
        [read] = classifier.model.read([one.text])
        [scores] = classifier.model.scores([read])
        for column, need in enumerate(classifier.model.needs):
            told = classifier.model.contributions(one.text, need)
            assert abs(sum(part.amount for part in told) - scores[column]) < 1e-9


def test_shares_add_up_to_one(classifier: Classifier) -> None:
    shares, passing = classifier.probabilities([one.text for one in HELD_BACK])
    assert np.allclose(shares.sum(axis=1), 1)
    assert ((passing >= 0) & (passing <= 1)).all()


def test_a_correction_counts_at_once(classifier: Classifier) -> None:
    text = "my piggy bank fell off the shelf"
    corrected = classifier.corrected([Example(text, "savings")])
    assert "savings" not in {one.need for one in classifier.suggest(text)}
    [found, *_] = corrected.suggest("the piggy bank fell off the shelf")
    assert found.need == "savings"
    assert {one.words for one in found.reasons} < set(text.split()), "what both of them say"


def test_a_rejection_counts_at_once(classifier: Classifier) -> None:
    text = "I have lost my card"
    assert classifier.suggest(text)
    assert classifier.corrected([Example(text, NO_NEED)]).suggest(text) == ()


def test_what_is_rejected_as_a_whole_is_not_suggested_by_its_clauses(
    classifier: Classifier,
) -> None:
    text = "I have lost my card and I want to complain about the branch"
    assert len(classifier.suggest(text)) > 1
    assert classifier.corrected([Example(text, NO_NEED)]).suggest(text) == ()


def test_a_need_that_the_model_does_not_know_can_be_corrected_to(classifier: Classifier) -> None:
    corrected = classifier.corrected([Example("my dog ate the statement", "pet_insurance")])
    assert corrected.suggest("my dog ate the statement")[0].need == "pet_insurance"
    assert classifier.suggest("I have lost my card")[0].need == "lost_card"


def test_names_alone_are_a_beginning() -> None:
    names = [
        Name("lost_card", "Lost card", "My card is lost or stolen; block it."),
        Name("mortgage", "Mortgage", "Money to buy a house."),
        Name("savings", "Savings", "Put money aside with interest."),
    ]
    cold = Classifier.fit((), names)
    shares, _ = cold.probabilities(["my card was stolen", "we buy a house"])
    assert [cold.needs[at] for at in shares.argmax(axis=1)] == ["lost_card", "mortgage"]


def test_texts_without_a_need_teach_where_examples_are_few() -> None:
    few = [one for at, one in enumerate(EXAMPLES) if at % 8 < 2]
    said = [one.text for at, one in enumerate(EXAMPLES) if at % 8 >= 2]
    alone = Classifier.fit(few, NAMES)
    taught = Classifier.fit(few, NAMES, unlabelled=said)
    assert len(taught.model.vocabulary.columns) > len(alone.model.vocabulary.columns)
    assert taught.version == Classifier.fit(few, NAMES, unlabelled=said).version


def test_one_need_is_no_choice() -> None:
    with pytest.raises(TooFewNeeds):
        Classifier.fit(EXAMPLES[:8])


@pytest.mark.parametrize("kind", ["typos", "wrapped", "both"])
def test_noise_leaves_most_needs_found(classifier: Classifier, kind: str) -> None:
    texts = noisy([one.text for one in EXAMPLES], kind, seed=1)
    assert texts == noisy([one.text for one in EXAMPLES], kind, seed=1)
    shares, _ = classifier.probabilities(texts)
    found = [classifier.needs[at] for at in shares.argmax(axis=1)]
    right = sum(one.need == need for one, need in zip(EXAMPLES, found, strict=True))
    assert right >= 0.9 * len(EXAMPLES)


def test_a_hostile_text_is_answered(classifier: Classifier) -> None:
    for text in ("a" * 1_000_000, "lost card. " * 50_000, "\x00\ud800", "<script>" * 100):
        assert len(classifier.suggest(text)) <= 3


def test_reading_needs_neither_scikit_learn_nor_scipy() -> None:
    code = "import sys, needs.words; sys.exit(bool({'sklearn', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0
