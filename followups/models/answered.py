"""What follows from the answers to a follow-up, however they were given?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from followups.models.attempt import Answer, AttemptOutcome
from followups.models.draft import AnswerDraft
from followups.models.linked import LinkedFollowUp
from followups.models.owed import WAITING, FollowUpStatus
from followups.models.policy import Question
from followups.models.said import Said, fitting
from interactions.models import Interaction, Outcome
from needs.models import NeedsReview
from service.models import RequestType, ServiceRequest

PROBLEM_REQUEST_TYPE: Final = "problem-after-contact"


def chosen_request_type(follow_up: AnsweredFollowUp) -> RequestType | None:
    """What a bad answer opens: the policy's choice, else the type of that code, if it is there."""
    chosen = follow_up.policy.problem_request_type if follow_up.policy else None
    return chosen or RequestType.objects.filter(code=PROBLEM_REQUEST_TYPE).first()


def problem_request_type(follow_up: AnsweredFollowUp) -> RequestType:
    """The type to open; a problem heard is never lost for want of set-up."""
    chosen = chosen_request_type(follow_up)
    if chosen is not None:
        return chosen
    made, _ = RequestType.objects.get_or_create(
        code=PROBLEM_REQUEST_TYPE,
        defaults={
            "name": "Problem after a contact",
            "target_days": 2,
            "expected_days": 1,
            "is_complaint": True,
        },
    )
    return made


def expected_days(given: Iterable[Said]) -> int | None:
    """How long it may take, where the customer has said so."""
    asked = (said.score for said in given if said.question == Question.EXPECTED_DAYS)
    return next(asked, None)


class AnsweredFollowUp(LinkedFollowUp):
    """The verbs of answers: to an agent, by keys, by a link; and what is added later."""

    class Meta(LinkedFollowUp.Meta):
        abstract = True

    def record_answers(self, *, by: User, answers: Iterable[Said], problem: str = "") -> None:
        """Keep the answers to all questions and do at once what follows from them.

        A “no”, or a `problem` in the customer's words, opens one owned request in the same
        transaction; otherwise the next look at the customer's needs is planned. Raises
        AnswersIncomplete, FollowUpSettled.
        """
        given = fitting(answers, questions=self.questions)
        problem = problem.strip()
        now = timezone.now()
        with transaction.atomic():
            self._hold()
            self._move(status=FollowUpStatus.ANSWERED, answered_at=now)
            self._end_attempt(outcome=AttemptOutcome.REACHED, at=now)
            result, said_next = self._act_on(given, by=by, problem=problem, at=now)
            self._close_answered(result, said_next, by=by)

    def _close_answered(self, result: str, said_next: str, *, by: User | None) -> None:
        self._wrap_up(
            by=by,
            outcome=Outcome.UNRESOLVED if self.request_id else Outcome.RESOLVED,
            summary=f"{result[:1].upper()}{result[1:]}. {said_next}",
        )

    def record_spoken(self, *, answers: Iterable[Said], in_own_call: bool = False) -> bool:
        """Keep what the customer answered by keys right after the contact, and act on it.

        Only the questions that were answered count as asked. The answers were given before
        anybody could be called, so that they go before a refusal to call. False when somebody is
        calling, or has an answer, or it lapsed. `in_own_call`: the answers were given in the try
        that is under way, which they end.
        """
        by_question = {said.question: said for said in answers}
        questions = [name for name in self.questions if name in by_question]
        given = fitting(by_question.values(), questions=questions)
        now = timezone.now()
        with transaction.atomic():
            standing = (
                [FollowUpStatus.IN_PROGRESS] if in_own_call else [*WAITING, FollowUpStatus.REFUSED]
            )
            kept = (
                type(self)
                .objects.filter(pk=self.pk, status__in=standing)
                .update(
                    status=FollowUpStatus.ANSWERED,
                    answered_at=now,
                    questions=questions,
                    waits_because="",
                    refused_because="",
                )
            )
            if kept:
                self.refresh_from_db(fields=["status", "answered_at", "questions", "call"])
                result, said_next = self._act_on(given, by=None, problem="", at=now)
                if in_own_call:
                    self._end_attempt(outcome=AttemptOutcome.REACHED, at=now)
                    self._close_answered(result, said_next, by=None)
                panel_changed(panel="console.my_work", user_ids=[self.owner_id])
        return bool(kept)

    def record_linked(self, *, answers: Iterable[Said], problem: str = "") -> bool:
        """Keep what the customer answered by a link, however late, and act on it.

        Only the questions that were answered count as asked; where nothing is wrong, all have to
        be. The first answers stay: false when there are some. Raises AnswersIncomplete.
        """
        given, problem = list(answers), problem.strip()
        is_wrong = bool(problem) or any(said.is_problem for said in given)
        answered = {said.question for said in given}
        questions = [name for name in self.questions if name in answered or not is_wrong]
        fit = fitting(given, questions=questions)
        now = timezone.now()
        with transaction.atomic():
            open_ones = type(self).objects.exclude(status=FollowUpStatus.ANSWERED)
            kept = open_ones.filter(pk=self.pk).update(
                status=FollowUpStatus.ANSWERED,
                answered_at=now,
                questions=questions,
                waits_because="",
                refused_because="",
            )
            if kept:
                self.refresh_from_db()
                result, said_next = self._act_on(fit, by=None, problem=problem, at=now)
                self._end_attempt(outcome=AttemptOutcome.BY_LINK, at=now)
                self._close_answered(result or "Something is wrong", said_next, by=None)
                panel_changed(panel="console.my_work", user_ids=[self.owner_id])
        return bool(kept)

    def add_problem(self, *, problem: str) -> None:
        """The answers stay; what else is wrong goes to the request, or opens one."""
        with transaction.atomic():
            self.refresh_from_db()
            if self.request is None or not self.request.add_words(problem):
                self._open_request(by=None, given=[], problem=problem)
                self._tell("Follow-up: something else is wrong", problem)
            AuditEntry.record(
                by=None,
                verb="problem added",
                subject=self,
                detail={"request": self.request_id},
            )

    def _act_on(
        self, given: list[Said], *, by: User | None, problem: str, at: datetime
    ) -> tuple[str, str]:
        """Keep the answers and do what follows; both in words."""
        Answer.objects.bulk_create(
            Answer(
                follow_up_id=self.pk,
                question=said.question,
                is_yes=said.is_yes,
                score=said.score,
                words=said.words.strip()[:500],
                at=at,
            )
            for said in given
        )
        AnswerDraft.objects.filter(follow_up=self.pk).delete()
        if problem or any(said.is_problem for said in given):
            said_next = self._open_request(by=by, given=given, problem=problem)
        else:
            said_next = self._start_next_cycle()
        result = ", ".join(said.in_words for said in given)
        self._tell(f"Follow-up: {result or 'something is wrong'}", problem or said_next)
        AuditEntry.record(
            by=by,
            verb="follow-up answered",
            subject=self,
            detail={
                "answers": {
                    said.question: said.score if said.is_yes is None else said.is_yes
                    for said in given
                },
                "request": self.request_id,
            },
        )
        return result, said_next

    def original_agent(self) -> User:
        """Who had the contact that is asked about; the follow-up's owner where nobody has it."""
        agent = self.interaction.agent
        return agent if agent is not None and agent.is_active else self.owner

    def _open_request(self, *, by: User | None, given: list[Said], problem: str) -> str:
        problems = [said for said in given if said.is_problem]
        shortfalls = ", ".join(said.in_words for said in problems) or "something is wrong"
        about = self.interaction.contact_reason or "last contact"
        words = [
            f"{Question(said.question).label} {said.answer}. {said.words}".strip()
            for said in given
            if said.is_problem or (said.words and said.question != Question.RECOMMEND)
        ]
        owner = self.original_agent()
        request = ServiceRequest.open_request(
            customer=self.customer,
            request_type=problem_request_type(self),
            subject=f"After “{about}”: {shortfalls}"[:200],
            description="\n".join([*words, problem]).strip(),
            owner=owner,
            by=by,
            interaction=Interaction(pk=self.told_in),
            needs_confirmation=True,
            expected_days=expected_days(given),
        )
        self._move(request=request)
        panel_changed(panel="console.my_work", user_ids={owner.pk, *([by.pk] if by else [])})
        return f"Request #{request.pk} opened for {owner}"

    def _start_next_cycle(self) -> str:
        due_on = timezone.localdate() + timedelta(days=self.review_days)
        NeedsReview.start(
            customer=self.customer,
            interaction=Interaction(pk=self.told_in),
            owner=self.original_agent(),
            due_on=due_on,
        )
        return f"Next look at the needs on {date_format(due_on, 'j F Y')}"
