"""What do the panels show: the script of a call, and what is owed?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from customers.places import zone
from followups import foretelling, reviewing
from followups.foretelling import Effect
from followups.forms import AnswersForm, OutcomeForm
from followups.grounds import Facts, Permission
from followups.models import (
    RANG,
    TRIED,
    Answer,
    AnswerDraft,
    Attempt,
    AttemptOutcome,
    FollowUp,
    FollowUpQuerySet,
    FollowUpStatus,
)
from followups.models.answered import chosen_request_type
from followups.permission import calling_hours, permission
from interactions.models import Interaction
from needs.models import NeedsReview
from routing.models import OutboundCall
from routing.outbound import came_to_nothing
from service.models import Promise, RequestType
from telephony.adapters import gateway, named
from telephony.gateway import CallState, Capability, Dialling
from telephony.models import Call

# What each outcome's button says, where it is not the outcome itself.
WORDS: Final = {AttemptOutcome.NOT_CALLED: "Not called: put back"}

STATES: Final = {
    CallState.QUEUED: "Connecting you first…",
    CallState.INITIATED: "Connecting you first…",
    CallState.RINGING: "Their phone rings…",
    CallState.IN_PROGRESS: "You are talking.",
    CallState.COMPLETED: "The call has ended.",
    CallState.BUSY: "Busy, or they declined the call.",
    CallState.NO_ANSWER: "They did not answer.",
    CallState.FAILED: "The call could not be made.",
    CallState.CANCELED: "The call was ended before they answered.",
}
TOLD: Final = frozenset({CallState.BUSY, CallState.NO_ANSWER})


@dataclass(frozen=True)
class Telephone:
    """The call of an attempt, as its provider tells it."""

    call: Call
    asked: OutboundCall | None

    @property
    def has_rung(self) -> bool:
        return bool(self.call.ringing_at or self.call.answered_at)

    @property
    def words(self) -> str:
        if self.asked and self.asked.told:
            return self.asked.told
        return STATES[CallState(self.call.state)]


@dataclass(frozen=True)
class Script:
    """A follow-up call under way, or what came of it."""

    follow_up: FollowUp
    attempt: Attempt
    promises: list[Promise]
    answers: list[Answer]
    request_type: RequestType | None
    draft: AnswerDraft
    form: AnswersForm
    outcome_form: OutcomeForm
    telephone: Telephone | None

    @property
    def is_open(self) -> bool:
        return self.follow_up.status == FollowUpStatus.IN_PROGRESS and not self.attempt.ended_at

    @property
    def dialling(self) -> Dialling | None:
        point = self.attempt.contact_point
        return named(self.attempt.gateway).dialling(point.value) if point else None

    @property
    def places_calls(self) -> bool:
        """Whether the key dials, or shows the number to somebody who does."""
        return Capability.PLACES_CALLS in named(self.attempt.gateway).capabilities

    @property
    def can_call(self) -> bool:
        """Once their phone has rung, this try has been made."""
        return self.telephone is None or came_to_nothing(self.telephone.call)

    @property
    def told_by_telephone(self) -> bool:
        """Whether the provider said how the try ended, rather than a person."""
        return self.telephone is not None and self.telephone.call.state in TOLD

    @property
    def effects(self) -> list[Effect]:
        """What saving the answers would do, as far as they are given."""
        typed = self.form.data if self.form.is_bound else self.draft.typed
        return foretelling.of_answers(
            self.follow_up,
            self.form.said_so_far(typed),
            problem=str(typed.get("problem", "")),
            request_type=self.request_type,
        )

    @property
    def call_back_typed(self) -> str:
        """The time that was typed, as the browser's field of it takes it."""
        typed = self.outcome_form["call_back_at"].value()
        return typed if isinstance(typed, str) else ""

    @property
    def tried(self) -> list[tuple[str, str, str]]:
        """The outcomes that need nothing but their button and can be true, with what each does."""
        has_rung = not self.places_calls or (self.telephone is not None and self.telephone.has_rung)
        possible = [one for one in TRIED if one != AttemptOutcome.CALL_BACK]
        if not has_rung:
            possible = [one for one in possible if one not in RANG]
        elif self.places_calls:
            possible.remove(AttemptOutcome.NOT_CALLED)
        does = foretelling.of_outcomes(self.follow_up)
        return [(one.value, WORDS.get(one, str(one.label)), does[one]) for one in possible]


def script(
    *,
    interaction: Interaction,
    form: AnswersForm | None = None,
    outcome_form: OutcomeForm | None = None,
) -> Script | None:
    """The script of the follow-up that this contact makes; None when it makes none."""
    if not interaction.is_follow_up:
        return None
    attempt = (
        Attempt.objects.filter(call=interaction)
        .select_related("contact_point", "by", "call__call")
        .first()
    )
    if attempt is None:
        return None
    follow_up = with_last_contact(FollowUp.objects.all()).get(pk=attempt.follow_up_id)
    draft, place = follow_up.kept_draft, zone(follow_up.customer.time_zone)
    agreed = draft.typed if draft.saved_at >= attempt.started_at else {}  # not in an earlier call
    return Script(
        follow_up=follow_up,
        attempt=attempt,
        promises=promises_of(follow_up),
        answers=answers_of(follow_up),
        request_type=chosen_request_type(follow_up),
        draft=draft,
        form=form or AnswersForm(questions=follow_up.questions, initial=draft.typed),
        outcome_form=outcome_form or OutcomeForm(zone=place, initial=agreed),
        telephone=_telephone(attempt),
    )


def _telephone(attempt: Attempt) -> Telephone | None:
    call = attempt.telephone_call
    if call is None:
        return None
    return Telephone(call=call, asked=OutboundCall.objects.filter(call=call).first())


@dataclass(frozen=True)
class Owed:
    """A follow-up that nobody has begun: what it asks about, and whether it may go out now."""

    follow_up: FollowUp
    facts: Facts
    permission: Permission
    promises: list[Promise]

    @property
    def dialling(self) -> Dialling | None:
        return gateway().dialling(self.facts.phone) if self.facts.phone else None

    @property
    def can_begin(self) -> bool:
        return self.follow_up.status == FollowUpStatus.READY and self.permission.is_allowed

    @property
    def local_time(self) -> datetime | None:
        """The clock at the customer's place."""
        places = calling_hours(self.facts).places
        return timezone.now().astimezone(places[0].zone) if places else None


def owed(*, follow_up: FollowUp) -> Owed:
    """What the rules say at this moment; nothing is written."""
    facts = FollowUp.objects.filter(pk=follow_up.pk).facts()[follow_up.pk]
    return Owed(
        follow_up=follow_up,
        facts=facts,
        permission=permission(facts, at=timezone.now()),
        promises=promises_of(follow_up),
    )


@dataclass(frozen=True)
class Look:
    """A needs review: may its customer be called now, and how far is the call about it?"""

    review: NeedsReview
    permission: Permission
    dialling: Dialling | None
    telephone: Telephone | None

    @property
    def contact(self) -> Interaction | None:
        """The open contact in which the needs are talked about."""
        begun = self.review.begun_in
        return begun if begun and not begun.closed_at else None

    @property
    def places_calls(self) -> bool:
        return Capability.PLACES_CALLS in gateway().capabilities

    @property
    def can_call(self) -> bool:
        """Once their phone has rung in this contact, it is wrapped up before the next call."""
        if not self.permission.is_allowed or self.dialling is None:
            return False
        if self.contact is None or self.telephone is None:
            return True
        return came_to_nothing(self.telephone.call)


def look(review: NeedsReview) -> Look:
    """The review as its card and its contact show it; nothing is written."""
    asked, begun, number = reviewing.last_call(review), review.begun_in, reviewing.number_of(review)
    telephone = None
    if asked and begun and begun.call_id == asked.call_id:
        telephone = Telephone(call=asked.call, asked=asked)
    return Look(
        review=review,
        permission=reviewing.permission_of(review),
        dialling=gateway().dialling(number) if number else None,
        telephone=telephone,
    )


def with_last_contact(rows: FollowUpQuerySet) -> FollowUpQuerySet:
    """Rows with the contact that they ask about and all who had to do with it."""
    return rows.select_related(
        "customer",
        "owner",
        "request",
        "policy__problem_request_type",
        "interaction__contact_reason",
        "interaction__agent",
        "draft",
    )


def promises_of(follow_up: FollowUp) -> list[Promise]:
    """What was promised in the contact that is asked about: it is read out."""
    made = Promise.objects.filter(interaction=follow_up.interaction_id)
    return list(made.select_related("owner").order_by("due_at"))


def answers_of(follow_up: FollowUp) -> list[Answer]:
    if follow_up.answered_at is None:
        return []
    return list(Answer.objects.filter(follow_up=follow_up).order_by("pk"))
