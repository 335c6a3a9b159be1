"""Every stage: who passes, who does not, and the reason that is kept."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from customers.budget import draw
from customers.models import Customer
from interactions.models import Interaction
from needs.models import AnswerGiven, DiscoveryAnswer, DiscoveryQuestion, Need, NeedFit, NeedSource
from offers import presenting
from offers.arbitration import decide_for
from offers.models import ContactPolicy, Decision
from offers.publishing import publish
from offers.selling import PERMITTED, marketing
from products.models import Product, ProductRule, Stage
from service.models import Promise, RequestStatus, ServiceRequest
from telephony.models import RegisterImport
from tests.cast import Cast, contact

pytestmark = pytest.mark.django_db


def decided(cast: Cast, interaction: Interaction) -> Decision:
    return decide_for(customer=interaction.customer, interaction=interaction, by=cast.sam)


def state(cast: Cast, interaction: Interaction | None, person: Customer | None = None) -> Need:
    return Need.state(
        customer=person or interaction.customer,  # type: ignore[union-attr]
        need_type=cast.better_return,
        by=cast.sam,
        strength=Decimal("0.9"),
        evidence="my money should earn more",
        interaction=interaction,
    )


def keys(decision: Decision) -> list[str]:
    return [entry["key"] for entry in decision.results["ways"]]


def excluded(decision: Decision, code: str = "saver-plus") -> tuple[str, str]:
    return next(
        (row["stage"], row["because"])
        for row in decision.results["excluded"]
        if code in row["products"]
    )


def locked(decision: Decision) -> dict[str, str]:
    (row,) = decision.results["locked"]
    return {name: row[name] for name in ("product", "stage", "because")}


def test_an_offer_that_answers_a_need_said_now_is_listed_with_its_benefit(people: Cast) -> None:
    interaction = contact(people, people.ada)
    state(people, interaction)
    entries = decided(people, interaction).results["ways"]
    offer = next(entry for entry in entries if entry["kind"] == "offer")
    assert offer["key"] == "offer-saver-plus"
    assert offer["benefit_text"] == "£8,500.00 × (4.10 % − 0.00 %) = £348.50 a year"
    assert offer["why"] == "Better return: “my money should earn more”"
    assert offer["worth"] == "£348.50 a year"
    assert [factor["value"] for factor in offer["factors"]] == ["0.90", "0.95", "0.8885", "1.00"]
    assert offer["score"] == "0.7597"
    assert "The customer is 18 or over" in offer["reasons"]
    assert "Balance owed on cards is at most £0.00" in offer["reasons"]


def test_who_may_not_have_it_at_all_fails_eligibility(people: Cast) -> None:
    Customer.objects.filter(pk=people.ada.pk).update(born_on=timezone.localdate())
    interaction = contact(people, people.ada)
    state(people, interaction)
    assert excluded(decided(people, interaction)) == ("eligibility", "Savers are for adults.")


def test_what_is_held_already_fails_eligibility(people: Cast) -> None:
    people.ada.holdings.create(product=people.saver, opened_on=date(2024, 1, 1))
    interaction = contact(people, people.ada)
    state(people, interaction)
    assert excluded(decided(people, interaction)) == (
        "eligibility",
        "The customer has it already.",
    )


def test_a_product_of_another_currency_fails_eligibility(people: Cast) -> None:
    Product.objects.filter(pk=people.saver.pk).update(currency="EUR")
    publish(by=people.max, note="In euro")
    interaction = contact(people, people.ada)
    state(people, interaction)
    assert excluded(decided(people, interaction)) == ("eligibility", "Sold in EUR only.")


def test_without_a_need_a_product_is_not_relevant(people: Cast) -> None:
    interaction = contact(people, people.ada)
    stage, _ = excluded(decided(people, interaction))
    assert stage == "applicability"


def test_an_applicability_rule_is_told(people: Cast) -> None:
    ProductRule.objects.create(
        product=people.saver,
        stage=Stage.APPLICABILITY,
        fact="segment",
        comparison="equals",
        value="business",
        because="For businesses.",
    )
    publish(by=people.max, note="Businesses only")
    interaction = contact(people, people.ada)
    state(people, interaction)
    assert excluded(decided(people, interaction)) == ("applicability", "For businesses.")


def test_a_rule_on_the_contact_reason_makes_a_product_relevant(people: Cast) -> None:
    ProductRule.objects.create(
        product=people.saver,
        stage=Stage.APPLICABILITY,
        fact="contact_reason",
        comparison="equals",
        value="close-account",
        because="For those who close an account.",
    )
    publish(by=people.max, note="For closing")
    assert "offer-saver-plus" in keys(decided(people, contact(people, people.ada)))


def test_a_need_below_the_floor_becomes_no_offer_whatever_the_lever(people: Cast) -> None:
    ContactPolicy.objects.create(pk=1, need_floor=Decimal("0.86"))
    Product.objects.filter(pk=people.saver.pk).update(lever=Decimal("1.20"))
    publish(by=people.max, note="A high floor")
    interaction = contact(people, people.ada)
    state(people, interaction)  # 0.90 × 0.95 = 0.855
    assert excluded(decided(people, interaction)) == (
        "applicability",
        "The need is too weak for an offer.",
    )


def test_a_suitability_rule_keeps_the_product_invisible(people: Cast) -> None:
    cards = people.current.category
    type(cards).objects.filter(pk=cards.pk).update(balance_meaning="card_debt")
    interaction = contact(people, people.ada)
    state(people, interaction)
    decision = decided(people, interaction)
    assert excluded(decision) == (
        "suitability",
        "Paying off the card helps more than saving.",
    )
    assert "offer-saver-plus" not in keys(decision)


def test_too_little_benefit_keeps_the_product_invisible(people: Cast) -> None:
    people.ben.holdings.update(balance=Decimal(200))
    interaction = contact(people, people.ben)
    state(people, interaction)
    assert excluded(decided(people, interaction)) == (
        "suitability",
        "Gains the customer £8.20 a year; at least £10.00 is asked.",
    )


def test_a_figure_that_is_not_known_keeps_the_product_invisible(people: Cast) -> None:
    Product.objects.filter(pk=people.saver.pk).update(
        benefit_formula="annual_income / 100", benefit_sentence="{benefit}"
    )
    publish(by=people.max, note="By income")
    interaction = contact(people, people.ada)
    state(people, interaction)
    assert excluded(decided(people, interaction)) == (
        "suitability",
        "The customer's income a year is not known.",
    )


def test_a_vulnerable_customer_sees_only_what_is_marked_safe(people: Cast) -> None:
    people.ada.mark_vulnerable(by=people.una, because="bereavement")
    interaction = contact(people, people.ada)
    state(people, interaction)
    assert excluded(decided(people, interaction)) == (
        "suitability",
        "Not marked safe for a vulnerable customer.",
    )
    Product.objects.filter(pk=people.saver.pk).update(safe_for_vulnerable=True)
    publish(by=people.max, note="Safe")
    assert "offer-saver-plus" in keys(decided(people, interaction))


def test_for_a_vulnerable_customer_older_needs_stay_locked(people: Cast) -> None:
    Product.objects.filter(pk=people.saver.pk).update(safe_for_vulnerable=True)
    publish(by=people.max, note="Safe")
    people.ada.mark_vulnerable(by=people.una, because="bereavement")
    state(people, None, people.ada)
    interaction = contact(people, people.ada)
    presenting.settle_reason(interaction=interaction, by=people.sam)
    assert locked(decided(people, interaction))["stage"] == "service_first"


def test_an_older_need_waits_until_the_reason_is_settled(people: Cast) -> None:
    state(people, None, people.ada)
    interaction = contact(people, people.ada, reason=people.card_late)
    decision = decided(people, interaction)
    assert locked(decision) == {
        "product": "saver-plus",
        "stage": "service_first",
        "because": "First what the customer got in touch for: “Card not arrived”.",
    }
    assert decision.results["waits"] == [
        {"count": 1, "stage": "service_first", "until": "“Card not arrived” is done or has a date"}
    ]


def test_the_word_of_the_agent_unlocks(people: Cast) -> None:
    state(people, None, people.ada)
    interaction = contact(people, people.ada)
    decided(people, interaction)
    assert presenting.settle_reason(interaction=interaction, by=people.sam) is True
    assert presenting.settle_reason(interaction=interaction, by=people.sam) is False
    decision = decided(people, interaction)
    offer = next(entry for entry in decision.results["ways"] if entry["kind"] == "offer")
    assert offer["moved"] == {"from": None, "because": "Unlocked: what they came for is done"}
    assert decision.results["settled"]["how"] == "resolved"


def test_a_dated_promise_unlocks_once_the_request_has_it(people: Cast) -> None:
    state(people, None, people.ada)
    interaction = contact(people, people.ada, reason=people.card_late)
    request = ServiceRequest.open_request(
        customer=people.ada,
        request_type=people.card_request,
        subject="Card not arrived",
        owner=people.sam,
        by=people.sam,
        interaction=interaction,
    )
    tomorrow = timezone.now() + timedelta(days=1)
    Promise.make(
        customer=people.ada,
        text="Call back",
        due_at=tomorrow,
        owner=people.sam,
        by=people.sam,
        interaction=interaction,
    )
    assert locked(decided(people, interaction))["stage"] == "service_first"
    Promise.make(
        customer=people.ada,
        text="The card is with you",
        due_at=tomorrow,
        owner=people.sam,
        by=people.sam,
        request=request,
        interaction=interaction,
    )
    assert "offer-saver-plus" in keys(decided(people, interaction))


def test_what_an_accepted_offer_set_going_settles_nothing(people: Cast) -> None:
    interaction = contact(people, people.ada)
    state(people, interaction)
    decided(people, interaction)
    presenting.accept(interaction=interaction, product=people.saver, by=people.sam)
    assert decided(people, interaction).results["settled"] is None


def test_an_open_complaint_locks_every_offer(people: Cast) -> None:
    interaction = contact(people, people.ada)
    state(people, interaction)
    complaint = ServiceRequest.open_request(
        customer=people.ada,
        request_type=people.complaint_request,
        subject="Nobody called back",
        owner=people.sam,
        by=people.sam,
    )
    assert locked(decided(people, interaction)) == {
        "product": "saver-plus",
        "stage": "service_first",
        "because": "An open complaint comes before any offer.",
    }
    complaint.move(to=RequestStatus.RESOLVED, by=people.sam)
    assert "offer-saver-plus" in keys(decided(people, interaction))


def follow_up(cast: Cast, person: Customer) -> Interaction:
    return Interaction.open_contact(
        customer=person, by=cast.sam, channel="voice", direction="outbound", is_follow_up=True
    )


@time_machine.travel("2026-11-23 10:00:00+00:00", tick=False)
def test_a_follow_up_may_sell_where_marketing_calls_are_permitted(people: Cast) -> None:
    interaction = follow_up(people, people.ada)
    state(people, interaction)
    assert "offer-saver-plus" in keys(decided(people, interaction))


@time_machine.travel("2026-11-23 10:00:00+00:00", tick=False)
def test_in_a_call_of_ours_no_reason_of_theirs_is_waited_for(people: Cast) -> None:
    state(people, None, people.ada)
    decision = decided(people, follow_up(people, people.ada))
    assert decision.results["settled"]["how"] == "our_call"
    assert "offer-saver-plus" in keys(decision)


@time_machine.travel("2026-11-23 10:00:00+00:00", tick=False)
def test_without_consent_a_follow_up_never_sells(people: Cast) -> None:
    interaction = follow_up(people, people.cy)
    state(people, interaction)
    assert locked(decided(people, interaction)) == {
        "product": "saver-plus",
        "stage": "purpose_guard",
        "because": "This contact asks how it went; it may not sell: "
        "marketing calls are not permitted.",
    }


@pytest.mark.parametrize(
    ("facts", "because"),
    [
        ({"bereaved_since": date(2026, 11, 20)}, "a bereavement was notified"),
        ({"left_on": date(2026, 11, 23)}, "they are no longer a customer"),
        ({"left_on": date(2026, 12, 23)}, ""),
        ({"born_on": date(2008, 11, 24)}, "the customer is not of age"),
        ({"born_on": date(2008, 11, 22)}, ""),
    ],
)
@time_machine.travel("2026-11-23 10:00:00+00:00", tick=False)
def test_whom_nobody_asks_nobody_sells_to(
    people: Cast, facts: dict[str, date], because: str
) -> None:
    Customer.objects.filter(pk=people.ada.pk).update(**facts)
    people.ada.refresh_from_db()
    told = marketing(people.ada, follow_up(people, people.ada), timezone.now())
    assert told == {"is_permitted": not because, "because": because or PERMITTED}


@time_machine.travel("2026-11-23 10:00:00+00:00", tick=False)
def test_a_register_that_is_too_old_sells_nothing(people: Cast) -> None:
    call = follow_up(people, people.ada)
    for as_of, is_permitted in ((date(2026, 10, 1), False), (date(2026, 11, 1), True)):
        RegisterImport.objects.create(
            register="tps", as_of=as_of, source="TPS", digest=str(as_of), finished_at=timezone.now()
        )
        told = marketing(people.ada, call, timezone.now())
        assert told
        assert told["is_permitted"] is is_permitted, as_of


@pytest.mark.parametrize(
    ("moment", "sells"),
    [
        ("2026-11-23 08:59:59+00:00", False),
        ("2026-11-23 09:00:00+00:00", True),
        ("2026-11-23 20:59:59+00:00", True),
        ("2026-11-23 21:00:00+00:00", False),
    ],
)
def test_a_follow_up_sells_only_while_calls_are_lawful_in_the_country(
    people: Cast, moment: str, sells: bool
) -> None:
    with time_machine.travel(moment, tick=False):
        interaction = follow_up(people, people.ada)
        state(people, interaction)
        assert ("offer-saver-plus" in keys(decided(people, interaction))) is sells


@time_machine.travel("2026-11-23 10:00:00+00:00", tick=False)
def test_the_hours_are_those_at_the_customers_place(people: Cast) -> None:
    Customer.objects.filter(pk=people.ada.pk).update(time_zone="Australia/Sydney")
    people.ada.refresh_from_db()
    interaction = follow_up(people, people.ada)
    state(people, interaction)
    assert locked(decided(people, interaction))["stage"] == "purpose_guard"


def test_a_declined_product_cools_off(people: Cast) -> None:
    with time_machine.travel("2026-08-01 10:00:00+00:00", tick=False):
        interaction = contact(people, people.ada)
        state(people, interaction)
        presenting.decline(
            interaction=interaction, product=people.saver, by=people.sam, because="not today"
        )
    with time_machine.travel("2026-10-29 10:00:00+00:00", tick=False):
        interaction = contact(people, people.ada)
        state(people, interaction)
        assert locked(decided(people, interaction)) == {
            "product": "saver-plus",
            "stage": "contact_budget",
            "because": "Declined on 1 Aug 2026.",
        }
    with time_machine.travel("2026-10-30 10:00:00+00:00", tick=False):
        assert "offer-saver-plus" in keys(decided(people, interaction))


def test_later_waits_for_its_day_and_then_comes_by_itself(people: Cast) -> None:
    with time_machine.travel("2026-11-03 10:00:00+00:00", tick=False):
        interaction = contact(people, people.ada)
        need = state(people, interaction)
        presenting.later(
            interaction=interaction,
            product=people.saver,
            by=people.sam,
            later_on=date(2026, 12, 1),
        )
        need.settle(to="unmet", by=people.sam)
    with time_machine.travel("2026-11-30 10:00:00+00:00", tick=False):
        interaction = contact(people, people.ada)
        assert excluded(decided(people, interaction))[0] == "applicability"
    with time_machine.travel("2026-12-01 10:00:00+00:00", tick=False):
        presenting.settle_reason(interaction=interaction, by=people.sam)
        offer = decided(people, interaction).results["ways"][1]
        assert offer["key"] == "offer-saver-plus"
        assert offer["why"] == "Asked on 3 Nov 2026 to be asked again"


def test_enough_offers_are_enough(people: Cast) -> None:
    state(people, None, people.ada)
    for index in range(3):
        draw(
            customer_id=people.ada.pk,
            purpose="marketing",
            channel="voice",
            what="offer",
            subject_id=index,
            limits=None,
            by=people.sam,
        )
    interaction = contact(people, people.ada)
    presenting.settle_reason(interaction=interaction, by=people.sam)
    row = locked(decided(people, interaction))
    assert (row["stage"], row["because"]) == (
        "contact_budget",
        "3 offers in 30 days are enough.",
    )
    state(people, interaction)  # they ask for it: then it is an answer
    assert "offer-saver-plus" in keys(decided(people, interaction))


def test_who_says_they_have_it_is_not_asked_again(people: Cast) -> None:
    interaction = contact(people, people.ada)
    state(people, interaction)
    presenting.already_has(interaction=interaction, product=people.saver, by=people.sam)
    stage, because = excluded(decided(people, interaction))
    assert stage == "eligibility"
    assert because.endswith("that they have it already.")


# --- The order ---------------------------------------------------------------------------------


def test_one_list_holds_requests_promises_questions_and_offers(people: Cast) -> None:
    state(people, None, people.ada)
    interaction = contact(people, people.ada)
    request = ServiceRequest.open_request(
        customer=people.ada,
        request_type=people.card_request,
        subject="Card not arrived",
        owner=people.sam,
        by=people.sam,
    )
    promise = Promise.make(
        customer=people.ada,
        text="Call back",
        due_at=timezone.now() + timedelta(days=3),
        owner=people.sam,
        by=people.sam,
    )
    presenting.settle_reason(interaction=interaction, by=people.sam)
    decision = decided(people, interaction)
    assert keys(decision) == [
        "question-what-changes",
        "offer-saver-plus",
        f"promise-{promise.pk}",
        f"request-{request.pk}",
    ]
    assert [entry["starts_with"] for entry in decision.results["ways"]] == ["q", "1", "2", "3"]


def test_what_is_late_stands_above_every_offer(people: Cast) -> None:
    interaction = contact(people, people.ada)
    state(people, interaction)
    request = ServiceRequest.open_request(
        customer=people.ada,
        request_type=people.card_request,
        subject="Card not arrived",
        owner=people.sam,
        by=people.sam,
    )
    before = decided(people, interaction)
    ServiceRequest.objects.filter(pk=request.pk).update(
        target_at=timezone.now() - timedelta(hours=1)
    )
    after = decided(people, interaction)
    assert keys(before).index(f"request-{request.pk}") > keys(before).index("offer-saver-plus")
    assert keys(after)[0] == f"request-{request.pk}"
    assert after.results["ways"][0]["moved"]["because"] == "Its time has passed"


def test_the_reason_without_a_date_asks_for_a_promise(people: Cast) -> None:
    interaction = contact(people, people.ada, reason=people.card_late)
    (entry,) = decided(people, interaction).results["ways"]
    assert entry["key"] == "to-promise-contact"
    assert entry["title"] == "Promise a date: Card not arrived"
    presenting.settle_reason(interaction=interaction, by=people.sam)
    assert decided(people, interaction).results["ways"] == []


def test_the_question_is_asked_until_it_is_answered_and_re_ranks_the_list(people: Cast) -> None:
    interaction = contact(people, people.ada)
    before = decided(people, interaction)
    question = before.results["ways"][0]
    assert question["key"] == "question-what-changes"
    assert question["why"] == "An answer can bring up Saver Plus"
    AnswerGiven.give(
        interaction=interaction, question=people.why, by=people.sam, answer=people.wants_return
    )
    after = decided(people, interaction)
    assert "question-what-changes" not in keys(after)
    assert after.results["ways"][0]["key"] == "offer-saver-plus"
    assert after.results["ways"][0]["moved"] == {
        "from": None,
        "because": "Answers “Better return”",
    }
    assert after.results["ways"][0]["why"] == "Better return: “I get more interest elsewhere”"


def test_the_question_that_changes_most_is_asked_first(people: Cast) -> None:
    other = DiscoveryQuestion.objects.create(
        code="how-is-it", text="How do you like it?", intents=["cancel"], position=1
    )
    DiscoveryAnswer.objects.create(question=other, position=1, text="Fine")
    publish(by=people.max, note="Another question")
    interaction = contact(people, people.ada)
    assert "question-what-changes" in keys(decided(people, interaction))
    AnswerGiven.give(
        interaction=interaction, question=people.why, by=people.sam, answer=people.wants_return
    )
    assert "question-how-is-it" in keys(decided(people, interaction))


def test_an_inferred_need_waits_for_service_like_an_older_one(people: Cast) -> None:
    interaction = contact(people, people.ada)
    Need.state(
        customer=people.ada,
        need_type=people.better_return,
        by=None,
        source=NeedSource.INFERRED,
        interaction=interaction,
    )
    assert locked(decided(people, interaction))["stage"] == "service_first"


def test_a_better_fit_ranks_higher(people: Cast) -> None:
    plain = Product.objects.create(
        code="saver-plain",
        name="Saver Plain",
        category=people.saver.category,
        summary="Savings.",
        terms={"rate": "4.10"},
        benefit_formula=people.saver.benefit_formula,
        benefit_sentence="{benefit}",
    )
    NeedFit.objects.create(product=plain, need_type=people.better_return, fit=Decimal("0.50"))
    fulfilment_of(people, plain)
    publish(by=people.max, note="A plain saver")
    interaction = contact(people, people.ada)
    state(people, interaction)
    offers = [key for key in keys(decided(people, interaction)) if key.startswith("offer")]
    assert offers == ["offer-saver-plus", "offer-saver-plain"]


def fulfilment_of(cast: Cast, product: Product) -> None:
    from service.models import Fulfilment, RequestType

    Fulfilment.objects.create(
        product=product,
        request_type=RequestType.objects.get(code="open-account"),
        promise_text="It is open",
        promise_days=1,
    )
