"""The panel and its verbs, the preview and the publication: who may, and what it does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from interactions.models import Interaction
from needs.models import Need
from offers.arbitration import decide_for
from offers.models import Decision, Offer, ReasonSettled
from offers.publishing import publish
from products.models import Product
from service.models import Promise, ServiceRequest
from tests.cast import Cast, contact
from tests.offers.test_presenting import in_need

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def as_(user: User) -> Client:
    client = Client(headers=HTMX)
    client.force_login(user, backend="accounts.backends.RoleBackend")
    return client


def address(name: str, interaction: Interaction, *more: str) -> str:
    return reverse(f"offers:{name}", args=[interaction.pk, *more])


def decided(cast: Cast) -> Interaction:
    interaction = in_need(cast)
    decide_for(customer=cast.ada, interaction=interaction, by=cast.sam)
    return interaction


def test_the_panel_reads_the_stored_decision_and_writes_nothing(people: Cast) -> None:
    interaction = decided(people)
    client = as_(people.sam)
    client.get(address("ways", interaction))
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address("ways", interaction)).content.decode()
    statements = [query["sql"] for query in queries if "accounts_user" not in query["sql"]]
    assert len(statements) == 2, statements  # the contact, the decision
    assert not any(sql.startswith(("INSERT", "UPDATE", "DELETE")) for sql in statements)
    assert 'id="panel-offers-ways"' in page
    assert "Saver Plus" in page
    assert "£348.50 a year" in page
    assert "more interest" in page
    assert 'data-key="1"' in page
    assert "load, submit" not in page
    assert Decision.objects.count() == 1


def test_a_contact_that_was_never_decided_on_asks_for_it(people: Cast) -> None:
    interaction = contact(people, people.ada)
    client = as_(people.sam)
    page = client.get(address("ways", interaction)).content.decode()
    assert address("decision", interaction) in page
    assert Decision.objects.count() == 0
    page = client.post(address("decision", interaction)).content.decode()
    assert "What is changing for you?" in page
    assert "load, submit" not in page
    assert Decision.objects.count() == 1


def is_stale(client: Client, interaction: Interaction) -> bool:
    return "load, submit" in client.get(address("ways", interaction)).content.decode()


def test_whatever_happens_makes_the_list_stale_until_it_is_ranked_again(people: Cast) -> None:
    interaction = decided(people)
    client = as_(people.sam)
    assert not is_stale(client, interaction)

    def happens() -> None:
        assert is_stale(client, interaction)
        client.post(address("decision", interaction))
        assert not is_stale(client, interaction)

    ServiceRequest.open_request(
        customer=people.ada,
        request_type=people.card_request,
        subject="Card not arrived",
        owner=people.sam,
        by=people.sam,
    )
    happens()
    people.ada.mark_vulnerable(by=people.una, because="illness")
    happens()
    interaction.give_reason(by=people.sam, contact_reason=people.card_late)
    happens()
    ServiceRequest.objects.update(target_at=timezone.now() - timedelta(seconds=2))
    Decision.objects.count()
    Product.objects.filter(pk=people.saver.pk).update(name="Saver Double")
    publish(by=people.max, note="A new name")
    happens()


def test_a_request_whose_time_passes_makes_the_list_stale(people: Cast) -> None:
    import time_machine

    with time_machine.travel("2026-11-23 10:00:00+00:00", tick=False):
        interaction = contact(people, people.ada)
        Promise.make(
            customer=people.ada,
            text="Call back",
            due_at=timezone.now() + timedelta(minutes=30),
            owner=people.sam,
            by=people.sam,
        )
        decide_for(customer=people.ada, interaction=interaction, by=people.sam)
        client = as_(people.sam)
        assert not is_stale(client, interaction)
    with time_machine.travel("2026-11-23 10:31:00+00:00", tick=False):
        assert is_stale(client, interaction)
        client.post(address("decision", interaction))
        assert not is_stale(client, interaction)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"answer": "accepted"}, "accepted"),
        ({"answer": "declined", "because": "too complicated"}, "declined"),
        ({"answer": "later", "later_on": str(timezone.localdate() + timedelta(days=30))}, "later"),
        ({"answer": "already_has"}, "already_has"),
        ({"answer": "not_relevant"}, "not_relevant"),
        ({"answer": "would_need", "words": "a card with it"}, "would_need"),
    ],
)
def test_every_answer_to_an_offer_renders_the_panel_again(
    people: Cast, said: dict[str, str], status: str
) -> None:
    interaction = decided(people)
    response = as_(people.sam).post(address("outcome", interaction, "saver-plus"), said)
    assert response.status_code == 200
    assert 'id="way-offer-saver-plus"' not in response.content.decode()
    assert Offer.objects.get().status == status


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"answer": "presented"},
        {"answer": "sold"},
        {"answer": "declined"},
        {"answer": "declined", "because": "x" * 201},
        {"answer": "later"},
        {"answer": "later", "later_on": "soon"},
        {"answer": "later", "later_on": "2020-01-01"},
        {"answer": "would_need", "words": "   "},
    ],
)
def test_an_answer_that_makes_no_sense_is_refused_and_changes_nothing(
    people: Cast, said: dict[str, str]
) -> None:
    interaction = decided(people)
    response = as_(people.sam).post(address("outcome", interaction, "saver-plus"), said)
    assert response.status_code == 422
    assert Offer.objects.count() == 0


def test_an_unsuitable_product_by_direct_post_is_refused_in_words(people: Cast) -> None:
    people.ada.holdings.update(balance=0)
    interaction = decided(people)
    before = AuditEntry.objects.count()
    response = as_(people.sam).post(
        address("outcome", interaction, "saver-plus"), {"answer": "accepted"}
    )
    assert response.status_code == 422
    assert "Gains the customer nothing" in response.content.decode()
    assert Offer.objects.count() == ServiceRequest.objects.count() == Promise.objects.count() == 0
    assert AuditEntry.objects.count() == before


def test_the_second_answer_is_a_conflict(people: Cast) -> None:
    interaction = decided(people)
    target = address("outcome", interaction, "saver-plus")
    as_(people.sam).post(target, {"answer": "accepted"})
    response = as_(people.rae).post(target, {"answer": "accepted"})
    assert response.status_code == 409
    assert "answered already by Sam" in response.content.decode()
    assert Offer.objects.count() == ServiceRequest.objects.count() == 1


def test_without_htmx_the_desk_is_shown_again(people: Cast) -> None:
    interaction = decided(people)
    client = as_(people.sam)
    client.defaults.pop("HTTP_HX_REQUEST", None)
    response = Client.post(client, address("settlement", interaction), headers={"HX-Request": ""})
    assert response.status_code == 302
    assert response["Location"] == reverse("console:contact", args=[interaction.pk])


def test_settling_the_reason_unlocks_what_waits(people: Cast) -> None:
    Need.state(customer=people.ada, need_type=people.better_return, by=people.sam)
    interaction = contact(people, people.ada, reason=people.card_late)
    client = as_(people.sam)
    page = client.post(address("decision", interaction)).content.decode()
    assert "1 waits until “Card not arrived” is done or has a date" in page
    others = client.get(address("others", interaction)).content.decode()
    assert "1 waits · Service first: until “Card not arrived” is done or has a date" in others
    assert "Saver Plus" not in others
    named = client.get(address("others", interaction), {"product": "saver"}).content.decode()
    assert "First what the customer got in touch for" in named
    page = client.post(address("settlement", interaction)).content.decode()
    assert "Unlocked: what they came for is done" in page
    assert ReasonSettled.objects.get().by == people.sam


def test_why_not_tells_what_is_excluded_from_the_stored_decision(people: Cast) -> None:
    people.ada.holdings.update(balance=0)
    interaction = decided(people)
    Product.objects.filter(pk=people.saver.pk).update(name="Other name")
    with CaptureQueriesContext(connection) as queries:
        page = as_(people.sam).get(address("others", interaction)).content.decode()
    assert "Saver Plus" not in page
    assert "1 is not in this customer's interest. Ask by name why." in page
    assert "1 more answers no open need" in page
    assert not any("offers_offer" in query["sql"] for query in queries)
    named = as_(people.sam).get(address("others", interaction), {"product": "Saver"})
    assert "Saver Plus" in named.content.decode()
    assert "Gains the customer nothing; at least £10.00 a year is asked." in named.content.decode()
    assert "Nothing that the customer could change." in named.content.decode()


@pytest.mark.parametrize(
    ("name", "more", "method"),
    [
        ("ways", [], "get"),
        ("others", [], "get"),
        ("decision", [], "post"),
        ("settlement", [], "post"),
        ("outcome", ["saver-plus"], "post"),
    ],
)
def test_another_teams_contact_does_not_exist(
    people: Cast, name: str, more: list[str], method: str
) -> None:
    interaction = decided(people)
    response = getattr(as_(people.stranger), method)(
        address(name, interaction, *more), {"answer": "accepted"}
    )
    assert response.status_code == 404
    assert Offer.objects.count() == ReasonSettled.objects.count() == 0
    assert Decision.objects.count() == 1
    for role in (people.sam, people.una, people.max):
        assert getattr(as_(role), method)(address(name, interaction, *more), {}).status_code != 404


@pytest.mark.parametrize("name", ["decision", "settlement", "outcome"])
def test_what_changes_state_is_never_a_get(people: Cast, name: str) -> None:
    interaction = decided(people)
    more = ["saver-plus"] if name == "outcome" else []
    assert as_(people.sam).get(address(name, interaction, *more)).status_code == 405
