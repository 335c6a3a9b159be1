"""How is a follow-up made by a link that is sent?"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import AuditEntry
from followups.errors import FollowUpSettled
from followups.grounds import Permission
from followups.models.attempt import OUT, Attempt, AttemptOutcome, PermissionCheck
from followups.models.link import LATE, Link
from followups.models.owed import FollowUpStatus
from followups.models.policy import BY_WAY, Way
from followups.models.record import FollowUpRecord
from followups.models.voiced import VoicedFollowUp


class LinkedFollowUp(VoicedFollowUp):
    """The verbs of a try by SMS or e-mail: claimed, sent, then waited for."""

    class Meta(FollowUpRecord.Meta):
        abstract = True

    def begin_by_message(
        self, *, decided: Permission, gateway: str, contact_point_id: int | None
    ) -> Link | None:
        """Claim the try, with its link; None when it is under way. Raises HeardEnough.

        The caller's transaction writes the text that carries the link.
        """
        now = timezone.now()
        begun = (
            type(self)
            .objects.by_message()
            .filter(pk=self.pk, way=self.way)
            .update(
                status=FollowUpStatus.IN_PROGRESS, call=None, attempts_made=F("attempts_made") + 1
            )
        )
        if not begun:
            return None
        self.refresh_from_db(fields=["status", "call", "attempts_made", "max_attempts"])
        self.draw(by=None)
        attempt = Attempt.objects.create(
            follow_up_id=self.pk,
            number=self.attempts_made,
            contact_point_id=contact_point_id,
            gateway=gateway,
            started_at=now,
        )
        PermissionCheck.keep(self.pk, decided, at=now)
        AuditEntry.record(
            by=None,
            verb="follow-up begun",
            subject=self,
            detail={"attempt": self.attempts_made, "rule": decided.rule, "by": self.way},
        )
        return Link.objects.create(
            follow_up_id=self.pk, attempt=attempt, expires_at=self.lapses_at + LATE
        )

    def was_sent(self, *, attempt: Attempt) -> None:
        """The link is out: the customer has time to answer, then the next try or way follows."""
        now = timezone.now()
        with transaction.atomic(), suppress(FollowUpSettled):
            self._hold()
            is_mail = self.way == Way.EMAIL  # it disturbs nobody, an SMS does
            out = AttemptOutcome.MAILED if is_mail else AttemptOutcome.SENT
            if not self._ended(attempt, out, at=now):
                return
            self._tell(f"Follow-up: asked {BY_WAY[Way(self.way)]}", "A link to the questions")
            self._wait_for_an_answer(now)

    def _wait_for_an_answer(self, now: datetime) -> None:
        """After the last try by the last way it waits as long, and is not reached then."""
        because = f"Asked {BY_WAY[Way(self.way)]}, waits for an answer"
        again_at = now + timedelta(minutes=self.retry_minutes)
        is_last = self.attempts_made >= self.max_attempts and self.next_way is not None
        if is_last and again_at < self.lapses_at:
            self.go_on_to_next_way(at=again_at, because=because)
            return
        self._move(
            status=FollowUpStatus.PLANNED, due_at=again_at, ready_at=None, waits_because=because
        )

    def was_not_sent(self, *, attempt: Attempt, because: str) -> None:
        """It did not leave, or did not arrive: the next way at once, and no try is used up."""
        now = timezone.now()
        with transaction.atomic():
            if Attempt.objects.filter(pk=attempt.pk, outcome__in=OUT).exists():
                self._did_not_arrive(attempt, because, now)
                return
            with suppress(FollowUpSettled):
                self._hold()
                if self._ended(attempt, AttemptOutcome.NOT_SENT, at=now):
                    self._move(**self._count_for_nothing())
                    if not self.go_on_to_next_way(at=now, because=because):
                        self._give_up(because)

    def _did_not_arrive(self, attempt: Attempt, because: str, now: datetime) -> None:
        """The provider took it, and the network says later that it was not delivered."""
        Attempt.objects.filter(pk=attempt.pk).update(outcome=AttemptOutcome.NOT_SENT)
        self.refresh_from_db()
        is_last_try = attempt.number == self.attempts_made
        if is_last_try and self.status == FollowUpStatus.PLANNED:
            self.go_on_to_next_way(at=now, because=because)

    def _ended(self, attempt: Attempt, outcome: AttemptOutcome, *, at: datetime) -> bool:
        open_one = Attempt.objects.filter(pk=attempt.pk, ended_at=None)
        return bool(open_one.update(ended_at=at, outcome=outcome))
