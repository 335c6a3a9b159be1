"""A decision is kept once, replays bit for bit, and is made quickly."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interactions.models import Interaction
from needs.models import AnswerGiven, Need
from offers import presenting
from offers.arbitration import ENGINE, canonical, decide_for, replay
from offers.benching import population, situation_of, timed
from offers.models import Decision
from offers.publishing import publish
from products.models import Product, ProductRule
from service.models import Promise, ServiceRequest
from tests.cast import Cast, contact

pytestmark = pytest.mark.django_db


def decided(cast: Cast, interaction: Interaction) -> Decision:
    return decide_for(customer=interaction.customer, interaction=interaction, by=cast.sam)


def busy_day(cast: Cast) -> list[Decision]:
    """A contact in which much happens, decided on after each event."""
    interaction = contact(cast, cast.ada)
    made = [decided(cast, interaction)]
    ServiceRequest.open_request(
        customer=cast.ada,
        request_type=cast.card_request,
        subject="Card “not” arrived – où est-elle?",
        owner=cast.sam,
        by=cast.sam,
    )
    made.append(decided(cast, interaction))
    AnswerGiven.give(
        interaction=interaction, question=cast.why, by=cast.sam, answer=cast.wants_return
    )
    made.append(decided(cast, interaction))
    Promise.make(
        customer=cast.ada,
        text="Call back",
        due_at=timezone.now() + timedelta(hours=2),
        owner=cast.sam,
        by=cast.sam,
    )
    made.append(decided(cast, interaction))
    presenting.accept(interaction=interaction, product=cast.saver, by=cast.sam)
    made.append(decided(cast, interaction))
    return made


def test_any_past_decision_replays_bit_for_bit(people: Cast) -> None:
    made = busy_day(people)
    Product.objects.filter(pk=people.saver.pk).update(benefit_formula="0", name="Other")
    ProductRule.objects.all().delete()
    publish(by=people.max, note="All is different")
    with time_machine.travel("2030-01-01"):
        for decision in Decision.objects.filter(pk__in=[one.pk for one in made]):
            assert canonical(replay(decision)) == canonical(decision.results)
    assert len({one.pk for one in made}) == 5


def test_an_unchanged_situation_is_not_decided_twice(people: Cast) -> None:
    interaction = contact(people, people.ada)
    first = decided(people, interaction)
    assert decided(people, interaction).pk == first.pk
    assert Decision.objects.count() == 1
    assert (first.engine, first.catalogue_number) == (ENGINE, 1)


def test_the_next_day_is_another_situation(people: Cast) -> None:
    interaction = contact(people, people.ada)
    with time_machine.travel("2026-11-23 10:00:00+00:00", tick=False):
        first = decided(people, interaction)
    with time_machine.travel("2026-11-24 10:00:00+00:00", tick=False):
        assert decided(people, interaction).pk != first.pk


def test_a_decision_is_never_rewritten(people: Cast) -> None:
    decision = decided(people, contact(people, people.ada))
    with pytest.raises(InternalError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(digest="0" * 64)
    decision.refresh_from_db()
    assert decision.digest != "0" * 64


def test_the_stored_decision_holds_no_name_or_number_of_the_customer(people: Cast) -> None:
    decision = decided(people, contact(people, people.ada))
    kept = json.dumps([decision.inputs, decision.results])
    assert "Ada" not in kept
    assert "7946" not in kept


def test_outside_of_a_contact_the_list_is_decided_too(people: Cast) -> None:
    Need.state(customer=people.ada, need_type=people.better_return, by=people.sam)
    decision = decide_for(customer=people.ada, interaction=None, by=None)
    assert [entry["key"] for entry in decision.results["ways"]] == ["offer-saver-plus"]
    assert decide_for(customer=people.ada, interaction=None, by=None).pk == decision.pk


def test_before_anything_is_published_what_is_owed_is_ranked(db: None) -> None:
    from tests import cast

    people = cast.assemble()
    interaction = contact(people, people.ada)
    decision = decided(people, interaction)
    assert decision.catalogue_number == 0
    assert [entry["kind"] for entry in decision.results["ways"]] == ["to_promise"]
    assert replay(decision) == decision.results


# The catalogue's number; facts, offers, requests, promises, what was seen last, needs and questions
# answered; the latest decision; then the new one, and the question beside it where that is another.
UNCHANGED = 10  # one of them for what was learned
DECIDING = UNCHANGED + 2


def test_deciding_takes_few_statements(people: Cast) -> None:
    decided(people, contact(people, people.ben))  # reads the catalogue into this process
    interaction = contact(people, people.ada)
    with CaptureQueriesContext(connection) as queries:
        decided(people, interaction)
    assert len(queries) == DECIDING, [query["sql"][:120] for query in queries]
    with CaptureQueriesContext(connection) as queries:
        decided(people, interaction)
    assert len(queries) == UNCHANGED


def test_more_rows_take_no_more_statements(people: Cast) -> None:
    interaction = contact(people, people.ada)
    decided(people, interaction)
    for index in range(5):
        request = ServiceRequest.open_request(
            customer=people.ada,
            request_type=people.card_request,
            subject=f"Card {index}",
            owner=people.sam,
            by=people.sam,
        )
        Promise.make(
            customer=people.ada,
            text="Call back",
            due_at=timezone.now() + timedelta(days=index + 1),
            owner=people.sam,
            by=people.sam,
            request=request,
        )
    with CaptureQueriesContext(connection) as queries:
        decided(people, interaction)
    assert len(queries) == UNCHANGED + 1, "the same question"


@pytest.mark.parametrize("offers", [300, 2500])
def test_a_large_catalogue_is_decided_on_whole(offers: int) -> None:
    """The speed is measured by `make bench`; here: all products end somewhere."""
    catalogue = population(offers)
    inputs = situation_of(catalogue)
    results = timed(catalogue, inputs, times=1).results
    ended = [code for row in results["excluded"] for code in row["products"]]
    ended += [row["product"] for row in results["locked"]]
    ended += [entry["product"] for entry in results["ways"] if entry["kind"] == "offer"]
    ended += [entry["product"] for entry in results["further"]]
    assert sorted(ended) == sorted(catalogue.by_code)


def test_scores_are_figures_not_floats(people: Cast) -> None:
    for entry in decided(people, contact(people, people.ada)).results["ways"]:
        assert Decimal(entry["score"]).as_tuple().exponent == -4
