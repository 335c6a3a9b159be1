"""What do customers need, how did we learn it, and was it met?"""

from needs.models.discovery import AnswerGiven, DiscoveryAnswer, DiscoveryQuestion
from needs.models.need import Need, NeedClosed, NeedSource, NeedStatus
from needs.models.need_type import NeedFit, NeedType
from needs.models.review import (
    NeedsReview,
    NeedsReviewQuerySet,
    ReviewInThePast,
    ReviewSettled,
)

__all__ = [
    "AnswerGiven",
    "DiscoveryAnswer",
    "DiscoveryQuestion",
    "Need",
    "NeedClosed",
    "NeedFit",
    "NeedSource",
    "NeedStatus",
    "NeedType",
    "NeedsReview",
    "NeedsReviewQuerySet",
    "ReviewInThePast",
    "ReviewSettled",
]
