"""Whose phone can ring now?"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import User

SEEN_EVERY: Final = 15  # seconds between two signs of life of the page that is the phone
FRESH: Final = timedelta(seconds=3 * SEEN_EVERY)


class AgentPhone(models.Model):
    """The one page of an agent that is their phone: it has the microphone, and it says so."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    tab = models.CharField(max_length=40)
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"phone of {self.user_id}"

    @classmethod
    def seen(cls, *, user: User, tab: str, takes_over: bool = False) -> bool:
        """This page is the phone; false when another one is, alive, and not taken over from."""
        now = timezone.now()
        mine = cls.objects.filter(user=user)
        if takes_over and mine.update(tab=tab, seen_at=now):
            return True
        if mine.filter(tab=tab).update(seen_at=now):
            return True
        if mine.filter(seen_at__lt=now - FRESH).update(tab=tab, seen_at=now):
            return True
        _, made = cls.objects.get_or_create(user=user, defaults={"tab": tab, "seen_at": now})
        return made

    @classmethod
    def gone(cls, *, user: User, tab: str) -> None:
        """The page is being left: another may be the phone at once."""
        cls.objects.filter(user=user, tab=tab).delete()
