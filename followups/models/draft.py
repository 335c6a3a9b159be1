"""What was chosen and typed in a follow-up call and is not yet given as answers?"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class AnswerDraft(models.Model):
    """The fields of the script as they stand, by name; `version` counts the saves.

    It outlives a try without answers, so that the next call goes on where this one stopped.
    """

    follow_up = models.OneToOneField(
        "followups.FollowUp", on_delete=models.CASCADE, primary_key=True, related_name="draft"
    )
    typed = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"Draft {self.version} of follow-up {self.pk}"
