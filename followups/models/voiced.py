"""How does an automatic voice make a follow-up, in a call of its own?"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import AuditEntry
from customers.contact_points import Channel
from followups.grounds import Permission, Rule
from followups.models.attempt import Attempt, AttemptOutcome, PermissionCheck
from followups.models.calling import CalledFollowUp
from followups.models.owed import FollowUpStatus
from followups.models.record import FollowUpRecord
from interactions.models import Direction, Interaction, Outcome
from telephony.adapters import gateway
from telephony.models import Call


class VoicedFollowUp(CalledFollowUp):
    """The verbs of a try in which nobody of ours takes part."""

    class Meta(FollowUpRecord.Meta):
        abstract = True

    def begin_by_voice(
        self, *, decided: Permission, contact_point_id: int | None
    ) -> Attempt | None:
        """Claim the try; None when it is under way, or somebody else makes it.

        There is no contact before somebody answers. The caller's transaction writes the call.
        Raises HeardEnough.
        """
        now = timezone.now()
        begun = (
            type(self)
            .objects.for_the_voice()
            .filter(pk=self.pk)
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
            gateway=gateway().name,
            started_at=now,
        )
        PermissionCheck.keep(self.pk, decided, at=now)
        AuditEntry.record(
            by=None,
            verb="follow-up begun",
            subject=self,
            detail={"attempt": self.attempts_made, "rule": decided.rule, "by": "voice"},
        )
        return attempt

    def leave_to_next_way(self, *, because: str) -> bool:
        """It is ready, and cannot be made this way: the next one is tried at once, and says why.

        Where there is none it is put away with the reason. False when somebody was first.
        """
        if self.go_on_to_next_way(at=timezone.now(), because=because):
            return True
        left = type(self).objects.filter(pk=self.pk, status=FollowUpStatus.READY, way=self.way)
        return bool(left.update(status=FollowUpStatus.REFUSED, refused_because=because[:120]))

    def was_not_placed(self, *, because: str) -> None:
        """Nobody's phone rang, since the telephone failed: the try counts for nothing.

        It is made again later, and parked when it goes on like that. Raises FollowUpSettled.
        """
        now = timezone.now()
        with transaction.atomic():
            self._hold()
            self._end_attempt(outcome=AttemptOutcome.NOT_CALLED, at=now)
            self._move(**self._count_for_nothing())
            said = self._put_off(now, because=because)
            AuditEntry.record(
                by=None,
                verb="follow-up tried",
                subject=self,
                detail={"outcome": AttemptOutcome.NOT_CALLED, "what": said[:120]},
            )

    def was_talked_to(self, *, call: Call, at: datetime) -> None:
        """The customer answered: the call is a contact of theirs, which its report closes."""
        with transaction.atomic():
            self._hold()
            contact = Interaction.open_contact(
                customer=self.customer,
                by=None,
                channel=Channel.VOICE,
                direction=Direction.OUTBOUND,
                subject=f"Follow-up by voice: {self.interaction.contact_reason or 'last contact'}",
                is_follow_up=True,
                call=call,
            )
            contact.opened_at = min(at, contact.opened_at)  # the provider's clock is another one
            contact.save(update_fields=["opened_at"])
            Attempt.objects.filter(follow_up=self.pk, ended_at=None).update(call=contact)
            self._move(call=contact)

    def was_stopped(self) -> None:
        """The customer pressed nine, which withdrew the consent when it was pressed."""
        now = timezone.now()
        with transaction.atomic():
            self._hold()
            self._end_attempt(outcome=AttemptOutcome.DECLINED, at=now)
            type(self).objects.decide(
                {self.pk: Permission(Rule.CONSENT_WITHDRAWN)},
                at=now,
                from_statuses=[FollowUpStatus.IN_PROGRESS],
            )
            self.refresh_from_db(fields=["status", "refused_because"])
            self._tell("Follow-up: does not want to be asked", "Consent to be asked withdrawn")
            self._wrap_up(
                by=None,
                outcome=Outcome.RESOLVED,
                summary="Does not want to be asked; consent withdrawn by key",
            )
