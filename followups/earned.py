"""Which accepted offers did a follow-up's answers speak well or badly of? Told to the learning.

Whatever a stopped worker has missed is told by the next look: a reward stands once an offer.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from followups.models import FollowUp, FollowUpStatus
from offers.learning.rewarding import told_of_answers
from offers.models import Offer

REMEMBERED = timedelta(days=200)


def tell_rewards(*, at: datetime) -> int:
    """The answers of follow-ups about contacts with an accepted offer; how many were new."""
    answered = FollowUp.objects.filter(
        status=FollowUpStatus.ANSWERED, due_at__gte=at - REMEMBERED
    ).values("interaction")
    well = Offer.objects.filter(interaction__in=answered.filter(request=None))
    badly = Offer.objects.filter(interaction__in=answered.filter(request__isnull=False))
    return told_of_answers(well, was_good=True) + told_of_answers(badly, was_good=False)
