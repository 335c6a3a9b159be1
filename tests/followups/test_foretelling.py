"""What an answer will do is told before it is saved, and comes true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from followups.foretelling import call_back, of_answers, of_outcomes
from followups.models import Answer, AttemptOutcome, FollowUp, FollowUpStatus, Said
from needs.models import NeedsReview
from service.models import ServiceRequest
from tests.cast import Cast
from tests.followups.scenes import NOON, answers, begun, default_policy
from tests.world import logged_in

pytestmark = pytest.mark.usefixtures("noon")


def words(follow_up: FollowUp, *given: Said, problem: str = "") -> list[str]:
    return [effect.words for effect in of_answers(follow_up, given, problem=problem)]


def test_before_the_first_answer_both_ways_on_are_told(cast: Cast) -> None:
    well, problem = words(begun(cast, cast.ada))
    assert well == "All yes plans the next look at their needs on 22 May 2027."
    assert problem.startswith("Any no, or a problem in words, opens a request for Sam")


def test_a_no_tells_whose_request_it_opens_by_when_and_that_comes_true(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada)
    (told,) = words(follow_up, Said("as_promised", is_yes=False))
    assert told == (
        "Saving opens a request for Sam at once, target Tuesday 24 November. "
        "Tell the customer so: it closes only when they confirm."
    )
    follow_up.record_answers(by=cast.sam, answers=answers(as_promised="Late"))
    request = ServiceRequest.objects.get()
    assert request.owner == cast.sam
    assert timezone.localdate(request.target_at).isoformat() == "2026-11-24"


def test_the_days_that_they_expect_are_the_target(cast: Cast) -> None:
    default_policy(questions=["as_expected", "expected_days"])
    follow_up = begun(cast, cast.ada)
    given = [Said("as_expected", is_yes=False), Said("expected_days", score=4)]
    assert "target Friday 27 November" in words(follow_up, *given)[0]
    follow_up.record_answers(by=cast.sam, answers=given)
    target_at = ServiceRequest.objects.get().target_at
    assert timezone.localdate(target_at).isoformat() == "2026-11-27"


def test_a_problem_in_words_is_told_like_a_no(cast: Cast) -> None:
    (told,) = words(begun(cast, cast.ada), problem="The letter was wrong")
    assert told.startswith("Saving opens a request")


def test_all_well_tells_the_day_of_the_next_look_and_that_comes_true(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada)
    (told,) = words(follow_up, *answers())
    assert told == "Saving plans the next look at their needs on 22 May 2027."
    follow_up.record_answers(by=cast.sam, answers=answers())
    assert NeedsReview.objects.get().due_on.isoformat() == "2027-05-22"


def test_an_effort_that_was_hard_is_told_as_a_problem(cast: Cast) -> None:
    default_policy(questions=["as_expected", "effort"])
    follow_up = begun(cast, cast.ada)
    (hard,) = words(follow_up, Said("effort", score=2))
    assert hard.startswith("Saving opens a request")
    assert len(words(follow_up, Said("effort", score=6))) == 2


def test_each_other_end_of_a_try_tells_what_it_does(cast: Cast) -> None:
    does = of_outcomes(begun(cast, cast.ada))
    assert does[AttemptOutcome.NO_ANSWER].startswith("the next try is on Tuesday 24 November")
    assert does[AttemptOutcome.OPTED_OUT] == (
        "nobody calls this number again, and nothing planned goes out"
    )


def test_with_the_last_try_used_it_says_so(cast: Cast) -> None:
    default_policy(max_attempts=1)
    does = of_outcomes(begun(cast, cast.ada))
    assert does[AttemptOutcome.BUSY] == "there is no further try"


@pytest.mark.parametrize(
    ("hour", "minute", "nearest"),
    [
        (21, 30, [(23, 19, 45), (24, 9, 0)]),
        (7, 0, [(24, 9, 0)]),
    ],
)
def test_an_unlawful_time_comes_with_the_lawful_ones_next_to_it(
    cast: Cast, hour: int, minute: int, nearest: list[tuple[int, int, int]]
) -> None:
    follow_up = begun(cast, cast.ada)
    day = 23 if hour > 12 else 24
    checked = call_back(follow_up, datetime(2026, 11, day, hour, minute, tzinfo=UTC))
    assert not checked.is_possible
    expected = [datetime(2026, 11, *parts, tzinfo=UTC) for parts in nearest]
    assert [at for at in checked.nearest if at in expected] == expected
    for at in checked.nearest:
        assert call_back(follow_up, at).is_possible


def test_past_and_too_late_times_are_refused(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada)
    assert call_back(follow_up, NOON - timedelta(hours=1)).because == "That time has passed."
    assert "Too late" in call_back(follow_up, NOON + timedelta(days=40)).because


def test_a_possible_time_is_told_there_and_here_and_is_taken(cast: Cast) -> None:
    cast.ada.time_zone = "Europe/Berlin"
    cast.ada.save()
    follow_up = begun(cast, cast.ada)
    client, typed = logged_in(cast.sam), {"call_back_at": "2026-11-24T15:30"}
    address = reverse("followups:call_back", args=[follow_up.pk])
    shown = client.get(address, typed).content.decode()
    assert "Tuesday 24 November, 15:30 there, 14:30 here" in shown
    night = client.get(address, {"call_back_at": "2026-11-24T23:30"}).content.decode()
    assert "nobody may be called" in night
    assert 'data-value="2026-11-25T' in night
    for nothing in ("", "soon", "2026-11-24"):
        assert client.get(address, {"call_back_at": nothing}).status_code == 200
    client.post(reverse("followups:outcome", args=[follow_up.pk]), typed | {"outcome": "call_back"})
    assert FollowUp.objects.get().due_at == datetime(2026, 11, 24, 14, 30, tzinfo=UTC)


def test_the_page_asks_while_choosing_and_keeps_nothing(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada)
    client, address = logged_in(cast.sam), reverse("followups:foretold", args=[follow_up.pk])
    no = client.post(address, {"as_expected": "no", "recommend": "eleven"}).content.decode()
    assert "Saving opens a request for Sam" in no
    assert "effect-problem certain" in no
    assert "All yes" in client.post(address, {"as_expected": "yes"}).content.decode()
    assert not Answer.objects.exists()
    assert FollowUp.objects.get().status == FollowUpStatus.IN_PROGRESS


def test_the_script_has_its_keys_inside_each_question_only(cast: Cast) -> None:
    default_policy(questions=["as_expected", "effort", "expected_days", "recommend"])
    follow_up = begun(cast, cast.ada)
    client = logged_in(cast.sam)
    html = client.get(reverse("followups:script", args=[follow_up.call_id])).content.decode()
    assert html.count("data-keys-inside") == 4
    for key in ("y", "n", "0", "7", "t", "."):
        assert f'data-key="{key}"' in html
    assert 'type="number" class="days"' in html
    assert "the next try is on" in html
