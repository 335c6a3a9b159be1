"""Which ways to help were decided on, and what became of the products offered?"""

from offers.models.decision import (
    Decision,
    DecisionQuerySet,
    ReasonSettled,
    ReasonSettledQuerySet,
)
from offers.models.offer import Offer, OfferQuerySet, OfferStatus
from offers.models.policy import ContactPolicy

__all__ = [
    "ContactPolicy",
    "Decision",
    "DecisionQuerySet",
    "Offer",
    "OfferQuerySet",
    "OfferStatus",
    "ReasonSettled",
    "ReasonSettledQuerySet",
]
