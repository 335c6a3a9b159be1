"""The pages of follow-ups: who may do what, and a denial that changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from followups.models import Answer, FollowUp, FollowUpStatus
from followups.sweeping import sweep
from interactions.models import Interaction
from needs.models import NeedsReview
from service.models import Promise, ServiceRequest
from tests.cast import Cast, contact
from tests.followups.scenes import NOON, answers, begun, default_policy, owed, ready

pytestmark = pytest.mark.usefixtures("noon")

ALL_WELL = {
    "as_expected": "yes",
    "as_promised": "yes",
    "met_expectations": "yes",
    "recommend": "10",
}


@pytest.fixture
def log_in(client: Client) -> Callable[[User], Client]:
    def as_person(person: User) -> Client:
        client.force_login(person)
        return client

    return as_person


def test_every_route_answers_404_for_another_teams_follow_up(
    cast: Cast, log_in: Callable[[User], Client]
) -> None:
    follow_up = begun(cast, cast.ada)
    waiting = ready(cast, cast.ben)
    client = log_in(cast.stranger)
    before = list(FollowUp.objects.order_by("pk").values())
    assert client.get(reverse("followups:owed", args=[waiting.pk])).status_code == 404
    assert client.get(reverse("followups:script", args=[follow_up.call_id])).status_code == 404
    for name, pk, posted in (
        ("begin", waiting.pk, {"": ""}),
        ("answers", follow_up.pk, ALL_WELL),
        ("outcome", follow_up.pk, {"outcome": "declined"}),
        ("ownership", waiting.pk, {"owner": cast.stranger.pk}),
    ):
        assert client.post(reverse(f"followups:{name}", args=[pk]), posted).status_code == 404
    assert list(FollowUp.objects.order_by("pk").values()) == before
    assert Answer.objects.count() == 0


@pytest.mark.parametrize(
    ("role", "status"), [("sam", 403), ("una", 200), ("max", 200), ("stranger", 403)]
)
def test_the_list_is_for_those_who_lead(
    cast: Cast, log_in: Callable[[User], Client], role: str, status: int
) -> None:
    ready(cast, cast.ada)
    answer = log_in(getattr(cast, role)).get(reverse("followups:list"), {"view": "ready"})
    assert answer.status_code == status
    assert (b"Ada Byron" in answer.content) == (status == 200)


def test_without_a_log_in_nothing_is_shown(cast: Cast, client: Client) -> None:
    assert client.get(reverse("followups:list")).status_code == 302


@pytest.mark.parametrize("name", ["begin", "draft", "answers", "outcome", "ownership"])
def test_a_get_changes_nothing(cast: Cast, log_in: Callable[[User], Client], name: str) -> None:
    follow_up = ready(cast, cast.ada)
    answer = log_in(cast.sam).get(reverse(f"followups:{name}", args=[follow_up.pk]))
    assert answer.status_code == 405
    assert FollowUp.objects.get().status == FollowUpStatus.READY


def test_an_agent_goes_from_my_work_through_the_call_to_the_next_cycle(
    cast: Cast, log_in: Callable[[User], Client]
) -> None:
    default_policy()
    interaction = contact(cast, cast.ada)
    promise = Promise.make(
        customer=cast.ada,
        text="New card by post",
        due_at=NOON + timedelta(days=2),
        owner=cast.sam,
        by=cast.sam,
        interaction=interaction,
    )
    interaction.close(by=cast.sam, wrap_up_code=cast.helped, summary="Card ordered")
    FollowUp.objects.update(due_at=NOON)
    sweep()
    follow_up = FollowUp.objects.get()
    client = log_in(cast.sam)
    address = reverse("console:customer", args=[cast.ada.pk])
    page = client.get(address, {"follow_up": follow_up.pk}).content.decode()
    assert reverse("followups:owed", args=[follow_up.pk]) in page
    card = client.get(reverse("followups:owed", args=[follow_up.pk])).content.decode()
    assert promise.text in card
    assert "Begin the call" in card
    assert "+44 20 7946 0101" in card
    begun_at = client.post(reverse("followups:begin", args=[follow_up.pk]))
    call = Interaction.objects.get(is_follow_up=True)
    assert begun_at["Location"] == reverse("console:contact", args=[call.pk])
    desk = client.get(begun_at["Location"]).content.decode()
    for words in (
        'id="panel-followups-script"',
        f'data-autosave="{reverse("interactions:notes", args=[call.pk])}"',
        "tel:+442079460101",
        "New card by post",
        "Card ordered",
        "Have we delivered as promised?",
        "All yes plans the next look at their needs on 22 May 2027",
        "opens a request for Sam at once, target Tuesday 24 November",
    ):
        assert words in desk
    answered = client.post(reverse("followups:answers", args=[follow_up.pk]), ALL_WELL)
    assert answered["Location"] == reverse("console:contact", args=[call.pk])
    assert NeedsReview.objects.count() == 1
    shown = client.get(answered["Location"]).content.decode()
    assert "All is well" in shown
    assert "10 of 10" in shown


def test_the_panel_alone_is_the_panel_on_the_desk(
    cast: Cast, log_in: Callable[[User], Client]
) -> None:
    follow_up = begun(cast, cast.ada)
    client = log_in(cast.sam)
    desk = client.get(reverse("console:contact", args=[follow_up.call_id])).content.decode()
    alone = client.get(reverse("followups:script", args=[follow_up.call_id])).content.decode()
    assert alone.startswith('<section id="panel-followups-script"')

    def plain(html: str) -> str:  # the token of each form differs from answer to answer
        return re.sub(r'value="[A-Za-z0-9]{64}"', "", html).strip()

    assert plain(alone) in plain(desk)


def test_a_missing_answer_comes_back_with_what_was_given(
    cast: Cast, log_in: Callable[[User], Client]
) -> None:
    follow_up = begun(cast, cast.ada)
    given = {"as_expected": "no", "as_expected_words": "The card never came"}
    answer = log_in(cast.sam).post(
        reverse("followups:answers", args=[follow_up.pk]), given, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "An answer is missing: Have we delivered as promised?" in html
    assert "The card never came" in html
    assert Answer.objects.count() == 0
    assert ServiceRequest.objects.count() == 0


def test_saving_twice_tells_the_second_what_happened(
    cast: Cast, log_in: Callable[[User], Client]
) -> None:
    follow_up = begun(cast, cast.ada)
    client, address = log_in(cast.sam), reverse("followups:answers", args=[follow_up.pk])
    posted = ALL_WELL | {"as_promised": "no"}
    assert client.post(address, posted).status_code == 302
    second = client.post(address, posted, headers={"HX-Request": "true"})
    assert second.status_code == 409
    assert "Answered" in second.content.decode()
    assert ServiceRequest.objects.count() == 1


def test_a_try_without_an_answer_is_shown_as_reported_by_the_agent(
    cast: Cast, log_in: Callable[[User], Client]
) -> None:
    follow_up = begun(cast, cast.ada)
    client = log_in(cast.sam)
    address = reverse("followups:outcome", args=[follow_up.pk])
    reported = client.post(address, {"outcome": "no_answer"})
    shown = client.get(reported["Location"]).content.decode()
    assert "No answer, reported by Sam" in shown
    assert "The next try is due Tuesday 24 November, 12:00" in shown
    assert client.post(address, {"outcome": "declined"}).status_code == 409
    assert FollowUp.objects.get().status == FollowUpStatus.PLANNED


def test_a_call_back_is_named_by_the_clock_at_the_customers_place(
    cast: Cast, log_in: Callable[[User], Client]
) -> None:
    cast.ada.time_zone = "Europe/Berlin"
    cast.ada.save()
    follow_up = begun(cast, cast.ada)
    posted = {"outcome": "call_back", "call_back_at": "2026-11-24T15:30"}
    log_in(cast.sam).post(reverse("followups:outcome", args=[follow_up.pk]), posted)
    assert FollowUp.objects.get().due_at == NOON + timedelta(days=1, hours=2, minutes=30)


@pytest.mark.parametrize(
    "posted", [{}, {"outcome": "reached"}, {"outcome": "call_back", "call_back_at": "soon"}]
)
def test_an_outcome_that_makes_no_sense_changes_nothing(
    cast: Cast, log_in: Callable[[User], Client], posted: dict[str, str]
) -> None:
    follow_up = begun(cast, cast.ada)
    answer = log_in(cast.sam).post(reverse("followups:outcome", args=[follow_up.pk]), posted)
    assert answer.status_code == 422
    assert FollowUp.objects.get().status == FollowUpStatus.IN_PROGRESS


def test_a_refusal_at_the_moment_of_calling_is_said_in_words(
    cast: Cast, log_in: Callable[[User], Client]
) -> None:
    follow_up = ready(cast, cast.ada)
    cast.ada.contact_points.all().delete()
    answer = log_in(cast.sam).post(
        reverse("followups:begin", args=[follow_up.pk]), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    assert "No phone number that reaches the customer" in answer.content.decode()
    assert FollowUp.objects.get().status == FollowUpStatus.REFUSED


def test_the_supervisor_gives_a_follow_up_to_somebody_of_the_team_only(
    cast: Cast, log_in: Callable[[User], Client]
) -> None:
    follow_up = ready(cast, cast.ada)
    client, address = log_in(cast.una), reverse("followups:ownership", args=[follow_up.pk])
    assert client.post(address, {"owner": cast.stranger.pk}).status_code == 422
    assert FollowUp.objects.get().owner == cast.sam
    assert client.post(address, {"owner": cast.rae.pk}).status_code == 200
    assert FollowUp.objects.get().owner == cast.rae


def test_the_list_says_what_waits_and_why_and_what_was_answered(
    cast: Cast, log_in: Callable[[User], Client]
) -> None:
    owed(cast, cast.cy)
    sweep()
    begun(cast, cast.ada).record_answers(
        by=cast.sam,
        answers=answers(as_promised="Late"),
    )
    client = log_in(cast.una)
    address = reverse("followups:list")
    refused = client.get(address, {"view": "refused"}).content.decode()
    assert "does not want to be asked this way" in refused
    answered = client.get(address, {"view": "answered"}).content.decode()
    assert "Ada Byron" in answered
    assert f"Request #{ServiceRequest.objects.get().pk}" in answered
    nothing = client.get(address, {"view": "refused", "owner": str(cast.rae.pk)}).content.decode()
    assert "Nothing here" in nothing


def test_pages_of_the_list_follow_each_other_without_gap_or_repeat(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from followups import listing

    monkeypatch.setattr(listing, "PAGE", 3)
    made = [owed(cast, cast.ada, due_at=NOON - timedelta(hours=number // 2)) for number in range(8)]
    seen: list[int] = []
    after = ""
    while True:
        page = listing.listing(user=cast.una, view="due", filters={}, after=after)
        seen += [follow_up.pk for follow_up in page.follow_ups]
        if not (after := page.after):
            break
    in_order = sorted(made, key=lambda follow_up: (follow_up.due_at, follow_up.pk))
    assert seen == [follow_up.pk for follow_up in in_order]
    assert listing.listing(user=cast.una, view="due", filters={}, after="rubbish").is_first


def test_the_statements_of_the_pages_are_counted(
    cast: Cast, log_in: Callable[[User], Client]
) -> None:
    follow_up = begun(cast, cast.ada)
    for _ in range(5):
        ready(cast, cast.ben)
    client = log_in(cast.una)
    client.get(reverse("followups:list"))

    def statements(address: str, query: dict[str, str] | None = None) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address, query).status_code == 200
        return len(captured)

    assert statements(reverse("followups:list"), {"view": "ready"}) == 13
    assert statements(reverse("followups:list"), {"view": "answered"}) == 13
    assert statements(reverse("followups:script", args=[follow_up.call_id])) == 6
