"""The supervisor's view: what stands where and why, and what may be done about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from followups import steering
from followups.decided import history
from followups.listing import next_step
from followups.models import FollowUp, FollowUpPolicy, FollowUpStatus
from followups.reckoning import reckoning, standstill
from followups.steering import chosen, give_up, hand_over, mark_of, replan
from followups.sweeping import sweep
from service.models import ServiceRequest
from tests.cast import Cast
from tests.followups.scenes import NOON, answers, begun, default_policy, owed, ready
from tests.world import logged_in

pytestmark = pytest.mark.usefixtures("noon")
LATER = NOON + timedelta(hours=30)


def picked(cast: Cast, *follow_ups: FollowUp, statuses: Any = steering.REPLANNED) -> Any:
    marks = [mark_of(one) for one in follow_ups]
    return chosen(user=cast.una, marks=marks, statuses=statuses)


def test_planned_anew_at_once_the_rules_are_asked_again(cast: Cast) -> None:
    refused = ready(cast, cast.cy)
    assert refused.status == FollowUpStatus.REFUSED
    done = replan(picked(cast, refused), by=cast.una, at=None)
    assert [one.pk for one in done.done] == [refused.pk]
    now = FollowUp.objects.get()
    assert (now.status, now.due_at, now.refused_because) == (FollowUpStatus.PLANNED, NOON, "")
    assert now.waits_because == "Planned anew by Una"
    assert AuditEntry.objects.filter(verb="follow-up planned anew", by=cast.una).count() == 1
    sweep(at=NOON)
    assert FollowUp.objects.get().status == FollowUpStatus.REFUSED


def test_a_parked_one_planned_anew_begins_as_if_it_had_never_failed(cast: Cast) -> None:
    one = ready(cast, cast.ada)
    because = {"status": "parked", "refused_because": "The provider refuses", "failures": 6}
    FollowUp.objects.filter(pk=one.pk).update(**because)
    parked = FollowUp.objects.get()
    assert next_step(parked).endswith("The provider refuses")
    page = logged_in(cast.una).get(reverse("followups:list"), {"view": "parked"})
    assert "The provider refuses" in page.content.decode()
    replan(picked(cast, parked), by=cast.una, at=None)
    assert FollowUp.objects.values_list("status", "failures").get() == ("planned", 0)


def test_an_unlawful_time_moves_to_the_next_lawful_one(cast: Cast) -> None:
    one = ready(cast, cast.ada)
    replan(picked(cast, one), by=cast.una, at=NOON + timedelta(hours=11))
    assert FollowUp.objects.get().due_at == NOON + timedelta(hours=21)


def test_nothing_is_planned_for_when_it_makes_no_sense(cast: Cast) -> None:
    one = ready(cast, cast.ada)
    done = replan(picked(cast, one), by=cast.una, at=NOON + timedelta(days=20))
    assert [row.why_not[:15] for row in done.left] == ["too late to ask"]
    assert FollowUp.objects.get().status == FollowUpStatus.READY


def test_a_row_that_moved_meanwhile_is_left_and_says_where_it_stands(cast: Cast) -> None:
    one, mark = ready(cast, cast.ada), ""
    mark = mark_of(one)
    one.begin(by=cast.sam)
    rows = chosen(user=cast.una, marks=[mark], statuses=steering.OPEN_STATUSES)
    done = give_up(rows, by=cast.una, because="Not needed")
    assert done.done == []
    assert done.left[0].why_not == "moved meanwhile: it is “In progress” with Sam. Look again"
    assert FollowUp.objects.get().status == FollowUpStatus.IN_PROGRESS
    assert not AuditEntry.objects.filter(verb="follow-up given up").exists()


def test_a_row_that_moves_between_reading_and_acting_is_left(cast: Cast) -> None:
    one = ready(cast, cast.ada)
    rows = picked(cast, one)
    one.begin(by=cast.sam)
    assert [row.why_not for row in replan(rows, by=cast.una, at=None).left] == [
        "moved just now. Look again"
    ]


def test_several_are_handed_over_to_one_or_in_turn(cast: Cast) -> None:
    rows = [ready(cast, cast.ada), ready(cast, cast.ben)]
    hand_over(picked(cast, *rows), by=cast.una, to=cast.rae)
    assert set(FollowUp.objects.values_list("owner__username", flat=True)) == {"rae"}
    again = list(FollowUp.objects.order_by("pk"))
    hand_over(picked(cast, *again), by=cast.una, to=None)
    assert set(FollowUp.objects.values_list("owner__username", flat=True)) == {"sam", "rae"}
    assert AuditEntry.objects.filter(verb="follow-up given").count() == 4


def test_nobody_of_another_team_is_given_any(cast: Cast) -> None:
    one = ready(cast, cast.ada)
    done = hand_over(picked(cast, one), by=cast.una, to=cast.stranger)
    assert done.left[0].why_not == "nobody chosen serves this customer's team"
    assert FollowUp.objects.get().owner == cast.sam


def test_given_up_it_keeps_the_reason_and_nobody_asks(cast: Cast) -> None:
    one = ready(cast, cast.ada)
    give_up(picked(cast, one), by=cast.una, because="Spoken to in the branch")
    now = FollowUp.objects.get()
    assert next_step(now) == "Nobody asks. Given up by Una: Spoken to in the branch"
    assert (now.standing, now.given_up_by) == ("Given up", cast.una)
    sweep(at=LATER)
    assert FollowUp.objects.get().status == FollowUpStatus.REFUSED
    lists = {view: in_list(cast, view) for view in ("given_up", "refused")}
    assert ("Ada Byron" in lists["given_up"], "Ada Byron" in lists["refused"]) == (True, False)
    replan(picked(cast, now), by=cast.una, at=None)
    again = FollowUp.objects.get()
    assert (again.standing, again.given_up_by) == ("Planned", None)


def in_list(cast: Cast, view: str) -> str:
    page = logged_in(cast.una).get(reverse("followups:list"), {"view": view, "panel": "1"})
    return page.content.decode()


def test_the_page_tells_what_it_would_do_before_it_does_it(cast: Cast) -> None:
    one = ready(cast, cast.ada)
    client, address = logged_in(cast.una), reverse("followups:steering")
    posted = {"follow_up": mark_of(one), "verb": "give-up", "because": "Not needed"}
    told = client.post(address, posted).content.decode()
    assert "asked by nobody: Not needed" in told
    assert 'name="confirmed"' in told
    assert FollowUp.objects.get().status == FollowUpStatus.READY
    done = client.post(address, posted | {"confirmed": "on"}, follow=True).content.decode()
    assert "Give up: 1 done." in done
    again = client.post(address, posted | {"confirmed": "on"}, follow=True).content.decode()
    assert "Ada Byron: moved meanwhile" in again


@pytest.mark.parametrize(
    "posted",
    [{}, {"verb": "dial"}, {"verb": "give-up"}, {"verb": "replan", "at": "soon"}],
)
def test_what_makes_no_sense_changes_nothing(cast: Cast, posted: dict[str, str]) -> None:
    one = ready(cast, cast.ada)
    answer = logged_in(cast.una).post(
        reverse("followups:steering"), posted | {"follow_up": mark_of(one), "confirmed": "on"}
    )
    assert answer.status_code == 422
    assert FollowUp.objects.get().status == FollowUpStatus.READY


def test_another_team_and_agents_change_nothing(cast: Cast) -> None:
    one = ready(cast, cast.ada)
    marks = [mark_of(one)]
    assert chosen(user=cast.stranger, marks=marks, statuses=steering.REPLANNED) == []
    posted = {"follow_up": marks, "verb": "replan", "confirmed": "on"}
    assert logged_in(cast.sam).post(reverse("followups:steering"), posted).status_code == 403
    assert FollowUp.objects.get().status == FollowUpStatus.READY


def test_a_supervisor_pauses_and_resumes_a_policy(cast: Cast) -> None:
    policy, client = default_policy(), logged_in(cast.una)
    at = {name: reverse(f"followups:{name}", args=[policy.pk]) for name in ("pause", "resume")}
    assert "not paused" in client.post(at["pause"], {}, follow=True).content.decode()
    shown = client.post(at["pause"], {"because": "Lines are down"}, follow=True).content.decode()
    assert "Lines are down" in shown
    assert FollowUpPolicy.objects.get().paused_by == cast.una
    second = client.post(at["pause"], {"because": "Again"}, follow=True).content.decode()
    assert "was paused meanwhile by Una" in second
    client.post(at["resume"])
    assert FollowUpPolicy.objects.get().paused_at is None
    assert logged_in(cast.sam).post(at["pause"], {"because": "No"}).status_code == 403


def test_the_history_tells_every_question_to_the_rules_and_its_answer(cast: Cast) -> None:
    one = begun(cast, cast.ada)
    one.report(by=cast.sam, outcome="no_answer")
    steps = history(one)
    assert [(step.kind, step.is_allowed) for step in steps] == [
        ("asked", True),
        ("asked", True),
        ("tried", None),
    ]
    page = logged_in(cast.una).get(reverse("followups:history", args=[one.pk]))
    assert "Permitted" in page.content.decode()
    assert "Try 1, Sam" in page.content.decode()


def test_from_a_bad_answer_to_its_fix_open_ones_count_as_longest(cast: Cast) -> None:
    people = [cast.ada, cast.ben, cast.ada]
    for number, person in enumerate(people):
        follow_up = begun(cast, person)
        follow_up.record_answers(by=cast.sam, answers=answers(score=number, as_expected="Bad"))
        if number < 2:
            ServiceRequest.objects.filter(pk__in=[follow_up.request_id]).update(
                status="resolved", resolved_at=NOON + timedelta(hours=4 + number)
            )
            ServiceRequest.objects.update(request_type=cast.card_request)
    at = NOON + timedelta(days=3)
    fixing = reckoning(FollowUp.objects.all(), days=30, at=at).fixing
    assert (fixing.count, fixing.still_open) == (3, 1)
    assert fixing.median == 5 * 3600
    assert fixing.p90 is None
    assert fixing.in_words == [("Median", "5 h"), ("Nine of ten within", "not fixed yet")]
    assert fixing.oldest_in_words == "3 days"


def test_the_figures_are_of_the_period_by_policy_and_way(cast: Cast) -> None:
    begun(cast, cast.ada).record_answers(by=cast.sam, answers=answers(score=9))
    ready(cast, cast.cy)
    counted = reckoning(FollowUp.objects.all(), days=7, at=NOON)
    (line,) = counted.lines
    assert (line.settled, line.answered, line.refused, line.reached) == (2, 1, 1, 100)
    said = {one.question: one.figure for one in counted.said}
    assert said["Did everything go as expected?"] == "100 % yes"
    assert said["How likely are you to recommend us, from 0 to 10?"] == "NPS +100"
    assert reckoning(FollowUp.objects.all(), days=7, at=NOON + timedelta(days=9)).lines == []


def test_that_nobody_asks_the_rules_is_said(cast: Cast) -> None:
    owed(cast, cast.ada)
    assert standstill(at=NOON + timedelta(minutes=1)) is None
    assert standstill(at=NOON + timedelta(minutes=3)) == NOON
    with time_machine.travel(NOON + timedelta(minutes=3), tick=False):
        page = logged_in(cast.una).get(reverse("followups:list")).content.decode()
    assert "Follow-ups stand still" in page


def test_the_statements_do_not_grow_with_the_history(cast: Cast) -> None:
    client = logged_in(cast.una)

    def statements(name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(f"followups:{name}"), {"view": "ready"}).status_code == 200
        return len(captured)

    default_policy()
    counted = {name: statements(name) for name in ("list", "figures")}
    for person in (cast.ada, cast.ben) * 3:
        ready(cast, person)
    assert {name: statements(name) for name in ("list", "figures")} == counted
    assert counted["figures"] <= 10
    assert counted["list"] <= 16
