"""A problem heard is owned at once; satisfaction is the moment for the next cycle."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.models import AuditEntry
from followups.errors import AnswersIncomplete, FollowUpSettled
from followups.models import Answer, Attempt, AttemptOutcome, FollowUp, Question, Said
from followups.sweeping import sweep
from interactions.models import Interaction, Outcome, TimelineEntry, TimelineKind
from needs.models import NeedsReview
from service.models import RequestType, ServiceRequest
from tests.cast import Cast, assemble
from tests.followups.scenes import NOON, answers, begun, default_policy, owed

pytestmark = pytest.mark.usefixtures("noon")


def test_all_well_starts_the_next_cycle(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada)
    call = follow_up.call
    follow_up.record_answers(by=cast.sam, answers=answers(score=9))
    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.answered_at) == ("answered", NOON)
    assert ServiceRequest.objects.count() == 0
    review = NeedsReview.objects.get()
    assert (review.customer, review.owner, review.interaction) == (cast.ada, cast.sam, call)
    assert review.due_on == date(2026, 11, 23) + timedelta(days=180)
    assert list(Answer.objects.order_by("pk").values_list("question", "is_yes", "score")) == [
        ("as_expected", True, None),
        ("as_promised", True, None),
        ("met_expectations", True, None),
        ("recommend", None, 9),
    ]
    assert Attempt.objects.get().outcome == AttemptOutcome.REACHED
    call = Interaction.objects.get(is_follow_up=True)
    assert call.wrap_up_code is not None
    assert (call.closed_at, call.wrap_up_code.outcome) == (NOON, Outcome.RESOLVED)
    told = TimelineEntry.objects.get(customer=cast.ada, kind=TimelineKind.FOLLOW_UP)
    assert told.title == (
        "Follow-up: as expected, as promised, expectations met, would recommend us 9 of 10"
    )
    assert FollowUp.objects.count() == 1


def test_a_no_opens_one_owned_request_at_once(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada, by=cast.rae)
    follow_up.record_answers(
        by=cast.rae,
        answers=answers(as_promised="It came a week late", met_expectations="", score=2),
    )
    request = ServiceRequest.objects.get()
    assert request.owner == cast.rae
    assert request.customer == cast.ada
    assert request.request_type == cast.complaint_request
    assert request.needs_confirmation
    assert request.subject == "After “Close an account”: not as promised, expectations not met"
    assert "It came a week late" in request.description
    assert request.target_at == NOON + timedelta(days=1)  # as customers expect
    assert request.expected_at == NOON + timedelta(days=1)
    follow_up.refresh_from_db()
    assert follow_up.request == request
    assert NeedsReview.objects.count() == 0
    call = Interaction.objects.get(is_follow_up=True)
    assert request.interaction == call
    assert call.wrap_up_code == cast.not_helped


def test_the_request_belongs_to_the_agent_of_the_contact_not_to_the_caller(cast: Cast) -> None:
    follow_up = owed(cast, cast.ada, by=cast.rae)
    sweep()
    follow_up.refresh_from_db()
    follow_up.begin(by=cast.sam)
    follow_up.record_answers(by=cast.sam, answers=answers(as_expected="No"))
    assert ServiceRequest.objects.get().owner == cast.rae


def test_where_that_agent_has_left_the_caller_owns_it(cast: Cast) -> None:
    follow_up = owed(cast, cast.ada, by=cast.rae)
    sweep()
    cast.rae.is_active = False
    cast.rae.save()
    follow_up = FollowUp.objects.get()
    follow_up.begin(by=cast.sam)
    follow_up.record_answers(by=cast.sam, answers=answers(as_expected="No"))
    assert ServiceRequest.objects.get().owner == cast.sam


def test_a_problem_in_words_opens_the_request_even_after_three_yes(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada)
    follow_up.record_answers(by=cast.sam, answers=answers(), problem="The app shows two cards")
    request = ServiceRequest.objects.get()
    assert request.subject == "After “Close an account”: something is wrong"
    assert request.description == "The app shows two cards"
    assert NeedsReview.objects.count() == 0


def test_a_low_score_alone_is_shown_and_no_problem(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada)
    follow_up.record_answers(by=cast.sam, answers=answers(score=0))
    assert ServiceRequest.objects.count() == 0
    assert NeedsReview.objects.count() == 1
    assert "0 of 10" in TimelineEntry.objects.get(kind=TimelineKind.FOLLOW_UP).title


def test_the_policy_can_name_another_kind_of_request(cast: Cast) -> None:
    default_policy(problem_request_type=cast.card_request)
    follow_up = begun(cast, cast.ada)
    follow_up.record_answers(by=cast.sam, answers=answers(as_expected="No"))
    assert ServiceRequest.objects.get().request_type == cast.card_request


def test_a_problem_is_not_lost_where_nobody_set_up_its_kind(cast: Cast) -> None:
    RequestType.objects.filter(code="problem-after-contact").delete()
    follow_up = begun(cast, cast.ada)
    follow_up.record_answers(by=cast.sam, answers=answers(as_expected="No"))
    assert ServiceRequest.objects.get().request_type.code == "problem-after-contact"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (answers()[:-1], "missing: How likely"),
        ([], "missing: Did everything go"),
        ([*answers(), answers()[0]], "answered twice"),
        ([*answers()[:-1], Said("recommend", score=11)], "takes a score from 0 to 10"),
        ([*answers()[:-1], Said("recommend", is_yes=True)], "takes a score from 0 to 10"),
        ([Said("as_expected", score=3), *answers()[1:]], "takes yes or no"),
        ([*answers(), Said("shoe_size", score=9)], "is not asked in this follow-up"),
    ],
)
def test_answers_that_do_not_fit_the_questions_change_nothing(
    cast: Cast, given: list[Said], words: str
) -> None:
    follow_up = begun(cast, cast.ada)
    with pytest.raises(AnswersIncomplete, match=words):
        follow_up.record_answers(by=cast.sam, answers=given)
    follow_up.refresh_from_db()
    assert follow_up.status == "in_progress"
    assert Answer.objects.count() == 0


def test_only_the_policys_questions_are_asked(cast: Cast) -> None:
    default_policy(questions=[Question.AS_EXPECTED])
    follow_up = begun(cast, cast.ada)
    follow_up.record_answers(by=cast.sam, answers=[Said("as_expected", is_yes=True)])
    assert Answer.objects.count() == 1
    assert NeedsReview.objects.count() == 1


def test_answers_before_a_call_is_begun_are_refused(cast: Cast) -> None:
    follow_up = owed(cast, cast.ada)
    with pytest.raises(FollowUpSettled, match="Planned"):
        follow_up.record_answers(by=cast.sam, answers=answers())
    assert Answer.objects.count() == 0


def test_recording_twice_has_one_effect_and_a_clear_conflict(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada)
    again = FollowUp.objects.get(pk=follow_up.pk)
    follow_up.record_answers(by=cast.sam, answers=answers(as_expected="No"))
    with pytest.raises(FollowUpSettled, match="Sam has this follow-up and it is “Answered”"):
        again.record_answers(by=cast.rae, answers=answers())
    assert ServiceRequest.objects.count() == 1
    assert NeedsReview.objects.count() == 0
    assert Answer.objects.filter(is_yes=False).count() == 1


def test_when_the_request_cannot_be_opened_nothing_is_recorded(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_up = begun(cast, cast.ada)

    def broken(**_: object) -> ServiceRequest:
        raise RuntimeError

    monkeypatch.setattr(ServiceRequest, "open_request", broken)
    with pytest.raises(RuntimeError):
        follow_up.record_answers(by=cast.sam, answers=answers(as_expected="No"))
    stored = FollowUp.objects.get()
    assert stored.status == "in_progress"
    assert Answer.objects.count() == 0
    assert Interaction.objects.open().filter(is_follow_up=True).count() == 1


def test_the_words_of_the_customer_stay_out_of_the_audit_entries(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada)
    follow_up.record_answers(
        by=cast.sam, answers=answers(as_expected="My name is Ada"), problem="Ada"
    )
    details = str(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert "Ada" not in details


@pytest.mark.django_db(transaction=True)
def test_answers_posted_eight_times_at_once_open_one_request() -> None:
    cast = assemble()
    follow_up = begun(cast, cast.ada)
    barrier, won, lost = threading.Barrier(8), [], []

    def record() -> None:
        try:
            mine = FollowUp.objects.get(pk=follow_up.pk)
            barrier.wait()
            mine.record_answers(by=cast.sam, answers=answers(as_expected="No"))
            won.append(1)
        except FollowUpSettled as error:
            lost.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=record) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 7)
    assert ServiceRequest.objects.count() == 1
    assert Answer.objects.count() == 4
    assert FollowUp.objects.count() == 1
