"""What is kept of a follow-up, and the steps that all its verbs are made of."""

from __future__ import annotations

from datetime import datetime, time
from typing import ClassVar, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Q

from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from customers import budget
from customers.contact_points import Channel
from customers.models import Customer, DrawnFor, Purpose
from followups.errors import FollowUpSettled, HeardEnough
from followups.models.asked import BY_MESSAGE, OWED
from followups.models.attempt import Attempt
from followups.models.owed import WAITING, FollowUpQuerySet, FollowUpStatus
from followups.models.policy import FollowUpPolicy, Question, Way, by_agent
from followups.models.version import PolicyVersion
from interactions.models import (
    Interaction,
    Outcome,
    TimelineEntry,
    TimelineKind,
    WrapUpCode,
)
from offers import catalogue
from service.models import ServiceRequest

GIVEN_UP: Final = "Given up"

# The wrap-up codes that are made when nobody has made one of that outcome.
OWN_CODES: Final = {
    Outcome.RESOLVED: ("follow-up-done", "Follow-up done"),
    Outcome.PROMISED: ("follow-up-call-back", "Follow-up: call back agreed"),
    Outcome.UNRESOLVED: ("follow-up-problem", "Follow-up: problem heard"),
    Outcome.NOT_REACHED: ("not-reached", "Customer not reached"),
}


def wrap_up_code(outcome: Outcome) -> WrapUpCode:
    """The team's first code of that outcome; one of ours when there is none."""
    found = WrapUpCode.objects.filter(outcome=outcome, retired_on=None).first()
    if found is not None:
        return found
    code, name = OWN_CODES[outcome]
    made, _ = WrapUpCode.objects.get_or_create(
        code=code, defaults={"name": name, "outcome": outcome}
    )
    return made


class FollowUpRecord(models.Model):
    """The row: who is owed what, when, by whom, and how far it came."""

    interaction = models.OneToOneField(
        Interaction, on_delete=models.CASCADE, related_name="+", help_text="What it asks about."
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    policy = models.ForeignKey(
        FollowUpPolicy, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    policy_version = models.ForeignKey(
        PolicyVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="The policies in force when the contact was closed.",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status = models.CharField(max_length=20, choices=FollowUpStatus, default=FollowUpStatus.PLANNED)
    questions = ArrayField(models.CharField(max_length=20, choices=Question))
    due_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    window_start = models.TimeField()
    window_end = models.TimeField()
    max_attempts = models.PositiveSmallIntegerField()
    retry_minutes = models.PositiveIntegerField()
    review_days = models.PositiveSmallIntegerField()
    ways = ArrayField(models.CharField(max_length=10, choices=Way), default=by_agent)
    way = models.CharField(
        max_length=10, choices=Way, default=Way.AGENT, help_text="The one of its ways tried now."
    )
    tries_each = models.PositiveSmallIntegerField(
        default=2, help_text="So many tries by each way; max_attempts bounds those made so far."
    )
    failures = models.PositiveSmallIntegerField(
        default=0, help_text="In a row, through no doing of the customer's; too many park it."
    )
    attempts_made = models.PositiveSmallIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    waits_because = models.CharField(max_length=120, blank=True)
    refused_because = models.CharField(max_length=120, blank=True)
    given_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Who decided that nobody asks any more.",
    )
    call = models.ForeignKey(
        Interaction,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="The contact of the present attempt, or the one that was answered.",
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    request = models.ForeignKey(
        ServiceRequest,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="Opened by a bad answer.",
    )

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        abstract = True
        verbose_name = "follow-up"
        # Few and partial indexes: each one is written again whenever the sweep moves a row.
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["call"], condition=Q(call__isnull=False), name="follow_up_of_call"
            ),
            models.CheckConstraint(
                name="follow_up_status_known", condition=Q(status__in=FollowUpStatus.values)
            ),
            models.CheckConstraint(
                name="follow_up_refused_has_reason",
                condition=~Q(status="refused") | ~Q(refused_because=""),
            ),
            models.CheckConstraint(
                name="follow_up_answered_has_time",
                condition=~Q(status="answered") | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="follow_up_attempts_bounded", condition=Q(attempts_made__lte=F("max_attempts"))
            ),
            models.CheckConstraint(
                name="follow_up_way_of_its_ways", condition=Q(ways__contains=[F("way")])
            ),
            models.CheckConstraint(
                name="follow_up_hours_lawful",
                condition=Q(window_start__gte=time(8), window_end__lte=time(21)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"], name="follow_up_due", condition=Q(status="planned")
            ),
            models.Index(
                fields=["owner", "due_at"],
                name="follow_up_of_owner",
                condition=Q(status__in=["ready", "in_progress"]),
            ),
            models.Index(
                fields=["due_at", "id"],
                name="follow_up_for_voice",
                condition=Q(status="ready", way="voice"),
            ),
            models.Index(
                fields=["due_at", "id"], name="follow_up_parked", condition=Q(status="parked")
            ),
            models.Index(
                fields=["status", "due_at", "id"],
                name="follow_up_settled",
                condition=Q(status__in=["answered", "refused", "unreachable", "lapsed"]),
            ),
            models.Index(
                fields=["request"], name="follow_up_request", condition=Q(request__isnull=False)
            ),
            models.Index(fields=["customer", "-due_at"], name="follow_up_of_customer"),
            models.Index(
                fields=["answered_at", "id"],
                name="follow_up_answered",
                condition=Q(answered_at__isnull=False),
            ),
        ]

    def give_to(self, *, owner: User, by: User) -> bool:
        """Change who makes the follow-up; false when it is theirs already or past that."""
        with transaction.atomic():
            given = (
                type(self)
                .objects.filter(pk=self.pk, status__in=WAITING)
                .exclude(owner=owner)
                .update(owner=owner)
            )
            if given:
                panel_changed(panel="console.my_work", user_ids={self.owner_id, owner.pk})
                self.owner = owner
                AuditEntry.record(
                    by=by, verb="follow-up given", subject=self, detail={"owner": owner.pk}
                )
        return bool(given)

    def _hold(self) -> None:
        """Lock the row while its call is under way. Raises FollowUpSettled."""
        now = (
            type(self)
            .objects.select_for_update(of=("self",))
            .select_related("owner")
            .get(pk=self.pk)
        )
        if now.status != FollowUpStatus.IN_PROGRESS:
            raise FollowUpSettled(status=now.standing, owner=now.owner)
        self.status, self.owner, self.call_id = now.status, now.owner, now.call_id
        self.attempts_made, self.max_attempts = now.attempts_made, now.max_attempts
        self.ways, self.way, self.tries_each = now.ways, now.way, now.tries_each
        self.failures = now.failures

    def _count_for_nothing(self) -> dict[str, int]:
        """What gives back the try under way: it uses up none of those that are allowed."""
        self._give_back()
        return {"max_attempts": self.max_attempts + 1}

    def draw(self, *, by: User | None) -> None:
        """Count this question against the customer's contact budget, in the claim's transaction.

        Asked twice it counts once. Raises HeardEnough where it has no room; the claim goes too.
        """
        ruled = budget.draw(
            customer_id=self.customer_id,
            purpose=Purpose.SURVEY,
            channel=self.channel,
            what=DrawnFor.FOLLOW_UP,
            subject_id=self.interaction_id,
            limits=catalogue.in_force().policy.limits,
            by=by,
        )
        if not ruled.is_allowed:
            raise HeardEnough(ruled)

    def _give_back(self) -> None:
        """The customer was asked nothing: it counts no longer."""
        budget.give_back(what=DrawnFor.FOLLOW_UP, subject_id=self.interaction_id)

    @property
    def standing(self) -> str:
        """Where it stands, in words; what somebody gave up is not what no rule permits."""
        is_given_up = self.status == FollowUpStatus.REFUSED and self.given_up_by_id
        return GIVEN_UP if is_given_up else self.get_status_display()

    @property
    def owed_in_words(self) -> str:
        return OWED[Way(self.way)]

    @property
    def channel(self) -> Channel:
        """On which channel the present way reaches the customer."""
        return Channel(self.way) if self.way in BY_MESSAGE else Channel.VOICE

    @property
    def told_in(self) -> int:
        """The contact in which the answers were given: our call, or the one asked about."""
        return self.call_id or self.interaction_id

    def _end_attempt(self, *, outcome: str, at: datetime) -> None:
        Attempt.objects.filter(follow_up=self.pk, ended_at=None).update(
            ended_at=at, outcome=outcome
        )

    def _wrap_up(self, *, by: User | None, outcome: Outcome, summary: str) -> None:
        """Close the call; the follow-up has moved on before, so that its closing is allowed.

        Nobody to whom an automatic voice did not talk has a contact by it.
        """
        panel_changed(
            panel="followups.script",
            customer_id=self.customer_id,
            user_ids={self.owner_id, *([by.pk] if by else [])},
        )
        if self.call_id is None:
            return
        call = Interaction.objects.select_related("contact_reason").get(pk=self.call_id)
        call.close(by=by, wrap_up_code=wrap_up_code(outcome), summary=summary[:300])
        if self.status != FollowUpStatus.ANSWERED:
            type(self).objects.filter(pk=self.pk).update(call=None)
            self.call = None

    def _move(self, **changes: object) -> None:
        type(self).objects.filter(pk=self.pk).update(**changes)
        for name, value in changes.items():
            setattr(self, name, value)

    def _tell(self, title: str, detail: str) -> None:
        TimelineEntry.write(
            customer_id=self.customer_id,
            kind=TimelineKind.FOLLOW_UP,
            channel=self.channel,
            title=title,
            detail=detail,
            interaction_id=self.told_in,
        )
