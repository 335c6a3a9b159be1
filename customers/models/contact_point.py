"""How is a customer reached?"""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Reverse

from customers.contact_points import Channel
from customers.models.customer import Customer


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ContactPoint(models.Model):
    """One address on one channel, normalised: phones E.164, e-mail lower-case."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_points")
    channel = models.CharField(max_length=20, choices=Channel)
    value = models.CharField(max_length=254, db_collation="C")
    verified_at = models.DateTimeField(null=True, blank=True)
    is_preferred = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "channel", "value"], name="contact_point_once_per_customer"
            ),
            models.UniqueConstraint(
                fields=["channel", "value"],
                condition=Q(channel=Channel.EMAIL, verified_at__isnull=False),
                name="verified_email_of_one_customer",
            ),
            models.UniqueConstraint(
                fields=["customer", "channel"],
                condition=Q(is_preferred=True),
                name="one_preferred_contact_point",
            ),
            models.CheckConstraint(
                name="phones_are_e164",
                condition=~Q(channel__in=["voice", "sms"])
                | Q(value__regex=r"^\+[1-9][0-9]{6,14}$"),
            ),
            models.CheckConstraint(
                name="contact_channel_known", condition=Q(channel__in=Channel.values)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["value"], name="contact_point_value"),
            # Not for phones alone: the planner trusts no statistics of a partial index.
            models.Index(Reverse("value"), name="contact_point_tail"),
        ]

    def __str__(self) -> str:
        return self.value
