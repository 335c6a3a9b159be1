"""What becomes of a follow-up after a try in which the customer was not asked?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from accounts.live import panel_changed
from accounts.models import User
from followups.errors import CallBackImpossible
from followups.grounds import Facts, Permission, Rule
from followups.models.attempt import Attempt
from followups.models.owed import WAITING, FollowUpStatus
from followups.models.parked import ParkedFollowUp
from followups.models.policy import BY_WAY, Way
from followups.permission import calling_hours
from telephony.models import SuppressionEntry


class TriedFollowUp(ParkedFollowUp):
    """The ways on from a try; each says in words where it leads."""

    class Meta(ParkedFollowUp.Meta):
        abstract = True

    def has_another_try(self, now: datetime) -> bool:
        again_at = now + timedelta(minutes=self.retry_minutes)
        return self.attempts_made < self.max_attempts and again_at < self.lapses_at

    @property
    def next_way(self) -> str | None:
        """The way to try after this one; None when it is the last."""
        later = self.ways[self.ways.index(self.way) + 1 :]
        return later[0] if later else None

    def go_on_to_next_way(self, *, at: datetime, because: str) -> bool:
        """Try the next way, due `at`: the rules are asked again then, for that way.

        It has tries of its own. False when there is none, or when the follow-up has moved since
        it was read; then nothing is changed.
        """
        if self.next_way is None:
            return False
        moved: dict[str, Any] = {
            "way": self.next_way,
            "status": FollowUpStatus.PLANNED,
            "due_at": at,
            "ready_at": None,
            "waits_because": because[:120],
            "max_attempts": self.attempts_made + self.tries_each,
        }
        under_way = [*WAITING, FollowUpStatus.IN_PROGRESS]
        standing = type(self).objects.filter(pk=self.pk, status=self.status, way=self.way)
        if not standing.filter(status__in=under_way).update(**moved):
            return False
        for name, value in moved.items():
            setattr(self, name, value)
        return True

    def _try_again(self, now: datetime, *, because: str) -> str:
        again_at = now + timedelta(minutes=self.retry_minutes)
        if not self.has_another_try(now):
            return self._go_on_or_give_up(now, because=because)
        self._move(
            status=FollowUpStatus.PLANNED, due_at=again_at, ready_at=None, waits_because=because
        )
        return f"{because}; next try {in_words(again_at)}"

    def _go_on_or_give_up(self, now: datetime, *, because: str) -> str:
        """The tries of this way are used: the next one, once the gap between tries is over."""
        again_at = now + timedelta(minutes=self.retry_minutes)
        if again_at < self.lapses_at and self.go_on_to_next_way(at=again_at, because=because):
            return f"{because}; next {BY_WAY[Way(self.way)]} {in_words(again_at)}"
        return self._give_up(because)

    def _give_up(self, because: str) -> str:
        self._move(
            status=FollowUpStatus.UNREACHABLE,
            refused_because=f"{because}; attempts made: {self.attempts_made}",
        )
        self._give_back()
        self._tell("Follow-up: not reached", because)
        return f"{because}; no further try"

    def _call_back(self, now: datetime, *, at: datetime | None) -> str:
        """The customer's own word counts as no attempt of ours."""
        if at is None or at <= now:
            raise CallBackImpossible("Say when the customer wants to be called: a time to come.")
        if at >= self.lapses_at:
            raise CallBackImpossible(
                f"That is too late to ask about this contact. Agree on a time before "
                f"{in_words(self.lapses_at)}."
            )
        opening = calling_hours(self._facts()).opening(at)
        if opening != at:
            instead = f" The next possible time is {in_words(opening)}." if opening else ""
            raise CallBackImpossible(
                f"At that time nobody may be called at the customer's place.{instead}"
            )
        self._move(
            status=FollowUpStatus.PLANNED,
            due_at=at,
            ready_at=None,
            waits_because="The customer asked to be called then",
            **self._count_for_nothing(),
        )
        return f"Asked to be called back {in_words(at)}"

    def _try_other_number(self, now: datetime) -> str:
        if not self._facts().phone or self.attempts_made >= self.max_attempts:
            return self._go_on_or_give_up(now, because="Wrong number")
        self._move(
            status=FollowUpStatus.PLANNED,
            due_at=now,
            ready_at=None,
            waits_because="Wrong number; the customer has another one",
        )
        return "Wrong number; another one is tried next"

    def _try_otherwise(self, now: datetime) -> str:
        """The customer hung up on the voice between two questions: the next way asks the rest."""
        because = "Answered an automatic voice in part"
        return (
            self._go_on_or_give_up(now, because=because)
            if self.next_way
            else (self._try_again(now, because=because))
        )

    def _put_back(self, now: datetime) -> str:
        """Nobody was called: an agent's stands in My work as before, and no attempt is used up.

        What a voice could not place goes on to the next way; where there is none, it waits.
        """
        self._move(**self._count_for_nothing())
        if self.way != Way.AGENT:
            if self.go_on_to_next_way(at=now, because="The call could not be placed"):
                return f"Not called; next {BY_WAY[Way(self.way)]}"
            return self._try_again(now, because="The call could not be placed")
        self._move(status=FollowUpStatus.READY, ready_at=now)
        panel_changed(panel="console.my_work", user_ids=[self.owner_id])
        return "Not called; put back"

    def _opt_out(self, now: datetime, *, by: User | None) -> str:
        """The number itself is never called again by us, whatever for."""
        attempt = Attempt.objects.filter(follow_up=self.pk).select_related("contact_point").last()
        if attempt and attempt.contact_point:
            SuppressionEntry.suppress(
                number=attempt.contact_point.value, reason="Said so in a follow-up call", by=by
            )
        return f"{self._never_again(now, by=by)}; number never called again"

    def _never_again(self, now: datetime, *, by: User | None) -> str:
        """The customer opts out: at once, for all that is planned (89 FR 15756)."""
        type(self).objects.opt_out(customer=self.customer, by=by, source="follow-up call")
        refused = Permission(Rule.CONSENT_WITHDRAWN)
        type(self).objects.decide(
            {self.pk: refused}, at=now, from_statuses=[FollowUpStatus.IN_PROGRESS]
        )
        self.refresh_from_db(fields=["status", "refused_because"])
        self._tell("Follow-up: does not want to be asked", "Consent to be asked withdrawn")
        return "Does not want to be asked; consent withdrawn"

    def _facts(self) -> Facts:
        return type(self).objects.filter(pk=self.pk).facts()[self.pk]


def in_words(at: datetime) -> str:
    """A moment as agents read it: Monday 23 November, 10:30."""
    return f"on {date_format(timezone.localtime(at), 'l j F, H:i')}"
