"""A list costs the same statements for three rows as for thirty, and filters what it says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from customers.models import Customer
from interactions.models import Interaction
from needs.models import Need
from service.models import Promise, ServiceRequest
from tests.cast import Cast, contact


def one_of_each(cast: Cast, number: int) -> None:
    person = Customer.objects.create(team=cast.team, name=f"Number {number}")
    interaction = contact(cast, person)
    Need.state(customer=person, need_type=cast.better_return, by=cast.sam, interaction=interaction)
    request = ServiceRequest.open_request(
        customer=person,
        request_type=cast.card_request,
        subject="Card not arrived",
        owner=cast.sam,
        by=cast.sam,
        product=cast.current,
    )
    Promise.make(
        customer=person,
        text="The card arrives",
        due_at=timezone.now() + timedelta(days=1),
        owner=cast.sam,
        by=cast.sam,
        request=request,
        product=cast.current,
    )


def statements(client: APIClient, noun: str) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(f"/api/v1/{noun}/")
    return len(asked), len(answer.json()["results"])


@pytest.mark.parametrize(
    "noun", ["customers", "interactions", "needs", "service-requests", "promises"]
)
def test_a_list_costs_three_statements_however_long_it_is(
    cast: Cast, sam: APIClient, noun: str
) -> None:
    for number in range(3):
        one_of_each(cast, number)
    few, _ = statements(sam, noun)
    for number in range(30):
        one_of_each(cast, number)
    many, rows = statements(sam, noun)
    assert (few, many) == (3, 3)  # the token with its user, the teams, the page
    assert rows >= 30


def test_filters_narrow_what_they_name(cast: Cast, sam: APIClient) -> None:
    one_of_each(cast, 1)
    closed = contact(cast, cast.ada)
    closed.close(by=cast.sam, wrap_up_code=cast.helped, summary="Done")
    waiting = Interaction.open_contact(customer=cast.ben, by=None, channel="chat")

    def ids(**asked: str) -> set[int]:
        answer = sam.get("/api/v1/interactions/", asked)
        assert answer.status_code == 200, answer.json()
        return {row["id"] for row in answer.json()["results"]}

    assert ids(is_open="false") == {closed.pk}
    assert ids(channel="chat") == {waiting.pk}
    assert ids(customer=str(cast.ada.pk)) == {closed.pk}
    assert ids(opened_before="2020-01-01T00:00:00Z") == set()
    assert ids(contact_reason="close-account", is_open="false") == {closed.pk}


@pytest.mark.parametrize(
    "asked",
    [
        {"customer": "x"},
        {"customer": "9" * 30},
        {"customer": "9" * 100_000},
        {"customer": "1\x00"},
        {"is_open": "perhaps"},
        {"channel": "pigeon"},
        {"opened_from": "soon"},
        {"opened_from": "9999-12-31T23:59:59-14:00"},
        {"opened_from": "0001-01-01T00:00:00+14:00"},
        {"contact_reason": "x" * 51},
        {"contact_reason": "a\x00"},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_by_its_name(
    cast: Cast, sam: APIClient, asked: dict[str, str]
) -> None:
    answer = sam.get("/api/v1/interactions/", asked)
    assert (answer.status_code, list(answer.json())) == (400, list(asked))
