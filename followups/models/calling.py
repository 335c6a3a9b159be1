"""How is a follow-up call begun, and how does a try end in which the customer was not asked?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format

from accounts.errors import RuleBroken
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from customers.contact_points import Channel
from followups.errors import (
    CalledAlready,
    FollowUpTaken,
    HeardEnough,
    NotCalledYet,
    NotPermittedNow,
)
from followups.grounds import Facts, Permission
from followups.models.attempt import (
    ONLY_TOLD,
    RANG,
    TRIED,
    Attempt,
    AttemptOutcome,
    PermissionCheck,
)
from followups.models.owed import FollowUpStatus
from followups.models.tried import TriedFollowUp
from followups.permission import permission
from interactions.models import Direction, Interaction, Outcome
from telephony.adapters import gateway, named
from telephony.gateway import Capability

WRAP_UP_OF: Final = {
    AttemptOutcome.CALL_BACK: Outcome.PROMISED,
    AttemptOutcome.DECLINED: Outcome.RESOLVED,
    AttemptOutcome.PARTIAL: Outcome.RESOLVED,
}


class CalledFollowUp(TriedFollowUp):
    """The verbs of trying."""

    class Meta(TriedFollowUp.Meta):
        abstract = True

    def begin(self, *, by: User) -> Interaction:
        """Open the follow-up call with `by`, who owns the follow-up from now on.

        The rules are asked again at this moment. Raises NotPermittedNow (the follow-up then
        waits, or is refused, as the rules say) or FollowUpTaken when somebody was first.
        """
        now = timezone.now()
        facts = type(self).objects.filter(pk=self.pk).facts()[self.pk]
        decided = permission(facts, at=now)
        if not decided.is_allowed:
            self._hold_back(decided, at=now)
        try:
            return self._begun(facts, decided, by=by, at=now)
        except HeardEnough as enough:  # somebody else drew what was left a moment ago
            refused = permission(replace(facts, room_on=enough.room_on), at=now)
            self._hold_back(refused, at=now)
            raise

    def _begun(self, facts: Facts, decided: Permission, *, by: User, at: datetime) -> Interaction:
        """The claim, the contact, the try and its line on the ledger; all of it or nothing."""
        with transaction.atomic():
            call = Interaction.open_contact(
                customer=self.customer,
                by=by,
                channel=Channel.VOICE,
                direction=Direction.OUTBOUND,
                subject=f"Follow-up: {self.interaction.contact_reason or 'last contact'}",
                is_follow_up=True,
            )
            begun = (
                type(self)
                .objects.filter(pk=self.pk, status=FollowUpStatus.READY)
                .update(
                    status=FollowUpStatus.IN_PROGRESS,
                    owner=by,
                    call=call,
                    attempts_made=F("attempts_made") + 1,
                )
            )
            if not begun:
                raise self._taken()
            self.status, self.owner, self.call = FollowUpStatus.IN_PROGRESS, by, call
            self.refresh_from_db(fields=["attempts_made"])
            self.draw(by=by)
            Attempt.objects.create(
                follow_up_id=self.pk,
                number=self.attempts_made,
                call=call,
                contact_point_id=facts.phone_id,
                by=by,
                gateway=gateway().name,
                started_at=at,
            )
            PermissionCheck.keep(self.pk, decided, at=at)
            AuditEntry.record(
                by=by,
                verb="follow-up begun",
                subject=self,
                detail={"attempt": self.attempts_made, "rule": decided.rule},
            )
            panel_changed(panel="console.my_work", user_ids=[by.pk])
        return call

    def report(
        self,
        *,
        by: User | None,
        outcome: str,
        call_back_at: datetime | None = None,
        is_told: bool = False,
    ) -> None:
        """Say how a try ended that brought no answers, and plan what follows from it.

        `call_back_at` is the time that the customer named, for `call_back` only. `is_told`: the
        telephone's provider says so, rather than a person. Raises FollowUpSettled,
        CallBackImpossible, NotCalledYet, CalledAlready.
        """
        if outcome not in ((*TRIED, *ONLY_TOLD) if is_told else TRIED):
            raise RuleBroken("Choose how the try ended: no answer, busy, call back, …")
        now = timezone.now()
        with transaction.atomic():
            self._hold()
            if not is_told:
                self._refuse_what_was_not_told(outcome)
            follow: dict[str, Callable[[], str]] = {
                AttemptOutcome.NO_ANSWER: lambda: self._try_again(now, because="No answer"),
                AttemptOutcome.BUSY: lambda: self._try_again(now, because="Busy"),
                AttemptOutcome.MACHINE: lambda: self._try_again(now, because="Answering machine"),
                AttemptOutcome.CALL_BACK: lambda: self._call_back(now, at=call_back_at),
                AttemptOutcome.WRONG_NUMBER: lambda: self._try_other_number(now),
                AttemptOutcome.DECLINED: lambda: self._never_again(now, by=by),
                AttemptOutcome.OPTED_OUT: lambda: self._opt_out(now, by=by),
                AttemptOutcome.NOT_CALLED: lambda: self._put_back(now),
                AttemptOutcome.SILENT: lambda: self._try_again(now, because="No question answered"),
                AttemptOutcome.BROKEN_OFF: lambda: self._try_again(now, because="Call broke off"),
                AttemptOutcome.PARTIAL: lambda: self._try_otherwise(now),
            }
            self._end_attempt(outcome=outcome, at=now)
            if self.failures and outcome != AttemptOutcome.NOT_CALLED:
                self._move(failures=0)
            said = follow[outcome]()
            self._wrap_up(
                by=by,
                outcome=WRAP_UP_OF.get(AttemptOutcome(outcome), Outcome.NOT_REACHED),
                summary=f"{said} ({'told by the telephone' if is_told else f'reported by {by}'})",
            )
            AuditEntry.record(
                by=by,
                verb="follow-up tried",
                subject=self,
                detail={
                    "outcome": outcome,
                    "attempt": self.attempts_made,
                    "told_by": "telephone" if is_told else "agent",
                },
            )

    def refuse_dialling(self, *, by: User | None, decided: Permission) -> None:
        """A rule refused when the number was about to be called: this try counts for nothing.

        The follow-up goes where the rule says. Raises FollowUpSettled.
        """
        now = timezone.now()
        with transaction.atomic():
            self._hold()
            self._end_attempt(outcome=AttemptOutcome.NOT_CALLED, at=now)
            self._move(**self._count_for_nothing())
            type(self).objects.decide(
                {self.pk: decided}, at=now, from_statuses=[FollowUpStatus.IN_PROGRESS]
            )
            self.refresh_from_db(fields=["status", "due_at", "refused_because", "waits_because"])
            self._tell("Follow-up: not called", str(decided.rule.label))
            self._wrap_up(
                by=by,
                outcome=Outcome.NOT_REACHED,
                summary=f"Not called: {decided.rule.label}",
            )
            AuditEntry.record(
                by=by, verb="follow-up not dialled", subject=self, detail={"rule": decided.rule}
            )
            panel_changed(
                panel="console.my_work", user_ids={self.owner_id, *([by.pk] if by else [])}
            )

    def _refuse_what_was_not_told(self, outcome: str) -> None:
        """Where the provider places the calls, a call was made only when the provider says so."""
        open_ones = Attempt.objects.filter(follow_up=self.pk, ended_at=None)
        attempt = open_ones.select_related("call__call").first()
        if attempt is None or Capability.PLACES_CALLS not in named(attempt.gateway).capabilities:
            return
        call = attempt.telephone_call
        has_rung = call is not None and (call.ringing_at or call.answered_at)
        if outcome in RANG and not has_rung:
            raise NotCalledYet
        if outcome == AttemptOutcome.NOT_CALLED and has_rung:
            raise CalledAlready

    def _taken(self) -> FollowUpTaken:
        now = type(self).objects.select_related("owner").get(pk=self.pk)
        return FollowUpTaken(status=now.standing, owner=now.owner)

    def _hold_back(self, decided: Permission, *, at: datetime) -> None:
        """Put the follow-up where the rule says and tell the person why."""
        moved = type(self).objects.decide(
            {self.pk: decided}, at=at, from_statuses=[FollowUpStatus.READY]
        )
        if not moved:
            raise self._taken()
        panel_changed(panel="console.my_work", user_ids=[owner for _, owner in moved])
        words = f"{decided.rule.label}, so nobody was called."
        if decided.until is not None:
            until = date_format(timezone.localtime(decided.until), "l j F, H:i")
            words += f" This follow-up comes back on {until}."
        raise NotPermittedNow(words)
