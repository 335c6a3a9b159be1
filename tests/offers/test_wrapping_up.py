"""A contact is wrapped up once, with every need that was said accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from interactions.models import Interaction, Outcome, WrapUpCode
from interactions.signals import interaction_closed
from needs.models import Need, NeedSource
from offers import presenting
from offers.arbitration import decide_for
from offers.models import Offer
from offers.publishing import publish
from offers.wrapping_up import (
    Ending,
    NeedEnding,
    NeedsLeftOpen,
    NothingPromised,
    ReasonMissing,
    outstanding,
    summary_of,
    wrap_up,
)
from service.models import Promise
from tests import cast as casting
from tests.cast import Cast, contact
from tests.offers.test_presenting import at_once, in_need


def wrapped(cast: Cast, interaction: Interaction, **needs: NeedEnding) -> bool:
    return wrap_up(
        interaction=interaction,
        by=cast.sam,
        wrap_up_code=cast.helped,
        summary="Done",
        needs={int(key.removeprefix("n")): ending for key, ending in needs.items()},
    )


def promise(cast: Cast, interaction: Interaction) -> Promise:
    return Promise.make(
        customer=interaction.customer,
        text="Call back",
        due_at=timezone.now() + timedelta(days=1),
        owner=cast.sam,
        by=cast.sam,
        interaction=interaction,
    )


def is_open(interaction: Interaction) -> bool:
    return Interaction.objects.open().filter(pk=interaction.pk).exists()


@pytest.mark.django_db
def test_a_contact_without_needs_is_wrapped_up_once(people: Cast) -> None:
    interaction = contact(people, people.ada)
    assert outstanding(interaction) == []
    assert wrapped(people, interaction) is True
    assert wrapped(people, interaction) is False
    interaction.refresh_from_db()
    assert (interaction.summary, interaction.wrap_up_code) == ("Done", people.helped)


@pytest.mark.django_db
def test_a_stated_need_left_open_keeps_the_contact_open(people: Cast) -> None:
    interaction = in_need(people)
    decide_for(customer=people.ada, interaction=interaction, by=people.sam)
    (one,) = outstanding(interaction)
    assert (one.way, one.had_a_way, one.is_promised) == ("Saver Plus", True, False)
    with pytest.raises(NeedsLeftOpen) as refused:
        wrapped(people, interaction)
    assert str(refused.value) == (
        "Say first how this need stands: “Better return”. "
        "Mark it met, promise a date, or give the reason."
    )
    assert is_open(interaction)
    assert Need.objects.get().status == "open"


@pytest.mark.django_db
def test_a_reason_makes_it_missed_where_a_suitable_way_existed(people: Cast) -> None:
    interaction = in_need(people)
    need = Need.objects.get()
    ending = NeedEnding(Ending.REASON, "The customer had to go")
    assert wrapped(people, interaction, **{f"n{need.pk}": ending}) is True
    need.refresh_from_db()
    assert (need.status, need.settled_because) == ("missed", "The customer had to go")
    assert need.settled_in == interaction


@pytest.mark.django_db
def test_a_reason_makes_it_unmet_where_nothing_was_suitable(people: Cast) -> None:
    people.ada.holdings.update(balance=0)
    interaction = in_need(people)
    need = Need.objects.get()
    assert outstanding(interaction)[0].had_a_way is False
    wrapped(people, interaction, **{f"n{need.pk}": NeedEnding(Ending.REASON, "Too little money")})
    need.refresh_from_db()
    assert need.status == "unmet"


@pytest.mark.django_db
def test_what_the_customer_said_to_the_offer_drafts_the_reason(people: Cast) -> None:
    interaction = in_need(people)
    presenting.decline(
        interaction=interaction, product=people.saver, by=people.sam, because="tied up too long"
    )
    (one,) = outstanding(interaction)
    assert (one.way, one.because) == ("Saver Plus", "Saver Plus: tied up too long")


@pytest.mark.django_db
def test_met_needs_no_reason(people: Cast) -> None:
    interaction = in_need(people)
    need = Need.objects.get()
    assert wrapped(people, interaction, **{f"n{need.pk}": NeedEnding(Ending.MET)}) is True
    need.refresh_from_db()
    assert need.status == "met"


@pytest.mark.django_db
def test_a_blank_reason_is_none(people: Cast) -> None:
    interaction = in_need(people)
    need = Need.objects.get()
    with pytest.raises(ReasonMissing):
        wrapped(people, interaction, **{f"n{need.pk}": NeedEnding(Ending.REASON, "  ")})
    assert is_open(interaction)
    assert Need.objects.get().status == "open"


@pytest.mark.django_db
def test_promised_asks_for_an_open_promise_of_this_contact(people: Cast) -> None:
    interaction = in_need(people)
    need = Need.objects.get()
    with pytest.raises(NothingPromised):
        wrapped(people, interaction, **{f"n{need.pk}": NeedEnding(Ending.PROMISED)})
    assert is_open(interaction)
    promise(people, interaction)
    assert wrapped(people, interaction, **{f"n{need.pk}": NeedEnding(Ending.PROMISED)}) is True
    need.refresh_from_db()
    assert need.status == "open"


@pytest.mark.django_db
def test_one_ending_that_fails_takes_the_others_back(people: Cast) -> None:
    interaction = in_need(people)
    Need.state(
        customer=people.ada,
        need_type=people.cheaper_borrowing,
        by=people.sam,
        interaction=interaction,
    )
    first, second = Need.objects.order_by("pk")
    with pytest.raises(NothingPromised):
        wrapped(
            people,
            interaction,
            **{
                f"n{first.pk}": NeedEnding(Ending.MET),
                f"n{second.pk}": NeedEnding(Ending.PROMISED),
            },
        )
    assert [need.status for need in Need.objects.order_by("pk")] == ["open", "open"]
    assert is_open(interaction)


@pytest.mark.django_db
def test_a_code_that_says_promised_asks_for_a_promise(people: Cast) -> None:
    code = WrapUpCode.objects.create(code="promised", name="Promised", outcome=Outcome.PROMISED)
    interaction = contact(people, people.ada)
    with pytest.raises(NothingPromised):
        wrap_up(interaction=interaction, by=people.sam, wrap_up_code=code, summary="", needs={})
    assert is_open(interaction)
    promise(people, interaction)
    assert wrap_up(interaction=interaction, by=people.sam, wrap_up_code=code, summary="", needs={})


@pytest.mark.django_db
def test_needs_of_other_contacts_and_inferred_ones_are_not_asked_about(people: Cast) -> None:
    in_need(people)
    interaction = contact(people, people.ada)
    Need.state(
        customer=people.ada,
        need_type=people.cheaper_borrowing,
        by=None,
        source=NeedSource.INFERRED,
        strength=Decimal("0.4"),
        interaction=interaction,
    )
    assert outstanding(interaction) == []
    assert wrapped(people, interaction) is True


@pytest.mark.django_db
def test_the_summary_is_drafted_from_what_happened(people: Cast) -> None:
    interaction = in_need(people)
    presenting.accept(interaction=interaction, product=people.saver, by=people.sam)
    summary = summary_of(interaction)
    assert summary.startswith("Close an account. Need: Better return. Offer accepted: Saver Plus.")
    assert len(summary) <= 300


@pytest.fixture
def crowd(transactional_db: None) -> Iterator[Cast]:
    assembled = casting.assemble()
    publish(by=assembled.max, note="The first catalogue")
    yield assembled
    connection.close()


def test_a_double_wrap_up_has_one_effect(crowd: Cast) -> None:
    interaction = in_need(crowd)
    need = Need.objects.get()
    told: list[int] = []

    def heard(interaction: Interaction, **_: object) -> None:
        told.append(interaction.pk)

    interaction_closed.connect(heard)
    ending = {f"n{need.pk}": NeedEnding(Ending.REASON, "No time")}
    try:
        ended = at_once(*[lambda: wrapped(crowd, interaction, **ending)] * 3)
    finally:
        interaction_closed.disconnect(heard)
    assert sorted(ended, key=bool) == [False, False, True]
    assert told == [interaction.pk]
    need.refresh_from_db()
    assert need.status == "missed"


def test_a_receiver_that_fails_takes_the_whole_wrap_up_back(crowd: Cast) -> None:
    interaction = in_need(crowd)
    need = Need.objects.get()

    def failing(**_: object) -> None:
        raise RuntimeError

    interaction_closed.connect(failing)
    try:
        with pytest.raises(RuntimeError):
            wrapped(crowd, interaction, **{f"n{need.pk}": NeedEnding(Ending.MET)})
    finally:
        interaction_closed.disconnect(failing)
    need.refresh_from_db()
    assert need.status == "open"
    assert is_open(interaction)


def test_an_answer_and_a_wrap_up_at_once_end_one_after_the_other(crowd: Cast) -> None:
    interaction = in_need(crowd)
    need = Need.objects.get()
    ending = {f"n{need.pk}": NeedEnding(Ending.REASON, "No time")}
    ended = at_once(
        lambda: presenting.accept(interaction=interaction, product=crowd.saver, by=crowd.rae),
        lambda: wrapped(crowd, interaction, **ending),
    )
    need.refresh_from_db()
    assert ended[1] is True
    assert need.status == ("met" if Offer.objects.exists() else "missed")
    assert Offer.objects.count() == sum(isinstance(one, Offer) for one in ended)
