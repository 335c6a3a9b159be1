"""Answers beyond yes and no: each has its effect, is counted, and can be taken back at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.errors import RuleBroken
from accounts.models import AuditEntry
from customers.models import ContactDraw, HeldElsewhere
from followups import reviewing
from followups.errors import NotPermittedNow
from interactions.models import Interaction, TimelineEntry
from needs.models import Need, NeedFit, NeedsReview
from offers import presenting
from offers.arbitration import decide_for
from offers.conditions import tell_met
from offers.models import Condition, ContactPolicy, Decision, DeclineReason, Offer
from offers.outcomes import NothingToFulfil
from offers.publishing import publish
from products.models import Product, ProductRule
from service.models import Fulfilment, Promise, RequestType, ServiceRequest
from tests.cast import Cast, contact
from tests.followups.test_reviewing import consent
from tests.offers.test_presenting import counts, in_need
from tests.offers.test_routes import address, as_
from tests.offers.test_stages import decided, excluded, keys, locked, state

pytestmark = pytest.mark.django_db


def reason(code: str = "costs", name: str = "Costs too much") -> DeclineReason:
    return DeclineReason.objects.create(code=code, name=name)


def said(cast: Cast, interaction: Interaction, **more: Any) -> dict[str, Any]:
    return {"interaction": interaction, "product": cast.saver, "by": cast.sam, **more}


def newest(interaction: Interaction) -> Decision:
    latest = Decision.objects.filter(interaction=interaction).newest().first()
    assert latest is not None
    return latest


# --- Declined with a reason ----------------------------------------------------------------------


def test_a_kept_reason_is_enough_and_is_told_while_the_product_cools_off(people: Cast) -> None:
    interaction = in_need(people)
    offer = presenting.decline(**said(people, interaction), reason=reason())
    assert (offer.reason.code, offer.because) == ("costs", "")  # type: ignore[union-attr]
    lock = locked(newest(interaction))
    assert lock["stage"] == "contact_budget"
    assert lock["because"].startswith("Declined on ")
    assert lock["because"].endswith(": Costs too much.")
    entry = AuditEntry.objects.get(verb="offer declined")
    assert entry.detail["reason"] == "costs"
    assert TimelineEntry.objects.filter(detail="Costs too much").count() == 1


def test_own_words_go_with_a_reason_and_stand_in_no_audit_entry(people: Cast) -> None:
    interaction = in_need(people)
    words: dict[str, Any] = {"reason": reason(), "because": " my brother pays it "}
    offer = presenting.decline(**said(people, interaction), **words)
    assert offer.because == "my brother pays it"
    assert TimelineEntry.objects.filter(detail="Costs too much: my brother pays it").count() == 1
    assert "brother" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert "brother" not in str([one.inputs for one in Decision.objects.all()])


def test_a_retired_reason_cannot_be_chosen(people: Cast) -> None:
    interaction = in_need(people)
    decide_for(customer=people.ada, interaction=interaction, by=people.sam)
    gone = reason()
    DeclineReason.objects.filter(pk=gone.pk).update(retired_on=timezone.localdate())
    answer = as_(people.sam).post(
        address("outcome", interaction, "saver-plus"), {"answer": "declined", "reason": "costs"}
    )
    assert answer.status_code == 422
    assert Offer.objects.count() == 0


# --- Later ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "strength"),
    [
        ("2026-12-01", "0.60"),
        ("2026-12-16", "0.40"),
        ("2026-12-31", "0.30"),
        ("2027-01-30", "0.20"),
    ],
)
def test_later_comes_back_on_its_day_and_fades_after_it(
    people: Cast, on: str, strength: str
) -> None:
    with time_machine.travel("2026-11-03 10:00:00+00:00", tick=False):
        interaction = in_need(people)
        presenting.later(**said(people, interaction), later_on=date(2026, 12, 1))
        Need.objects.get().settle(to="unmet", by=people.sam)
    with time_machine.travel(f"{on} 10:00:00+00:00", tick=False):
        again = contact(people, people.ada)
        presenting.settle_reason(interaction=again, by=people.sam)
        offer = next(one for one in newest(again).results["ways"] if one["kind"] == "offer")
        assert offer["factors"][0] == {"name": "need strength", "value": strength}
        assert offer["why"].startswith("Asked on 3 Nov 2026 to be asked again")


def test_what_faded_below_the_need_floor_is_offered_no_more(people: Cast) -> None:
    with time_machine.travel("2026-11-03 10:00:00+00:00", tick=False):
        interaction = in_need(people)
        presenting.later(**said(people, interaction), later_on=date(2026, 12, 1))
        Need.objects.get().settle(to="unmet", by=people.sam)
    with time_machine.travel("2027-02-04 10:00:00+00:00", tick=False):
        decision = decided(people, contact(people, people.ada))
        assert excluded(decision) == ("applicability", "The need is too weak for an offer.")


def test_a_day_too_far_away_is_refused(people: Cast) -> None:
    interaction = in_need(people)
    with pytest.raises(RuleBroken, match="two years"):
        presenting.later(**said(people, interaction), later_on=date(2199, 1, 1))
    assert Offer.objects.count() == 0


def named(cast: Cast) -> list[tuple[str, date, bool]]:
    """The days that Ada named: the product, the day, and whether it still stands."""
    rows = NeedsReview.objects.filter(cause="later").order_by("pk")
    return [(str(row.product), row.due_on, row.done_at is None) for row in rows]


def test_later_puts_the_customer_into_the_agents_work_on_that_day(people: Cast) -> None:
    with time_machine.travel("2026-11-23 12:00:00+00:00", tick=False):
        interaction = in_need(people)
        presenting.later(**said(people, interaction), later_on=date(2026, 12, 4))
        interaction.close(by=people.sam, wrap_up_code=people.helped, summary="Done")
        consent(people.ada, is_granted=True)
        assert reviewing.due_now(user=people.sam) == []
    with time_machine.travel("2026-12-04 12:00:00+00:00", tick=False):
        [review] = reviewing.due_now(user=people.sam)
        assert reviewing.due_now(user=people.rae) == []
        work = as_(people.sam).get(reverse("followups:reviews")).content.decode()
        assert "Again about Saver Plus, as asked on 23 Nov 2026" in work
        call = reviewing.begin(review, by=people.sam)
        drawn = ContactDraw.objects.get(what="needs_review")
        assert (drawn.purpose, drawn.is_owed, call.direction) == ("marketing", False, "outbound")
        offer = next(one for one in keys(decided(people, call)) if one.startswith("offer"))
        assert offer == "offer-saver-plus"
        presenting.decline(**said(people, call), reason=reason())
    assert named(people) == [("Saver Plus", date(2026, 12, 4), False)]


def test_the_day_they_named_leads_to_no_call_where_selling_is_not_permitted(people: Cast) -> None:
    with time_machine.travel("2026-11-23 12:00:00+00:00", tick=False):
        interaction = in_need(people)
        consent(people.ada, is_granted=False)
        presenting.later(**said(people, interaction), later_on=date(2026, 12, 4))
        panel = as_(people.sam).get(reverse("offers:ways", args=[interaction.pk]))
        assert "once they get in touch: sales calls are not permitted" in panel.content.decode()
        interaction.close(by=people.sam, wrap_up_code=people.helped, summary="Done")
    with time_machine.travel("2026-12-04 12:00:00+00:00", tick=False):
        assert reviewing.due_now(user=people.sam) == []
        with pytest.raises(NotPermittedNow):
            reviewing.begin(NeedsReview.objects.get(), by=people.sam)
        assert ContactDraw.objects.filter(what="needs_review").count() == 0
        again = contact(people, people.ada)
        presenting.settle_reason(interaction=again, by=people.sam)
        assert "offer-saver-plus" in keys(decided(people, again))


def test_the_day_they_named_outlives_a_good_answer_and_falls_with_the_next_one(
    people: Cast,
) -> None:
    december, january = date(2026, 12, 4), date(2027, 1, 8)
    with time_machine.travel("2026-11-23 12:00:00+00:00", tick=False):
        interaction = in_need(people)
        presenting.later(**said(people, interaction), later_on=december)
        for due_on in (date(2027, 5, 22), january):
            NeedsReview.start(
                customer=people.ada, interaction=interaction, owner=people.sam, due_on=due_on
            )
        assert named(people) == [("Saver Plus", december, True)]
        again = in_need(people)
    with time_machine.travel("2026-12-05 12:00:00+00:00", tick=False):
        state(people, again)
        presenting.later(**said(people, again), later_on=january)
        assert named(people) == [("Saver Plus", december, False), ("Saver Plus", january, True)]
        presenting.take_back(interaction=again, product=people.saver, by=people.sam)
        assert named(people) == [("Saver Plus", december, True)]
        presenting.later(**said(people, again), later_on=january)
        assert NeedsReview.objects.due(on=december).count() == 0
        assert [one.cause for one in NeedsReview.objects.due(on=january)] == ["later"]


# --- Already has, not relevant -------------------------------------------------------------------


def test_who_has_it_elsewhere_is_not_asked_again_until_it_ends(people: Cast) -> None:
    interaction = in_need(people)
    presenting.already_has(**said(people, interaction), provider="The other bank")
    held = HeldElsewhere.objects.get()
    assert (held.product, held.provider) == (people.saver, "The other bank")
    assert excluded(newest(interaction))[0] == "eligibility"
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        later = contact(people, people.ada)
        state(people, later)
        assert excluded(decided(people, later))[1].endswith("that they have it already.")
        HeldElsewhere.end(customer_id=people.ada.pk, product=people.saver, by=people.sam)
        assert "offer-saver-plus" in keys(decided(people, later))


def test_the_agent_ends_what_is_held_elsewhere_where_it_is_told(people: Cast) -> None:
    interaction = in_need(people)
    presenting.already_has(**said(people, interaction))
    sam = as_(people.sam)
    ending = reverse("offers:elsewhere_ending", args=[interaction.pk, "saver-plus"])
    others = reverse("offers:others", args=[interaction.pk])
    assert ending in sam.get(others).content.decode()
    assert "Saver Plus" in sam.post(ending).content.decode()
    assert "offer-saver-plus" in keys(newest(interaction))
    assert TimelineEntry.objects.filter(title="No longer elsewhere: Saver Plus").count() == 1
    assert ending not in sam.get(others).content.decode()
    before = counts()
    again = sam.post(ending)
    assert (again.status_code, counts()) == (409, before), "nothing stands any more"


def test_in_a_closed_contact_nothing_held_elsewhere_ends(people: Cast) -> None:
    interaction = in_need(people)
    presenting.already_has(**said(people, interaction))
    interaction.close(by=people.sam, wrap_up_code=people.helped, summary="Done")
    ending = reverse("offers:elsewhere_ending", args=[interaction.pk, "saver-plus"])
    assert as_(people.sam).post(ending).status_code == 409
    assert HeldElsewhere.objects.current().count() == 1


def test_not_relevant_cools_off_that_need_alone(people: Cast) -> None:
    NeedFit.objects.create(
        product=people.saver, need_type=people.cheaper_borrowing, fit=Decimal("0.80")
    )
    publish(by=people.max, note="Answers two needs")
    interaction = in_need(people)
    presenting.not_relevant(**said(people, interaction))
    assert locked(newest(interaction))["because"].startswith("Called not relevant on ")
    Need.state(
        customer=people.ada,
        need_type=people.cheaper_borrowing,
        by=people.sam,
        interaction=interaction,
    )
    offer = next(
        one for one in decided(people, interaction).results["ways"] if one["kind"] == "offer"
    )
    assert offer["need_type"] == "cheaper-borrowing"
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        later = contact(people, people.ada)
        presenting.settle_reason(interaction=later, by=people.sam)
        assert decided(people, later).results["locked"] == []


# --- Would need ----------------------------------------------------------------------------------

HIGHER = {"words": "a better rate", "term": "rate", "comparison": "at_least", "figure": "4.50"}


def would_need(cast: Cast, interaction: Interaction) -> Offer:
    wanted: dict[str, Any] = HIGHER | {"figure": Decimal("4.50")}
    return presenting.would_need(**said(cast, interaction), **wanted)


def rate(cast: Cast, rate: str) -> None:
    Product.objects.filter(pk=cast.saver.pk).update(terms={"rate": rate})
    publish(by=cast.max, note=f"{rate} per cent")


def test_a_condition_is_kept_and_opens_the_product_once_it_is_met(people: Cast) -> None:
    with time_machine.travel("2026-11-03 10:00:00+00:00", tick=False):
        interaction = in_need(people)
        would_need(people, interaction)
        condition = Condition.objects.get()
        assert (condition.words, condition.term, condition.figure) == (
            "a better rate",
            "rate",
            Decimal("4.50"),
        )
        assert locked(newest(interaction))["because"] == "Not what they would need on 3 Nov 2026."
        Need.objects.get().settle(to="unmet", by=people.sam)
        rate(people, "4.40")
        again = contact(people, people.ada)
        presenting.settle_reason(interaction=again, by=people.sam)
        assert "offer-saver-plus" not in keys(decided(people, again))
        rate(people, "4.60")
        offer = next(
            one for one in decided(people, again).results["ways"] if one["kind"] == "offer"
        )
        assert offer["why"] == "Wanted rate at least 4.5 on 3 Nov 2026, and now it is 4.6"


def test_the_agent_who_heard_the_condition_is_told_once_when_it_is_met(people: Cast) -> None:
    interaction = in_need(people)
    would_need(people, interaction)
    assert tell_met() == 0
    rate(people, "4.50")
    assert tell_met() == 1
    assert tell_met() == 0
    review = NeedsReview.objects.get()
    assert (review.owner, review.customer, review.due_on) == (
        people.sam,
        people.ada,
        timezone.localdate(),
    )
    assert review.told == "Saver Plus is by now as they wanted it"
    told = TimelineEntry.objects.get(title="Fits now: Saver Plus")
    assert told.detail == "Wanted rate at least 4.5; now it is 4.5."
    assert AuditEntry.objects.filter(verb="condition met").count() == 1


def test_words_without_a_figure_are_kept_and_cool_off(people: Cast) -> None:
    interaction = in_need(people)
    presenting.would_need(**said(people, interaction), words="a branch nearby")
    rate(people, "9.00")
    assert tell_met() == 0
    again = contact(people, people.ada)
    presenting.settle_reason(interaction=again, by=people.sam)
    assert locked(decided(people, again))["stage"] == "contact_budget"


@pytest.mark.parametrize(
    "wanted",
    [
        {"term": "bonus", "comparison": "at_least", "figure": Decimal(1)},
        {"term": "rate", "comparison": "", "figure": Decimal(1)},
        {"term": "rate", "comparison": "exactly", "figure": Decimal(1)},
        {"term": "rate", "comparison": "at_least", "figure": None},
    ],
)
def test_a_condition_that_makes_no_sense_changes_nothing(
    people: Cast, wanted: dict[str, Any]
) -> None:
    interaction = in_need(people)
    before = counts()
    with pytest.raises(RuleBroken):
        presenting.would_need(**said(people, interaction), words="better", **wanted)
    assert counts() == before
    assert Condition.objects.count() == ContactDraw.objects.count() == 0


def test_accepting_after_all_ends_the_condition(people: Cast) -> None:
    interaction = in_need(people)
    would_need(people, interaction)
    rate(people, "4.60")
    again = in_need(people)
    presenting.accept(**said(people, again))
    assert Condition.objects.standing().count() == 0


# --- The list re-ranks and says why --------------------------------------------------------------


def test_what_moves_up_says_which_answer_made_room(people: Cast) -> None:
    interaction = in_need(people)
    ServiceRequest.open_request(
        customer=people.ada,
        request_type=people.card_request,
        subject="Card not arrived",
        owner=people.sam,
        by=people.sam,
    )
    before = keys(decided(people, interaction))
    below = before[before.index("offer-saver-plus") + 1]
    presenting.decline(**said(people, interaction), reason=reason())
    moved = next(one for one in newest(interaction).results["ways"] if one["key"] == below)
    assert moved["moved"]["because"] == "“Saver Plus” was declined"


# --- Accepted: what it promises stands on the ledger, or nothing does ----------------------------


def test_nothing_counts_as_accepted_without_request_and_promise(people: Cast) -> None:
    interaction = in_need(people)
    offer = presenting.accept(**said(people, interaction))
    for gone in ({"request": None}, {"promise": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Offer.objects.filter(pk=offer.pk).update(**gone)


@pytest.mark.parametrize("broken", ["no fulfilment", "no request type", "no catalogue row"])
def test_an_acceptance_that_cannot_promise_leaves_nothing_behind(people: Cast, broken: str) -> None:
    if broken == "no fulfilment":
        Fulfilment.objects.all().delete()
        NeedFit.objects.filter(product=people.saver).delete()
        ProductRule.objects.create(
            product=people.saver,
            stage="applicability",
            fact="contact_reason",
            comparison="equals",
            value="close-account",
            because="Only for those who leave.",
        )
        publish(by=people.max, note="No fulfilment")
    interaction = in_need(people)
    if broken == "no request type":
        Fulfilment.objects.all().delete()
        RequestType.objects.filter(code="open-account").delete()
    if broken == "no catalogue row":
        Product.objects.filter(pk=people.saver.pk).update(withdrawn_on=timezone.localdate())
        publish(by=people.max, note="Withdrawn")
    before = [*counts(), ContactDraw.objects.count()]
    with pytest.raises(RuleBroken) as refused:
        presenting.accept(**said(people, interaction))
    assert [*counts(), ContactDraw.objects.count()] == before
    assert Need.objects.get().status == "open"
    if broken != "no catalogue row":
        assert isinstance(refused.value, NothingToFulfil)


# --- The one ledger ------------------------------------------------------------------------------


def test_every_answer_is_one_line_on_the_ledger(people: Cast) -> None:
    interaction = in_need(people)
    offer = presenting.not_relevant(**said(people, interaction))
    line = ContactDraw.objects.get()
    assert (line.what, line.subject_id, line.purpose, line.channel) == (
        "offer",
        offer.pk,
        "marketing",
        "voice",
    )
    assert line.is_owed  # it answered a need said in this contact


def test_what_was_not_asked_for_draws_from_the_budget(people: Cast) -> None:
    state(people, None, people.ada)
    interaction = contact(people, people.ada)
    presenting.settle_reason(interaction=interaction, by=people.sam)
    presenting.not_relevant(**said(people, interaction))
    assert not ContactDraw.objects.get().is_owed


def test_questions_and_service_leave_less_room_for_offers(people: Cast) -> None:
    ContactPolicy.objects.update_or_create(pk=1, defaults={"max_contacts": 2})
    publish(by=people.max, note="Two contacts are enough")
    state(people, None, people.ada)
    for number, purpose in enumerate(("survey", "service")):
        ContactDraw.objects.create(
            customer=people.ada,
            purpose=purpose,
            channel="voice",
            what="call_back",
            subject_id=number,
            on=timezone.localdate(),
        )
    interaction = contact(people, people.ada)
    presenting.settle_reason(interaction=interaction, by=people.sam)
    assert locked(newest(interaction))["because"] == "2 contacts of ours in 30 days are enough."
    with pytest.raises(presenting.NotOpenToOffer):
        presenting.accept(**said(people, interaction))
    assert Offer.objects.count() == 0
    state(people, interaction)  # said now: service that is asked for
    presenting.accept(**said(people, interaction))
    assert ContactDraw.objects.get(what="offer").is_owed


# --- Taken back ----------------------------------------------------------------------------------

ANSWERS: list[tuple[Callable[..., Offer], dict[str, Any]]] = [
    (presenting.accept, {}),
    (presenting.decline, {"because": "no"}),
    (presenting.later, {"later_on": timezone.localdate() + timedelta(days=9)}),
    (presenting.already_has, {}),
    (presenting.not_relevant, {}),
    (presenting.would_need, HIGHER | {"figure": Decimal("4.50")}),
]


@pytest.mark.parametrize(("verb", "words"), ANSWERS)
def test_an_answer_taken_back_leaves_the_list_as_it_was(
    people: Cast, verb: Callable[..., Offer], words: dict[str, Any]
) -> None:
    interaction = in_need(people)
    before = keys(decided(people, interaction))
    offer = verb(**said(people, interaction), **words)
    status = offer.status
    presenting.take_back(**said(people, interaction))
    assert keys(newest(interaction)) == before
    assert Offer.objects.count() == Condition.objects.count() == 0
    assert HeldElsewhere.objects.current().count() == 0
    assert ContactDraw.objects.standing().count() == 0
    assert Promise.objects.open().count() == ServiceRequest.objects.open().count() == 0
    assert Need.objects.filter(status="open", customer=people.ada).count() == 1
    entry = AuditEntry.objects.get(verb="offer answer taken back")
    assert entry.detail["answer"] == status
    assert TimelineEntry.objects.filter(title__startswith="Taken back: ").count() == 1
    verb(**said(people, interaction), **words)  # and may be given again
    assert Offer.objects.count() == 1


def test_after_a_minute_an_answer_stands(people: Cast) -> None:
    with time_machine.travel("2026-11-23 10:00:00+00:00", tick=False):
        interaction = in_need(people)
        presenting.accept(**said(people, interaction))
    with time_machine.travel("2026-11-23 10:01:01+00:00", tick=False):
        before = counts()
        answer = as_(people.sam).post(address("taking_back", interaction, "saver-plus"))
        assert answer.status_code == 409
        assert "too late to take the answer" in answer.content.decode()
        assert counts() == before
        assert Promise.objects.open().count() == 1


def test_nothing_is_there_to_be_taken_back(people: Cast) -> None:
    interaction = in_need(people)
    answer = as_(people.sam).post(address("taking_back", interaction, "saver-plus"))
    assert answer.status_code == 409


def test_another_team_takes_nothing_back(people: Cast) -> None:
    interaction = in_need(people)
    presenting.accept(**said(people, interaction))
    assert (
        as_(people.stranger).post(address("taking_back", interaction, "saver-plus")).status_code
        == 404
    )
    assert Offer.objects.count() == 1


# --- On the page ---------------------------------------------------------------------------------


def test_the_panel_tells_the_answer_its_promise_and_how_to_take_it_back(people: Cast) -> None:
    interaction = in_need(people)
    decided(people, interaction)
    page = as_(people.sam).post(
        address("outcome", interaction, "saver-plus"), {"answer": "accepted"}
    )
    html = page.content.decode()
    request = ServiceRequest.objects.get()
    assert "Accepted: Saver Plus" in html
    assert "Promised: Your Saver Plus is open and shown in the app" in html
    assert reverse("service:request", args=[request.pk]) in html
    assert address("taking_back", interaction, "saver-plus") in html
    page = as_(people.sam).post(address("taking_back", interaction, "saver-plus"))
    html = page.content.decode()
    assert "Accepted: Saver Plus" not in html
    assert 'id="way-offer-saver-plus"' in html


def test_the_reasons_days_and_figures_to_choose_from_are_fetched(people: Cast) -> None:
    reason()
    interaction = in_need(people)
    decided(people, interaction)
    html = as_(people.sam).get(address("answers", interaction, "saver-plus")).content.decode()
    assert 'value="costs" data-key="1"' in html
    assert "In a month" in html
    assert '<option value="rate">its rate</option>' in html
    people.ada.holdings.update(balance=0)
    decided(people, interaction)
    for name in ("answers", "why"):  # nothing of what does not suit
        answer = as_(people.sam).get(address(name, interaction, "saver-plus"))
        assert answer.status_code == 404


def test_a_card_that_asks_after_its_offer_was_answered_is_told_nothing(people: Cast) -> None:
    interaction = in_need(people)
    decided(people, interaction)
    sam = as_(people.sam)
    accepted = sam.post(address("outcome", interaction, "saver-plus"), {"answer": "accepted"})
    assert accepted.status_code in {200, 302}
    late = sam.get(address("answers", interaction, "saver-plus"))
    assert (late.status_code, late.content) == (204, b"")


@pytest.mark.parametrize(
    "posted",
    [
        {"answer": "would_need", "words": "x", "term": "rate"},
        {"answer": "would_need", "words": "x", "term": "rate", "figure": "lots"},
        {"answer": "would_need", "words": "x", "term": "rate", "figure": "NaN"},
        {"answer": "would_need", "words": "x", "term": "{{ 7 }}", "figure": "1"},
        {"answer": "declined", "reason": "no-such-reason"},
        {"answer": "later", "later_on": "9999-12-31"},
        {"answer": "already_has", "provider": "x" * 81},
    ],
)
def test_hostile_answers_are_refused_and_change_nothing(
    people: Cast, posted: dict[str, str]
) -> None:
    interaction = in_need(people)
    decided(people, interaction)
    before = counts()
    answer = as_(people.sam).post(address("outcome", interaction, "saver-plus"), posted)
    assert answer.status_code == 422
    assert counts() == before
