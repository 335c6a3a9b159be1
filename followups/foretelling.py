"""What will this do once it is saved? Told before, from the same rules that act afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format

from followups.models import AttemptOutcome, FollowUp, Said
from followups.models.answered import chosen_request_type, expected_days
from followups.models.policy import BY_WAY, Way
from followups.models.tried import in_words
from followups.permission import calling_hours
from service.models import RequestType
from service.models.request import expected_within

STEP: Final = timedelta(minutes=15)
EARLIER: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Effect:
    """One consequence in words; `is_certain` once the answers so far lead to it."""

    kind: str  # "problem" or "well"
    words: str
    is_certain: bool = False


def of_answers(
    follow_up: FollowUp,
    given: Iterable[Said],
    *,
    problem: str = "",
    request_type: RequestType | None = None,
) -> list[Effect]:
    """What saving these answers does, as far as they are given."""
    said = list(given)
    is_problem = bool(problem.strip()) or any(one.is_problem for one in said)
    is_whole = len(said) == len(follow_up.questions)
    bad, good = _opens(follow_up, request_type, said), _next_look(follow_up)
    if is_problem:
        return [Effect("problem", f"Saving {bad}", is_certain=True)]
    if is_whole:
        return [Effect("well", f"Saving {good}", is_certain=True)]
    return [
        Effect("well", f"All yes {good}"),
        Effect("problem", f"Any no, or a problem in words, {bad}"),
    ]


def _opens(follow_up: FollowUp, request_type: RequestType | None, given: list[Said]) -> str:
    kind = request_type or chosen_request_type(follow_up)
    by = ""
    if kind is not None:
        target = timezone.localtime() + expected_within(kind, days=expected_days(given))
        by = f", target {date_format(target, 'l j F')}"
    return (
        f"opens a request for {follow_up.original_agent()} at once{by}. "
        "Tell the customer so: it closes only when they confirm."
    )


def _next_look(follow_up: FollowUp) -> str:
    on = timezone.localdate() + timedelta(days=follow_up.review_days)
    return f"plans the next look at their needs on {date_format(on, 'j F Y')}."


def of_outcomes(follow_up: FollowUp) -> dict[str, str]:
    """What each way to end a try without answers does, in words."""
    again = _again(follow_up)
    return {
        AttemptOutcome.NO_ANSWER: again,
        AttemptOutcome.BUSY: again,
        AttemptOutcome.MACHINE: again,
        AttemptOutcome.WRONG_NUMBER: "this number is not tried again, another one of theirs is",
        AttemptOutcome.DECLINED: "nobody asks them by phone again, and nothing planned goes out",
        AttemptOutcome.OPTED_OUT: "nobody calls this number again, and nothing planned goes out",
        AttemptOutcome.NOT_CALLED: "it stands in My work as before, and no try is used up",
    }


def _again(follow_up: FollowUp) -> str:
    now = timezone.now()
    at = now + timedelta(minutes=follow_up.retry_minutes)
    if follow_up.has_another_try(now):
        return f"the next try is {in_words(at)}, or when the rules permit it"
    if follow_up.next_way and at < follow_up.lapses_at:
        return f"next {BY_WAY[Way(follow_up.next_way)]} {in_words(at)}"
    return "there is no further try"


@dataclass(frozen=True, slots=True)
class CallBack:
    """A time that the customer named: may they be called then, and if not, when near it?"""

    at: datetime
    because: str
    nearest: list[datetime]

    @property
    def is_possible(self) -> bool:
        return not self.because


def call_back(follow_up: FollowUp, at: datetime) -> CallBack:
    """Check a time against the rules that will hold then; nothing is written."""
    now = timezone.now()
    hours = calling_hours(FollowUp.objects.filter(pk=follow_up.pk).facts()[follow_up.pk])
    if at <= now:
        return CallBack(at, "That time has passed.", _near(hours.opening(now + STEP), follow_up))
    if at >= follow_up.lapses_at:
        because = f"Too late to ask about this contact: before {in_words(follow_up.lapses_at)}."
        return CallBack(at, because.replace("before on", "agree on a time before"), [])
    if hours.opening(at) == at:
        return CallBack(at, "", [])
    earlier = at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
    limit = max(now, at - EARLIER)
    while earlier > limit and not hours.is_open(earlier):
        earlier -= STEP
    before = [earlier] if earlier > limit else []
    because = "At that time nobody may be called at the customer's place."
    return CallBack(at, because, [*before, *_near(hours.opening(at), follow_up)])


def _near(at: datetime | None, follow_up: FollowUp) -> list[datetime]:
    if at is None or at >= follow_up.lapses_at:
        return []
    rounded = at + (datetime.min.replace(tzinfo=at.tzinfo) - at) % STEP
    return [rounded]
