"""Which links of ours may a customer open, until when, and what does each ask?"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from followups.models.attempt import Attempt
from followups.models.confirmation import Confirmation
from messaging.models import Sending

SALT: Final = "followups.link"
KEY_BYTES: Final = 12  # 96 bits that nobody guesses
LATE: Final = timedelta(days=30)  # answers that come so long after it made sense still count


def _signature(key: str, secret: str) -> str:
    return salted_hmac(SALT, key, secret=secret, algorithm="sha256").hexdigest()[:16]


def new_key() -> str:
    return secrets.token_hex(KEY_BYTES)


class Link(models.Model):
    """The address of one page for one customer: a random key, and no word about whose it is.

    It asks the questions of a follow-up or, with a `confirmation`, whether a request is fixed.
    """

    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    follow_up = models.ForeignKey(
        "followups.FollowUp", on_delete=models.CASCADE, related_name="links", db_index=False
    )
    attempt = models.OneToOneField(
        Attempt, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    confirmation = models.ForeignKey(
        Confirmation, null=True, blank=True, on_delete=models.CASCADE, related_name="links"
    )
    sending = models.OneToOneField(
        Sending, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["follow_up"], name="link_of_follow_up")]

    def __str__(self) -> str:
        return f"Link {self.pk}"

    @property
    def token(self) -> str:
        """The key, signed: whoever guesses keys is told so without a look into the database."""
        return f"{self.key}{_signature(self.key, settings.SECRET_KEY)}"

    @property
    def address(self) -> str:
        """As it is sent."""
        return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('link:page', args=[self.token])}"

    @property
    def stop_address(self) -> str:
        return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('link:stop', args=[self.token])}"

    def is_expired(self, *, at: datetime) -> bool:
        return at >= self.expires_at

    @classmethod
    def of(cls, token: str) -> Link | None:
        """The link of that address, also an expired one; None for one that is not ours."""
        key, signature = token[: 2 * KEY_BYTES], token[2 * KEY_BYTES :]
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        if not any(constant_time_compare(signature, _signature(key, one)) for one in keys):
            return None
        return cls.objects.select_related("confirmation").filter(key=key).first()
