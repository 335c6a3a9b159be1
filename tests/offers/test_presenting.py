"""What customers say to offers: each answer has its effect once, or none at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.models import AuditEntry, User
from interactions.models import Interaction, InteractionClosed, TimelineEntry
from needs.models import Need, NeedFit
from offers import presenting
from offers.arbitration import decide_for
from offers.models import Decision, Offer
from offers.publishing import publish
from products.models import Product
from service.models import Fulfilment, Promise, ServiceRequest
from tests import cast as casting
from tests.cast import Cast, contact

TABLES = (Offer, ServiceRequest, Promise, TimelineEntry, AuditEntry, Decision)


def in_need(cast: Cast) -> Interaction:
    interaction = contact(cast, cast.ada)
    Need.state(
        customer=cast.ada,
        need_type=cast.better_return,
        by=cast.sam,
        strength=Decimal("0.9"),
        evidence="more interest",
        interaction=interaction,
    )
    return interaction


def counts() -> list[int]:
    return [table.objects.count() for table in TABLES]


@pytest.mark.django_db
@time_machine.travel("2026-11-23 10:00:00+00:00", tick=False)
def test_accepting_starts_the_request_makes_the_promise_and_meets_the_need(people: Cast) -> None:
    interaction = in_need(people)
    offer = presenting.accept(interaction=interaction, product=people.saver, by=people.sam)
    offer.refresh_from_db()
    request, promise = offer.request, offer.promise
    assert request is not None
    assert promise is not None
    assert (offer.status, offer.benefit, offer.currency) == ("accepted", Decimal("348.50"), "GBP")
    assert offer.benefit_sentence == "£8,500.00 × (4.10 % − 0.00 %) = £348.50 a year"
    assert offer.decision is not None
    assert (offer.answered_by, offer.answered_at) == (people.sam, timezone.now())
    assert (request.request_type.code, request.owner) == ("open-account", people.sam)
    assert (promise.text, promise.request) == (
        "Your Saver Plus is open and shown in the app",
        request,
    )
    assert promise.due_at == timezone.now() + timedelta(days=1)
    need = Need.objects.get()
    assert (need.status, need.settled_in) == ("met", interaction)
    titles = list(TimelineEntry.objects.values_list("title", flat=True))
    assert "Offer accepted: Saver Plus" in titles
    entry = AuditEntry.objects.get(verb="offer accepted")
    assert entry.detail == {"product": "saver-plus", "decision": offer.decision_id}
    latest = Decision.objects.newest().first()
    assert latest is not None
    assert [way["key"] for way in latest.results["ways"]] == [
        "question-what-changes",
        "to-promise-contact",
        f"request-{request.pk}",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "words", "status"),
    [
        (presenting.decline, {"because": "too long tied up"}, "declined"),
        (presenting.later, {"later_on": timezone.localdate() + timedelta(days=9)}, "later"),
        (presenting.already_has, {}, "already_has"),
        (presenting.not_relevant, {}, "not_relevant"),
        (presenting.would_need, {"words": "a card with it"}, "would_need"),
    ],
)
def test_every_other_answer_is_kept_and_the_product_leaves_the_list(
    people: Cast, verb: Callable[..., Offer], words: dict[str, object], status: str
) -> None:
    interaction = in_need(people)
    offer = verb(interaction=interaction, product=people.saver, by=people.sam, **words)
    assert offer.status == status
    assert offer.because in ("", *words.values())
    assert Need.objects.get().status == "open"
    assert ServiceRequest.objects.count() == Promise.objects.count() == 0
    latest = Decision.objects.newest().first()
    assert latest is not None
    assert "offer-saver-plus" not in [way["key"] for way in latest.results["ways"]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "words"),
    [
        (presenting.decline, {"because": "  "}),
        (presenting.later, {"later_on": timezone.localdate()}),
        (presenting.later, {"later_on": date(2020, 1, 1)}),
        (presenting.would_need, {"words": ""}),
    ],
)
def test_an_answer_without_what_it_needs_changes_nothing(
    people: Cast, verb: Callable[..., Offer], words: dict[str, object]
) -> None:
    interaction = in_need(people)
    before = counts()
    with pytest.raises(RuleBroken):
        verb(interaction=interaction, product=people.saver, by=people.sam, **words)
    assert counts() == before


@pytest.mark.django_db
def test_a_product_that_is_not_open_to_offer_is_refused_and_nothing_changes(people: Cast) -> None:
    interaction = in_need(people)
    people.ada.holdings.update(balance=0)
    before = counts()
    with pytest.raises(presenting.NotOpenToOffer) as refused:
        presenting.accept(interaction=interaction, product=people.saver, by=people.sam)
    assert "Gains the customer nothing" in str(refused.value)
    assert counts() == before
    assert Need.objects.get().status == "open"


@pytest.mark.django_db
def test_what_was_open_a_minute_ago_is_judged_again_at_the_moment_of_acting(people: Cast) -> None:
    interaction = in_need(people)
    decision = decide_for(customer=people.ada, interaction=interaction, by=people.sam)
    assert "offer-saver-plus" in [way["key"] for way in decision.results["ways"]]
    ServiceRequest.open_request(
        customer=people.ada,
        request_type=people.complaint_request,
        subject="Nobody called",
        owner=people.sam,
        by=people.sam,
    )
    before = counts()
    with pytest.raises(presenting.NotOpenToOffer):
        presenting.accept(interaction=interaction, product=people.saver, by=people.sam)
    assert counts() == before


@pytest.mark.django_db
def test_a_product_outside_the_catalogue_is_refused(people: Cast) -> None:
    interaction = in_need(people)
    draft = Product.objects.create(
        code="draft",
        name="Draft",
        category=people.saver.category,
        summary="…",
        benefit_formula="100",
        benefit_sentence="…",
    )
    NeedFit.objects.create(product=draft, need_type=people.better_return, fit=1)
    with pytest.raises(presenting.NotOpenToOffer) as refused:
        presenting.accept(interaction=interaction, product=draft, by=people.sam)
    assert "not in the catalogue" in str(refused.value)


@pytest.mark.django_db
def test_a_wrapped_up_contact_takes_no_answers(people: Cast) -> None:
    interaction = in_need(people)
    interaction.close(by=people.sam, wrap_up_code=people.helped, summary="Done")
    before = counts()
    with pytest.raises(InteractionClosed):
        presenting.accept(interaction=interaction, product=people.saver, by=people.sam)
    assert counts() == before


@pytest.mark.django_db
def test_what_ranks_below_the_list_can_be_accepted_too(people: Cast) -> None:
    for number in range(6):
        product = Product.objects.create(
            code=f"saver-{number}",
            name=f"Saver {number}",
            category=people.saver.category,
            summary="…",
            terms={"rate": f"5.{number}"},
            benefit_formula=people.saver.benefit_formula,
            benefit_sentence="{idle_balance} at {rate} %: {benefit}",
        )
        NeedFit.objects.create(product=product, need_type=people.better_return, fit=1)
        fulfilment = Fulfilment.objects.get(product=people.saver)
        Fulfilment.objects.create(
            product=product,
            request_type=fulfilment.request_type,
            promise_text="It is open",
            promise_days=1,
        )
    publish(by=people.max, note="Many savers")
    interaction = in_need(people)
    decision = decide_for(customer=people.ada, interaction=interaction, by=people.sam)
    assert [row["product"] for row in decision.results["further"]] == ["saver-0", "saver-plus"]
    offer = presenting.accept(
        interaction=interaction, product=Product.objects.get(code="saver-0"), by=people.sam
    )
    assert offer.benefit_sentence == "£8,500.00 at 5.00 %: £425.00"


# --- Two at once ------------------------------------------------------------------------------


@pytest.fixture
def crowd(transactional_db: None) -> Iterator[Cast]:
    assembled = casting.assemble()
    publish(by=assembled.max, note="The first catalogue")
    yield assembled
    connection.close()


def at_once(*verbs: Callable[[], object]) -> list[object]:
    """Run the verbs at the same moment, each on a connection of its own."""
    barrier = Barrier(len(verbs))

    def run(verb: Callable[[], object]) -> object:
        try:
            barrier.wait(10)
            return verb()
        except RuleBroken as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


def accepting(interaction: Interaction, product: Product, by: User) -> Callable[[], Offer]:
    return lambda: presenting.accept(interaction=interaction, product=product, by=by)


def test_two_agents_accept_the_same_offer_and_one_wins(crowd: Cast) -> None:
    interaction = in_need(crowd)
    ended = at_once(
        accepting(interaction, crowd.saver, crowd.sam),
        accepting(interaction, crowd.saver, crowd.rae),
        accepting(interaction, crowd.saver, crowd.sam),
    )
    assert sorted(type(one).__name__ for one in ended) == ["AnsweredAlready"] * 2 + ["Offer"]
    assert all(one.status_code == 409 for one in ended if isinstance(one, Conflict))
    assert Offer.objects.count() == ServiceRequest.objects.count() == Promise.objects.count() == 1
    assert AuditEntry.objects.filter(verb="offer accepted").count() == 1
    assert TimelineEntry.objects.filter(title="Offer accepted: Saver Plus").count() == 1


def test_the_same_customer_in_two_contacts_gets_the_product_once(crowd: Cast) -> None:
    first, second = in_need(crowd), in_need(crowd)
    ended = at_once(
        accepting(first, crowd.saver, crowd.sam), accepting(second, crowd.saver, crowd.rae)
    )
    assert sum(isinstance(one, Offer) for one in ended) == 1
    assert sum(isinstance(one, RuleBroken) for one in ended) == 1
    assert Offer.objects.count() == ServiceRequest.objects.count() == Promise.objects.count() == 1


def test_one_accepts_while_the_other_declines_and_one_answer_stands(crowd: Cast) -> None:
    interaction = in_need(crowd)
    ended = at_once(
        accepting(interaction, crowd.saver, crowd.sam),
        lambda: presenting.decline(
            interaction=interaction, product=crowd.saver, by=crowd.rae, because="no"
        ),
    )
    assert sum(isinstance(one, Offer) for one in ended) == 1
    assert Offer.objects.count() == 1
    accepted = Offer.objects.get().status == "accepted"
    assert ServiceRequest.objects.count() == (1 if accepted else 0)


def test_two_publications_at_once_make_one_version(crowd: Cast) -> None:
    Product.objects.filter(pk=crowd.saver.pk).update(name="Saver Double")
    ended = at_once(*[lambda: publish(by=crowd.max, note="Twice")] * 3)
    assert sum(isinstance(one, RuleBroken) for one in ended) == 2
    from products.models import CatalogueVersion

    assert list(CatalogueVersion.objects.values_list("number", flat=True)) == [2, 1]
