"""A version reads only if it is not worse; what is deleted is forgotten; each can come back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry
from customers.models import Customer
from needs import fitting, noise, suggesting, tasks, understanding
from needs.models import (
    Example,
    ExampleSource,
    HasForgotten,
    InForceAlready,
    NeedType,
    Suggestion,
    WordsModel,
)
from needs.models.example import FROZEN, PARTS, part_of
from needs.words import storing
from tests.cast import Cast, contact
from tests.needs.sayings import BORROWING, NOTHING, RETURN

pytestmark = pytest.mark.django_db


def example(cast: Cast, text: str, kind: NeedType | None, **more: object) -> None:
    Example.keep(text=text, need_type=kind, source=ExampleSource.GIVEN, by=cast.max, **more)  # type: ignore[arg-type]


def test_the_parts_are_stable_and_a_fifth_is_frozen() -> None:
    sentences = [*RETURN, *BORROWING, *NOTHING]
    parts = [part_of(text) for text in sentences]
    assert parts == [part_of(f"  {text.upper()} ") for text in sentences]
    assert set(parts) <= set(range(PARTS))
    assert part_of("the card debt eats me up") == part_of("The card  debt eats me up")
    frozen = sum(part_of(f"sentence number {n}") == FROZEN for n in range(5000))
    assert 900 < frozen < 1100


def test_a_cold_start_reads_by_names_and_descriptions(cast: Cast) -> None:
    pytest.importorskip("sklearn", reason="fitting needs scikit-learn")
    version = fitting.refit_if_due()
    assert version is not None
    assert (version.number, version.learnt, version.verdict) == (1, 0, "released")
    interaction = contact(cast, cast.ada, reason=cast.card_late)
    interaction.save_notes(text="My money should earn more.", version=0)
    suggesting.read(interaction=interaction, by=cast.sam)
    likeliest = Suggestion.objects.order_by("-probability").select_related("need_type").first()
    assert likeliest is not None
    assert likeliest.need_type == cast.better_return


def test_it_is_fitted_when_there_is_a_reason_and_not_again(cast: Cast, taught: WordsModel) -> None:
    assert (fitting.due(), fitting.refit_if_due()) == ("", None)
    example(cast, "one more sentence about interest", cast.better_return)
    assert fitting.due() == "", "one is not enough"
    for number in range(fitting.ENOUGH):
        example(cast, f"sentence {number} about a better interest rate", cast.better_return)
    assert fitting.due() == fitting.NEW
    tasks.refit()
    assert WordsModel.objects.count() == 2
    assert fitting.due() == ""
    NeedType.objects.create(code="new", name="Something new", description="Quite new")
    assert fitting.due() == fitting.KINDS


def test_a_version_in_an_earlier_form_is_learnt_anew(cast: Cast, taught: WordsModel) -> None:
    assert fitting.due() == ""
    taught.description["format"] -= 1
    taught.arrays = b"of an earlier form"
    taught.digest = storing.digest(taught.arrays)
    taught.save()
    assert fitting.due() == fitting.FORM
    newer = fitting.refit_if_due()
    assert newer
    assert newer.verdict == "released"
    assert fitting.due() == ""
    taught.refresh_from_db()
    with pytest.raises(HasForgotten, match="an earlier form"):
        taught.put_back(by=cast.max)


def test_the_same_examples_make_the_same_version(cast: Cast, taught: WordsModel) -> None:
    again = fitting.refit()
    assert again is not None
    assert again.digest == taught.digest


def test_a_worse_version_is_kept_refused_with_its_figures(cast: Cast, taught: WordsModel) -> None:
    learnt = Example.objects.learnt_from()
    learnt.filter(need_type=cast.better_return).update(need_type=None)
    learnt.filter(need_type=cast.cheaper_borrowing).update(need_type=cast.better_return)
    worse = fitting.refit()
    assert worse is not None
    worse.refresh_from_db()
    assert (worse.verdict, worse.in_force_since, bytes(worse.arrays)) == ("refused", None, b"")
    assert worse.because.startswith("Worse: ")
    assert worse.figures["now"]["right"] < worse.figures["before"]["right"]
    assert worse.figures["now"]["sample"] == Example.objects.frozen().count() > 0
    reader = understanding.reader()
    assert reader is not None
    assert reader.number == taught.number


@pytest.mark.parametrize(
    ("now", "before", "reason", "is_released"),
    [
        (10, 10, fitting.NEW, True),
        (9, 10, fitting.NEW, False),
        (9, 10, fitting.DELETED, True),
        (9, None, fitting.FIRST, True),
    ],
)
def test_only_what_is_not_worse_is_released(
    now: int, before: int | None, reason: str, is_released: bool
) -> None:
    figures = {"now": {"sample": 12, "right": now, "in_three": now}}
    if before is not None:
        figures["before"] = {"sample": 12, "right": before, "in_three": before}
    assert fitting.judge(figures, reason)[0] is is_released


def test_a_released_version_is_picked_up_without_a_restart(cast: Cast, taught: WordsModel) -> None:
    first = understanding.reader()
    assert first is not None
    assert understanding.reader() is first
    second = fitting.refit()
    now = understanding.reader()
    assert second is not None
    assert now is not None
    assert now.number == second.number


def test_deleting_a_customer_removes_the_examples_and_has_the_model_forget(
    cast: Cast, taught: WordsModel
) -> None:
    kept = Example.objects.count()
    texts = [text for text in (f"zorbing lesson {n}" for n in range(60)) if part_of(text) != FROZEN]
    dan = Customer.objects.create(team=cast.team, name="Dan Moss")
    said = contact(cast, dan)
    for text in texts[:30]:
        example(cast, text, cast.better_return, interaction=said)
    with_dan = fitting.refit_if_due()
    assert with_dan is not None
    reader = understanding.reader()
    assert reader is not None
    assert "w:zorbing" in reader.classifier.model.vocabulary.columns
    dan.delete()
    assert Example.objects.count() == kept
    assert with_dan.has_forgotten
    assert fitting.due() == fitting.DELETED
    after = fitting.refit_if_due()
    assert after is not None
    assert after.verdict == "released"
    reader = understanding.reader()
    assert reader is not None
    assert "w:zorbing" not in reader.classifier.model.vocabulary.columns
    with_dan.refresh_from_db()
    assert bytes(with_dan.arrays) == b""
    with pytest.raises(HasForgotten):
        with_dan.put_back(by=cast.max)
    taught.refresh_from_db()
    assert bytes(taught.arrays), "it never knew of them"


def heard(cast: Cast, text: str, person: Customer, *, closed: bool = True) -> Suggestion:
    """What a contact seemed to tell of and nobody answered."""
    said = contact(cast, person)
    one = Suggestion.objects.create(
        customer=person,
        interaction=said,
        need_type=cast.better_return,
        text=text,
        probability="0.6",
    )
    if closed:
        said.close(by=cast.sam, wrap_up_code=cast.helped, summary="")
    return one


def test_what_was_heard_and_not_answered_is_learnt_from_where_examples_are_few(
    cast: Cast, taught: WordsModel, client: Client
) -> None:
    texts = [text for text in (f"zorbing lesson {n}" for n in range(60)) if part_of(text) != FROZEN]
    frozen = next(text for text in (f"zorbing {n}" for n in range(60)) if part_of(text) == FROZEN)
    heard(cast, texts[0], cast.ada)
    heard(cast, texts[0], cast.ada)
    heard(cast, texts[1], cast.ada, closed=False)
    heard(cast, frozen, cast.ada)
    answered = heard(cast, texts[2], cast.ada)
    answered.confirm(by=cast.sam)
    assert fitting.gather().heard == [texts[0]]
    several = fitting.refit()
    assert several is not None
    assert len(several.description["heard"]["suggestions"]) == 2, "one text, of two contacts"
    client.force_login(cast.max)
    assert b"and 1 heard" in client.get(reverse("needs:versions")).content


def test_where_examples_are_many_what_nobody_answered_teaches_nothing(
    cast: Cast, taught: WordsModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard(cast, "the savings rate is poor", cast.ada)
    assert fitting.gather().heard
    monkeypatch.setattr("needs.words.training.FEW", 1)
    assert fitting.gather().heard == []
    version = fitting.refit()
    assert version is not None
    assert version.description["heard"]["suggestions"] == []


def test_deleting_a_customer_has_the_model_forget_what_was_only_heard(
    cast: Cast, taught: WordsModel
) -> None:
    dan = Customer.objects.create(team=cast.team, name="Dan Moss")
    heard(cast, "the savings rate is poor", dan)
    with_dan = fitting.refit()
    assert with_dan is not None
    assert fitting.due() == fitting.NOTHING_NEW
    dan.delete()
    assert fitting.due() == fitting.DELETED
    assert fitting.refit_if_due() is not None
    with_dan.refresh_from_db()
    assert bytes(with_dan.arrays) == b""
    assert fitting.due() == fitting.NOTHING_NEW


def test_a_tampered_version_does_not_read_and_the_one_before_does(
    cast: Cast, taught: WordsModel
) -> None:
    second = fitting.refit()
    assert second is not None
    WordsModel.objects.filter(pk=second.pk).update(digest="0" * 64)
    understanding.forget()
    reader = understanding.reader()
    assert reader is not None
    assert reader.number == taught.number


def test_a_missing_extra_is_told_and_the_default_reads(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    pytest.importorskip("sklearn", reason="fitting needs scikit-learn")
    monkeypatch.setattr("needs.words.encoders.folder_of", lambda _package: None)
    settings.NEEDS_WORDS_BACKEND = "minilm"
    version = fitting.refit_if_due()
    assert version is not None
    assert version.backend == "tfidf"
    assert fitting.due() == ""
    client.force_login(cast.max)
    assert b"not installed here" in client.get(reverse("needs:versions")).content


def test_an_older_version_comes_back_with_one_button(
    cast: Cast, taught: WordsModel, client: Client
) -> None:
    second = fitting.refit()
    assert second is not None
    client.force_login(cast.max)
    html = client.get(reverse("needs:versions")).content.decode()
    address = reverse("needs:restoration", args=[taught.number])
    assert address in html
    assert client.post(address).status_code == 302
    reader = understanding.reader()
    assert reader is not None
    assert reader.number == taught.number
    assert AuditEntry.objects.filter(verb="words model put back").count() == 1
    taught.refresh_from_db()
    with pytest.raises(InForceAlready):
        taught.put_back(by=cast.max)


def test_only_the_last_versions_are_kept_whole(
    cast: Cast, taught: WordsModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "KEPT_FULL", 2)
    fitting.refit()
    fitting.refit()
    whole = WordsModel.objects.exclude(arrays=b"")
    assert list(whole.values_list("number", flat=True)) == [3, 2]
    with pytest.raises(HasForgotten):
        WordsModel.objects.get(number=1).put_back(by=cast.max)


def test_what_a_model_doubts_that_has_not_seen_it_comes_first(
    cast: Cast, taught: WordsModel
) -> None:
    wrong = Example.objects.filter(need_type=cast.better_return).first()
    assert wrong is not None
    Example.objects.filter(pk=wrong.pk).update(need_type=cast.cheaper_borrowing)
    while noise.look_at_a_part():
        pass
    assert not Example.objects.filter(checked_at=None).exists()
    doubted = Example.objects.exclude(doubt=None).order_by("-doubt")
    assert wrong.pk in [row.pk for row in doubted[:5]]
    wrong.refresh_from_db()
    assert wrong.likelier == cast.better_return
    tasks.look_for_noise()


def test_a_label_that_was_looked_at_is_not_doubted_again(cast: Cast, taught: WordsModel) -> None:
    one = Example.objects.filter(need_type=cast.better_return).first()
    assert one is not None
    one.relabel(need_type=cast.cheaper_borrowing, by=cast.max)
    while noise.look_at_a_part():
        pass
    one.refresh_from_db()
    assert (one.need_type, one.doubt, one.by) == (cast.cheaper_borrowing, None, cast.max)


def test_the_same_sentence_of_a_contact_counts_once(cast: Cast) -> None:
    said = contact(cast, cast.ada)
    for kind in (None, cast.better_return, cast.better_return, None):
        example(cast, "my card is 4929 1234 5678 9014", kind, interaction=said)
    kept = Example.objects.get()
    assert kept.need_type == cast.better_return
    assert "4929" not in kept.text
