"""A need is kept once, only ever grows stronger, and is settled once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from interactions.models import TimelineEntry
from needs.models import (
    AnswerGiven,
    DiscoveryAnswer,
    Need,
    NeedClosed,
    NeedSource,
    NeedsReview,
    NeedStatus,
)
from tests.cast import Cast, assemble, contact
from tests.threads import at_once


def stated(cast: Cast, **more: Any) -> Need:
    return Need.state(
        customer=cast.ada,
        need_type=cast.better_return,
        by=cast.sam,
        **({"evidence": "More"} | more),
    )


def test_stating_a_need_again_only_strengthens_it(cast: Cast) -> None:
    stated(cast, strength=Decimal("0.6"))
    stated(cast, strength=Decimal("0.9"), evidence="Much more")
    stated(cast, strength=Decimal("0.2"), evidence="", source=NeedSource.INFERRED)
    need = Need.objects.get()
    assert (need.strength, need.evidence, need.source) == (
        Decimal("0.90"),
        "Much more",
        NeedSource.STATED,
    )


def test_a_settled_need_may_come_back_as_a_new_one(cast: Cast) -> None:
    stated(cast).settle(to=NeedStatus.MET, by=cast.sam, because="Saver Plus")
    stated(cast)
    assert list(Need.objects.order_by("pk").values_list("status", flat=True)) == ["met", "open"]


def test_a_need_is_settled_once(cast: Cast) -> None:
    need = stated(cast)
    need.settle(to=NeedStatus.UNMET, by=cast.sam, because="Nothing fits")
    before = (AuditEntry.objects.count(), TimelineEntry.objects.count())
    with pytest.raises(NeedClosed):
        need.settle(to=NeedStatus.MET, by=cast.rae)
    assert Need.objects.get().status == "unmet"
    assert (AuditEntry.objects.count(), TimelineEntry.objects.count()) == before


def test_a_missed_need_has_a_reason(cast: Cast) -> None:
    need = stated(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        need.settle(to=NeedStatus.MISSED, by=cast.sam)
    assert Need.objects.get().status == "open"


@pytest.mark.parametrize(
    "broken",
    [
        {"strength": Decimal("1.01")},
        {"strength": Decimal("-0.01")},
        {"source": "guessed"},
        {"status": "lost"},
        {"status": "met"},
    ],
)
def test_the_database_refuses_a_need_that_cannot_be(cast: Cast, broken: dict[str, Any]) -> None:
    need = stated(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.filter(pk=need.pk).update(**broken)
    assert Need.objects.get().status == "open"


@pytest.mark.django_db(transaction=True)
def test_eight_who_state_a_need_at_once_keep_one(transactional_db: None) -> None:
    cast = assemble()
    needs = at_once(8, lambda n: stated(cast, strength=Decimal(n) / 10).pk)
    assert len(set(needs)) == 1
    assert Need.objects.get().strength == Decimal("0.7")


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_settle_at_once_one_does(transactional_db: None) -> None:
    cast = assemble()
    need = stated(cast)

    def settle(number: int) -> bool:
        try:
            Need.objects.get(pk=need.pk).settle(to="met", by=cast.sam, because=str(number))
        except NeedClosed:
            return False
        return True

    assert sorted(at_once(8, settle)) == [False] * 7 + [True]
    assert AuditEntry.objects.filter(verb="need met").count() == 1


def test_an_answer_tells_of_its_need_and_a_new_answer_takes_its_place(cast: Cast) -> None:
    interaction = contact(cast, cast.ada)
    words: dict[str, Any] = {"interaction": interaction, "question": cast.why, "by": cast.sam}
    first = AnswerGiven.give(**words, answer=cast.wants_return)
    assert first.need is not None
    assert (first.need.source, first.need.strength) == ("discovered", Decimal("0.9"))
    assert first.need.evidence == "I get more interest elsewhere"
    AnswerGiven.give(**words, words="Moving abroad")
    given = AnswerGiven.objects.get()
    assert (given.answer, given.words, given.need) == (None, "Moving abroad", None)


def test_an_answer_without_a_need_states_none(cast: Cast) -> None:
    nothing = DiscoveryAnswer.objects.get(need_type=None)
    interaction = contact(cast, cast.ada)
    AnswerGiven.give(interaction=interaction, question=cast.why, by=cast.sam, answer=nothing)
    assert not Need.objects.exists()


def test_the_next_cycle_is_opened_once_a_contact(cast: Cast) -> None:
    interaction = contact(cast, cast.ada)
    for day in (1, 2):
        NeedsReview.start(
            customer=cast.ada, interaction=interaction, owner=cast.sam, due_on=date(2027, 1, day)
        )
    assert NeedsReview.objects.get().due_on == date(2027, 1, 1)
