"""What is counted when an agent gets in touch with a customer by hand?"""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from customers import budget
from customers.models import DrawnFor, Purpose
from interactions.models import Interaction
from interactions.signals import got_in_touch
from offers import catalogue
from offers.days import day
from offers.errors import HeardEnough
from routing.models import CallBack
from service.models import Promise, ServiceRequest


@receiver(got_in_touch)
def count(*, interaction: Interaction, by: User, **_: Any) -> None:
    """One more contact of ours, for service. Raises HeardEnough where it has no room.

    What is asked for or promised is counted and never refused: a request, a promise, a call back.
    """
    theirs = {"customer": interaction.customer_id}
    is_owed = (
        ServiceRequest.objects.open().filter(**theirs).exists()
        or Promise.objects.owed().filter(**theirs).exists()
        or CallBack.objects.open().filter(**theirs).exists()
    )
    ruled = budget.draw(
        customer_id=interaction.customer_id,
        purpose=Purpose.SERVICE,
        channel=interaction.channel,
        what=DrawnFor.CONTACT,
        subject_id=interaction.pk,
        limits=catalogue.in_force().policy.limits,
        is_owed=is_owed,
        by=by,
    )
    if not ruled.is_allowed:
        raise HeardEnough(ruled.because, day(ruled.until) if ruled.until else "")
