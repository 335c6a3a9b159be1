"""Requests and promises from the desk: made, moved, kept; refused with nothing changed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from service.models import Promise, PromiseStatus, RequestStatus, ServiceRequest
from tests.cast import Cast, assemble, contact

pytestmark = pytest.mark.django_db
IN_AN_HOUR = timedelta(hours=1)


@pytest.fixture
def cast() -> Cast:
    return assemble()


@pytest.fixture
def sam(cast: Cast, client: Client) -> Client:
    client.force_login(cast.sam)
    return client


@pytest.fixture
def request_(cast: Cast) -> ServiceRequest:
    return ServiceRequest.open_request(
        customer=cast.ada,
        request_type=cast.card_request,
        subject="Card not arrived",
        owner=cast.sam,
        by=cast.sam,
    )


def a_promise(cast: Cast, request: ServiceRequest | None = None) -> Promise:
    return Promise.make(
        customer=cast.ada,
        request=request,
        text="It is sent",
        due_at=timezone.now() + IN_AN_HOUR,
        owner=cast.sam,
        by=cast.sam,
    )


def test_a_promise_is_made_in_this_contact(cast: Cast, sam: Client) -> None:
    interaction = contact(cast, cast.ada)
    address = reverse("service:promising", args=[cast.ada.pk])
    due_at = (timezone.localtime() + IN_AN_HOUR).strftime("%Y-%m-%dT%H:%M")
    answer = sam.post(
        f"{address}?interaction={interaction.pk}", {"text": "A call back", "due_at": due_at}
    )
    assert "Promised: A call back" in answer.content.decode()
    made = Promise.objects.get()
    assert (made.interaction, made.owner, made.status) == (interaction, cast.sam, "open")


def test_a_usual_time_is_one_choice(cast: Cast, sam: Client) -> None:
    address = reverse("service:promising", args=[cast.ada.pk])
    choice = sam.get(address).context["form"].fields["when"].choices[0][0]
    assert sam.post(address, {"text": "A call back", "when": choice}).status_code == 200
    assert timedelta(0) < Promise.objects.get().due_at - timezone.now() <= IN_AN_HOUR


@pytest.mark.parametrize("due_at", ["2020-01-01T10:00", "soon", ""])
def test_a_promise_without_a_time_to_come_is_refused(cast: Cast, sam: Client, due_at: str) -> None:
    address = reverse("service:promising", args=[cast.ada.pk])
    answer = sam.post(address, {"text": "A call back", "due_at": due_at})
    assert answer.status_code == 422
    assert Promise.objects.count() == 0


def test_a_promise_cannot_hang_on_another_customers_request_or_contact(
    cast: Cast, sam: Client, request_: ServiceRequest
) -> None:
    address = reverse("service:promising", args=[cast.ben.pk])
    typed = {"text": "x", "when": "", "request": request_.pk}
    assert sam.post(address, typed).status_code == 422
    elsewhere = contact(cast, cast.ada)
    assert sam.post(f"{address}?interaction={elsewhere.pk}", typed).status_code == 404
    assert Promise.objects.count() == 0


def test_a_request_is_opened_owned_and_given_away(cast: Cast, sam: Client) -> None:
    address = reverse("service:opening", args=[cast.ada.pk])
    sam.post(address, {"request_type": cast.card_request.pk, "subject": "Find the card"})
    opened = ServiceRequest.objects.get()
    assert opened.owner == cast.sam
    sam.post(reverse("service:ownership", args=[opened.pk]), {"owner": cast.rae.pk})
    refused = sam.post(reverse("service:ownership", args=[opened.pk]), {"owner": cast.stranger.pk})
    assert refused.status_code == 422
    opened.refresh_from_db()
    assert opened.owner == cast.rae


def test_a_request_is_not_resolved_over_an_open_promise(
    cast: Cast, sam: Client, request_: ServiceRequest
) -> None:
    promise = a_promise(cast, request_)
    address = reverse("service:progress", args=[request_.pk])
    refused = sam.post(address, {"to": "resolved"}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "still open on this request" in refused.content.decode()
    request_.refresh_from_db()
    assert request_.status == RequestStatus.OPEN
    sam.post(reverse("service:keeping", args=[promise.pk]))
    assert sam.post(address, {"to": "resolved", "note": "Found"}).status_code == 200
    request_.refresh_from_db()
    assert request_.status == RequestStatus.RESOLVED


def test_keeping_a_promise_twice_keeps_it_once(cast: Cast, sam: Client) -> None:
    address = reverse("service:keeping", args=[a_promise(cast).pk])
    assert [sam.post(address).status_code for _ in range(2)] == [200, 409]
    assert Promise.objects.get().status == PromiseStatus.KEPT


def test_a_promise_is_withdrawn_only_with_a_reason(cast: Cast, sam: Client) -> None:
    promise = a_promise(cast)
    address = reverse("service:withdrawal", args=[promise.pk])
    assert sam.post(address, {"because": " "}).status_code == 422
    promise.refresh_from_db()
    assert promise.status == PromiseStatus.OPEN
    assert sam.post(address, {"because": "It came by itself"}).status_code == 200
    promise.refresh_from_db()
    assert promise.status == PromiseStatus.WITHDRAWN


def test_another_teams_requests_and_promises_are_not_there(
    cast: Cast, client: Client, request_: ServiceRequest
) -> None:
    promise = a_promise(cast, request_)
    client.force_login(cast.stranger)
    for route, pk in [
        ("service:progress", request_.pk),
        ("service:ownership", request_.pk),
        ("service:keeping", promise.pk),
        ("service:withdrawal", promise.pk),
        ("service:promising", cast.ada.pk),
        ("service:opening", cast.ada.pk),
    ]:
        typed = {"to": "resolved", "because": "x", "text": "x", "owner": cast.sam.pk}
        assert client.post(reverse(route, args=[pk]), typed).status_code == 404
    request_.refresh_from_db()
    promise.refresh_from_db()
    assert (request_.status, promise.status) == ("open", "open")
    assert (ServiceRequest.objects.count(), Promise.objects.count()) == (1, 1)
