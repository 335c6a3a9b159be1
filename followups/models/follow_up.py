"""What is owed after a contact, and what is typed of the answers to it so far?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, models, transaction
from django.utils import timezone

from followups.errors import DraftMovedOn
from followups.grounds import Rule
from followups.models.answered import AnsweredFollowUp
from followups.models.attempt import Answer, Attempt
from followups.models.draft import AnswerDraft
from followups.models.owed import FollowUpStatus
from followups.models.terms import Terms
from interactions.models import Interaction

# Once, however often a contact is closed.
KEEP_REFUSAL: Final = """
INSERT INTO followups_permissioncheck (follow_up_id, at, is_allowed, rule, way, law)
SELECT id, %s, false, %s, way, '' FROM followups_followup AS follow_up
WHERE interaction_id = %s AND status = 'refused'
AND NOT EXISTS (SELECT FROM followups_permissioncheck WHERE follow_up_id = follow_up.id)
"""


class FollowUp(AnsweredFollowUp):
    """One proactive contact owed to a customer because of an interaction.

    Policy figures are copied at closing, so that a later change of policy changes no promise made.
    """

    answers: models.Manager[Answer]
    draft: AnswerDraft
    attempts: models.Manager[Attempt]

    class Meta(AnsweredFollowUp.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"Follow-up {self.pk}"

    @staticmethod
    def plan(
        *,
        interaction: Interaction,
        terms: Terms,
        version_id: int,
        owner_id: int,
        due_at: datetime,
        refused: Rule | None = None,
    ) -> None:
        """Owe the customer this follow-up, with the figures of the policy in force.

        One statement without a savepoint; a second call for the same interaction changes nothing.
        `refused`: the policy asks no such contact. The row says so, and the decision is kept.
        """
        FollowUp.objects.bulk_create(
            [
                FollowUp(
                    interaction=interaction,
                    customer_id=interaction.customer_id,
                    policy_id=terms.id,
                    policy_version_id=version_id,
                    owner_id=owner_id,
                    status=FollowUpStatus.REFUSED if refused else FollowUpStatus.PLANNED,
                    refused_because=str(refused.label) if refused else "",
                    questions=list(terms.questions),
                    due_at=due_at,
                    lapses_at=due_at + timedelta(days=terms.lapse_days),
                    window_start=terms.window_start,
                    window_end=terms.window_end,
                    max_attempts=terms.max_attempts,
                    retry_minutes=terms.retry_minutes,
                    review_days=terms.review_days,
                    ways=list(terms.ways),
                    way=terms.ways[0],
                    tries_each=terms.max_attempts,
                )
            ],
            ignore_conflicts=True,
        )
        if refused:
            with connection.cursor() as cursor:
                cursor.execute(KEEP_REFUSAL, [timezone.now(), refused.value, interaction.pk])

    @property
    def kept_draft(self) -> AnswerDraft:
        """What was typed so far; an empty draft before the first word."""
        try:
            return self.draft
        except AnswerDraft.DoesNotExist:
            return AnswerDraft(follow_up=self)

    def keep_draft(self, *, typed: Mapping[str, str], version: int) -> AnswerDraft:
        """Keep what is chosen and typed so far, until the answers are given.

        `version` is the one it was typed on. Raises DraftMovedOn when another page saved in
        between, FollowUpSettled when the call is over.
        """
        with transaction.atomic():
            self._hold()
            draft = AnswerDraft.objects.filter(follow_up=self).first()
            draft = draft or AnswerDraft(follow_up=self)
            if draft.version != version:
                raise DraftMovedOn
            draft.typed, draft.version, draft.saved_at = dict(typed), version + 1, timezone.now()
            draft.save()
        return draft
