"""What did customers say in follow-ups, and which follow-ups came to an end?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db.models import Case, Exists, F, OuterRef, Q, When

from customers.models import Holding
from followups.models import FollowUp, FollowUpStatus, Question
from insights.tallies.tally import AnyRecords, day_of, later, words

PROMOTER, DETRACTOR = 9, 6  # Net Promoter Score: 9 and 10; 0 to 6 (Reichheld 2003)
SETTLED: Final = (
    FollowUpStatus.ANSWERED,
    FollowUpStatus.UNREACHABLE,
    FollowUpStatus.REFUSED,
    FollowUpStatus.LAPSED,
)


TALLY_OF: Final = {
    Question.AS_EXPECTED: "as_expected",
    Question.AS_PROMISED: "as_promised",
    Question.MET_EXPECTATIONS: "met",
    Question.RECOMMEND: "nps",
}


def spoken(_: bool = False, **only: str) -> AnyRecords:
    """Follow-ups beside each answer, with the `tally` that the answer counts for."""
    return FollowUp.objects.filter(
        status=FollowUpStatus.ANSWERED, answers__question__in=TALLY_OF, **only
    ).annotate(
        day=day_of("answered_at"),
        reason=words(""),
        score=F("answers__score"),
        tally=Case(
            *(
                When(answers__question=question, then=words(key))
                for question, key in TALLY_OF.items()
            )
        ),
        outcome=Case(
            When(answers__is_yes=True, then=words("yes")),
            When(~Q(answers__question=Question.RECOMMEND), then=words("no")),
            When(answers__score__gte=PROMOTER, then=words("promoter")),
            When(answers__score__gt=DETRACTOR, then=words("passive")),
            default=words("detractor"),
        ),
    )


def of_question(question: str) -> Callable[[bool], AnyRecords]:
    """Follow-ups in which one question was answered."""

    def records(_: bool = False) -> AnyRecords:
        return spoken(answers__question=question)

    return records


def advocates(_: bool = False) -> AnyRecords:
    """Each customer's newest recommendation: promoters who still hold something, and others."""
    newer = FollowUp.objects.filter(
        later("answered_at"),
        customer_id=OuterRef("customer_id"),
        status=FollowUpStatus.ANSWERED,
        answers__question=Question.RECOMMEND,
    )
    stays = Exists(Holding.objects.held().filter(customer_id=OuterRef("customer_id")))
    return FollowUp.objects.filter(
        ~Exists(newer), status=FollowUpStatus.ANSWERED, answers__question=Question.RECOMMEND
    ).annotate(
        day=day_of("answered_at"),
        reason=words(""),
        score=F("answers__score"),
        outcome=Case(
            When(Q(answers__score__gte=PROMOTER) & stays, then=words("advocate")),
            When(answers__score__gte=PROMOTER, then=words("promoter_left")),
            default=words("other"),
        ),
    )


def follow_ups(_: bool = False) -> AnyRecords:
    """Follow-ups that came to an end, on the day they were last due."""
    return FollowUp.objects.filter(status__in=SETTLED).annotate(
        day=day_of("due_at"), outcome=F("status"), reason=F("refused_because")
    )
