"""What do customers need, how did we learn it, and was it met?"""

from needs.models.discovery import (
    AnswerGiven,
    DiscoveryAnswer,
    DiscoveryQuestion,
    NextQuestion,
)
from needs.models.example import FROZEN, PARTS, Example, ExampleSource
from needs.models.need import Need, NeedClosed, NeedSource, NeedStatus
from needs.models.need_type import NeedFit, NeedType
from needs.models.review import (
    NeedsReview,
    NeedsReviewQuerySet,
    ReviewCause,
    ReviewInThePast,
    ReviewSettled,
)
from needs.models.suggestion import (
    Reading,
    Suggestion,
    SuggestionAnswered,
    SuggestionStatus,
)
from needs.models.unknown import UnknownNeed, UnknownSettled, UnknownSource
from needs.models.words_model import HasForgotten, InForceAlready, Verdict, WordsModel

__all__ = [
    "FROZEN",
    "PARTS",
    "AnswerGiven",
    "DiscoveryAnswer",
    "DiscoveryQuestion",
    "Example",
    "ExampleSource",
    "HasForgotten",
    "InForceAlready",
    "Need",
    "NeedClosed",
    "NeedFit",
    "NeedSource",
    "NeedStatus",
    "NeedType",
    "NeedsReview",
    "NeedsReviewQuerySet",
    "NextQuestion",
    "Reading",
    "ReviewCause",
    "ReviewInThePast",
    "ReviewSettled",
    "Suggestion",
    "SuggestionAnswered",
    "SuggestionStatus",
    "UnknownNeed",
    "UnknownSettled",
    "UnknownSource",
    "Verdict",
    "WordsModel",
]
