"""Which needs do a customer's words tell of? Learnt from names and examples, offline.

Text is masked, split into sentences and scored; a suggestion names its sentence and its reasons.
"""

from needs.words.classifier import Classifier, Suggested
from needs.words.masking import mask
from needs.words.model import NO_NEED, Contribution
from needs.words.storing import TamperedModel
from needs.words.training import Example, Name, TooFewNeeds, are_few

__all__ = [
    "NO_NEED",
    "Classifier",
    "Contribution",
    "Example",
    "Name",
    "Suggested",
    "TamperedModel",
    "TooFewNeeds",
    "are_few",
    "mask",
]
