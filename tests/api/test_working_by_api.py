"""A contact from opening to follow-up by the API, with the same rules as on the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from followups.models import Attempt, FollowUp, FollowUpStatus
from interactions.models import Interaction
from needs.models import Need
from offers.models import Decision, Offer
from service.models import Promise, ServiceRequest
from tests.api.conftest import Login
from tests.cast import Cast, contact


def opened(cast: Cast, client: APIClient) -> str:
    body = {"customer": cast.ada.pk, "channel": "voice", "contact_reason": "close-account"}
    answer = client.post("/api/v1/interactions/", body)
    assert answer.status_code == 201, answer.json()
    return f"/api/v1/interactions/{answer.json()['id']}/"


def test_a_contact_from_opening_to_its_follow_up(cast: Cast, sam: APIClient) -> None:
    address = opened(cast, sam)
    answered = sam.post(address + "discovery-answers/", {"question": "what-changes", "answer": 1})
    assert answered.status_code == 201, answered.json()
    assert answered.json()["need"]["need_type"] == "better-return"
    decided = sam.post(address + "ways-to-help/")
    assert decided.status_code == 201
    offered = [way for way in decided.json()["results"]["ways"] if way["kind"] == "offer"]
    assert [way["product"] for way in offered] == ["saver-plus"]
    accepted = sam.post(address + "offers/saver-plus/acceptance/")
    assert accepted.status_code == 201, accepted.json()
    assert accepted.json()["status"] == "accepted"
    assert Promise.objects.get(pk=accepted.json()["promise"]).status == "open"
    closed = sam.post(
        address + "closure/", {"wrap_up_code": "helped", "summary": "Saver Plus opened"}
    )
    assert closed.status_code == 201, closed.json()
    assert FollowUp.objects.get().interaction_id == closed.json()["id"]
    again = sam.post(address + "closure/", {"wrap_up_code": "helped", "summary": "Again"})
    assert (again.status_code, again.json()["code"]) == (409, "InteractionClosed")
    assert FollowUp.objects.count() == 1


def test_a_stated_need_left_open_stops_the_closure_until_it_has_a_reason(
    cast: Cast, sam: APIClient
) -> None:
    address = opened(cast, sam)
    need = sam.post(
        "/api/v1/needs/",
        {
            "customer": cast.ada.pk,
            "interaction": int(address.split("/")[-2]),
            "need_type": "better-return",
            "evidence": "I get more elsewhere",
        },
    ).json()
    body: dict[str, Any] = {"wrap_up_code": "helped", "summary": "Talked"}
    refused = sam.post(address + "closure/", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "NeedsLeftOpen")
    assert not FollowUp.objects.exists()
    body["needs"] = [{"need": need["id"], "how": "reason", "because": "Wants to think"}]
    assert sam.post(address + "closure/", body).status_code == 201
    assert Need.objects.get().status == "missed"  # Saver Plus would have met it


def test_an_unsuitable_product_is_not_accepted_by_posting_it(cast: Cast, sam: APIClient) -> None:
    address = opened(cast, sam)
    before = AuditEntry.objects.count()
    for _ in range(2):
        refused = sam.post(address + "offers/everyday-account/acceptance/")
        assert (refused.status_code, refused.json()["code"]) == (422, "NotOpenToOffer")
    assert (Offer.objects.count(), ServiceRequest.objects.count()) == (0, 0)
    assert AuditEntry.objects.count() == before


def test_why_not_tells_the_reason(cast: Cast, sam: APIClient) -> None:
    address = opened(cast, sam)
    assert sam.get(address + "ways-to-help/").status_code == 404
    sam.post(address + "ways-to-help/")
    answer = sam.get(address + "ways-to-help/why-not/", {"product": "saver-plus"}).json()
    assert answer["is_listed"] is False
    assert answer["because"]
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("answer", "body", "status"),
    [
        ("decline", {"because": "No"}, "declined"),
        ("later", {"later_on": f"{timezone.localdate() + timedelta(days=60)}"}, "later"),
        ("already-has", {}, "already_has"),
        ("not-relevant", {}, "not_relevant"),
        ("would-need", {"words": "A fixed rate"}, "would_need"),
    ],
)
def test_each_answer_to_an_offer(
    cast: Cast, sam: APIClient, answer: str, body: dict[str, str], status: str
) -> None:
    address = opened(cast, sam)
    sam.post(address + "discovery-answers/", {"question": "what-changes", "answer": 1})
    given = sam.post(f"{address}offers/saver-plus/{answer}/", body)
    assert given.status_code == 201, given.json()
    assert given.json()["status"] == status
    listed = sam.get("/api/v1/offers/", {"status": status}).json()["results"]
    assert [row["id"] for row in listed] == [given.json()["id"]]


def test_a_later_date_that_is_past_is_refused(cast: Cast, sam: APIClient) -> None:
    address = opened(cast, sam)
    sam.post(address + "discovery-answers/", {"question": "what-changes", "answer": 1})
    refused = sam.post(f"{address}offers/saver-plus/later/", {"later_on": "2020-01-01"})
    assert (refused.status_code, refused.json()["code"]) == (422, "LaterIsPast")
    assert not Offer.objects.exists()


def test_a_request_is_opened_moved_and_given(cast: Cast, sam: APIClient) -> None:
    made = sam.post(
        "/api/v1/service-requests/",
        {"customer": cast.ada.pk, "request_type": "card", "subject": "Card not arrived"},
    )
    assert made.status_code == 201, made.json()
    address = f"/api/v1/service-requests/{made.json()['id']}/"
    moved = sam.post(address + "steps/", {"to": "in_progress", "note": "Asked the printer"})
    assert (moved.status_code, moved.json()["status"]) == (201, "in_progress")
    assert sam.post(address + "steps/", {"to": "closed"}).status_code == 409
    given = sam.post(address + "ownership/", {"owner": cast.rae.pk})
    assert given.json()["owner"] == cast.rae.pk
    steps = [step["to_status"] for step in sam.get(address + "steps/").json()]
    assert steps == ["open", "in_progress"]


def test_a_request_is_given_to_nobody_of_another_team(cast: Cast, sam: APIClient) -> None:
    request = sam.post(
        "/api/v1/service-requests/",
        {"customer": cast.ada.pk, "request_type": "card", "subject": "Card not arrived"},
    ).json()
    address = f"/api/v1/service-requests/{request['id']}/ownership/"
    assert sam.post(address, {"owner": cast.stranger.pk}).status_code == 400
    assert ServiceRequest.objects.get().owner == cast.sam


def test_a_promise_in_the_past_is_refused_and_nothing_is_written(
    cast: Cast, sam: APIClient
) -> None:
    before = AuditEntry.objects.count()
    body = {"customer": cast.ada.pk, "text": "The card", "due_at": "2020-01-01T12:00:00Z"}
    refused = sam.post("/api/v1/promises/", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "PromiseInThePast")
    assert (Promise.objects.count(), AuditEntry.objects.count()) == (0, before)


@pytest.mark.parametrize(
    "due_at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "soon", 5, None]
)
def test_a_time_that_makes_no_sense_is_refused(cast: Cast, sam: APIClient, due_at: object) -> None:
    body = {"customer": cast.ada.pk, "text": "The card", "due_at": due_at}
    assert list(sam.post("/api/v1/promises/", body).json()) == ["due_at"]
    assert not Promise.objects.exists()


def test_promises_are_kept_and_withdrawn_once(cast: Cast, sam: APIClient) -> None:
    due_at = (timezone.now() + timedelta(days=1)).isoformat()
    body = {"customer": cast.ada.pk, "text": "The card", "due_at": due_at}
    addresses = [
        f"/api/v1/promises/{sam.post('/api/v1/promises/', body).json()['id']}/" for _ in range(2)
    ]
    assert sam.post(addresses[0] + "keeping/").json()["status"] == "kept"
    assert sam.post(addresses[0] + "keeping/").status_code == 409
    withdrawn = sam.post(addresses[1] + "withdrawal/", {"because": "Sent twice"})
    assert withdrawn.json()["status"] == "withdrawn"
    assert sam.post(addresses[1] + "withdrawal/", {"because": "Again"}).status_code == 409


def test_nothing_is_tied_to_a_contact_with_somebody_else(cast: Cast, sam: APIClient) -> None:
    other = contact(cast, cast.ben)
    tied = {"customer": cast.ada.pk, "interaction": other.pk}
    bodies = {
        "needs": {"need_type": "better-return", "evidence": "More"},
        "service-requests": {"request_type": "card", "subject": "Card"},
        "promises": {"text": "Card", "due_at": (timezone.now() + timedelta(days=1)).isoformat()},
    }
    for noun, body in bodies.items():
        refused = sam.post(f"/api/v1/{noun}/", tied | body)
        assert (refused.status_code, list(refused.json())) == (400, ["interaction"]), noun
    assert not Need.objects.exists()
    assert not ServiceRequest.objects.exists()


def test_ids_of_another_team_are_as_unknown_as_ids_of_nothing(cast: Cast, as_user: Login) -> None:
    stranger = as_user(cast.stranger)
    answers = [
        stranger.post("/api/v1/interactions/", {"customer": pk, "channel": "voice"}).json()
        for pk in (cast.ada.pk, 10**12)
    ]
    words = [str(answer).replace(str(cast.ada.pk), "N") for answer in answers]
    assert words[0] == words[1].replace(str(10**12), "N")
    assert not Interaction.objects.exists()


@pytest.mark.parametrize("pk", [True, "1", 1.5, -1, 0, 10**30, None, [1], {"id": 1}])
def test_what_is_no_id_is_refused(cast: Cast, sam: APIClient, pk: object) -> None:
    answer = sam.post("/api/v1/interactions/", {"customer": pk, "channel": "voice"})
    assert (answer.status_code, list(answer.json())) == (400, ["customer"])


def test_notes_of_two_windows_do_not_overwrite_each_other(cast: Cast, sam: APIClient) -> None:
    address = opened(cast, sam) + "notes/"
    assert sam.post(address, {"text": "One", "version": 0}).json() == {"version": 1}
    assert sam.post(address, {"text": "Two", "version": 0}).status_code == 409
    assert Interaction.objects.get().notes == "One"


def test_a_bad_answer_opens_an_owned_request_at_once(cast: Cast, sam: APIClient) -> None:
    interaction = contact(cast, cast.ada)
    interaction.close(by=cast.sam, wrap_up_code=cast.helped, summary="Done")
    follow_up = FollowUp.objects.get()
    call = Interaction.open_contact(
        customer=cast.ada, by=cast.sam, channel="voice", is_follow_up=True
    )
    FollowUp.objects.filter(pk=follow_up.pk).update(
        status=FollowUpStatus.IN_PROGRESS, call=call, owner=cast.sam, attempts_made=1
    )
    Attempt.objects.create(
        follow_up=follow_up, number=1, call=call, by=cast.sam, gateway="own_phone"
    )
    address = f"/api/v1/follow-ups/{follow_up.pk}/answers/"
    said: list[dict[str, Any]] = [
        {"question": "as_expected", "is_yes": True},
        {"question": "as_promised", "is_yes": False, "words": "Nothing came"},
        {"question": "met_expectations", "is_yes": True},
        {"question": "recommend", "score": 4},
    ]
    incomplete = sam.post(address, {"answers": said[:2]})
    assert (incomplete.status_code, incomplete.json()["code"]) == (422, "AnswersIncomplete")
    assert not ServiceRequest.objects.exists()
    done = sam.post(address, {"answers": said})
    assert done.status_code == 201, done.json()
    assert done.json()["status"] == "answered"
    assert ServiceRequest.objects.get().pk == done.json()["request"]
    assert sam.post(address, {"answers": said}).status_code == 409


def test_json_without_end_is_refused(cast: Cast, sam: APIClient) -> None:
    """A9: depth 10,000, too much at once, and what is no JSON."""
    deep = '{"name":' + "[" * 10_000 + "]" * 10_000 + "}"
    bodies = {deep: 400, '{"name": "' + "x" * 6_000_000 + '"}': 413, "{": 400, "[]": 400}
    for body, status in bodies.items():
        answer = sam.post("/api/v1/customers/", body, content_type="application/json")
        assert answer.status_code == status
    form = sam.post("/api/v1/customers/", "name=x", content_type="text/plain")
    assert form.status_code == 415


def test_a_session_speaks_too_but_not_without_the_token_of_the_form(cast: Cast) -> None:
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(cast.sam)
    assert browser.get("/api/v1/customers/").status_code == 200
    assert browser.post("/api/v1/customers/", {"name": "Dora"}).status_code == 403


def test_limits_are_kept_for_each_user(
    cast: Cast, sam: APIClient, as_user: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.api import ForgivingThrottle

    monkeypatch.setattr(ForgivingThrottle, "THROTTLE_RATES", {"user": "2/min"})
    answers = [sam.get("/api/v1/needs/").status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert as_user(cast.rae).get("/api/v1/needs/").status_code == 200
