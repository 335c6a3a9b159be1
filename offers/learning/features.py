"""What of a situation may tell whether an offer will help? Named, none of them protected.

Every feature is read from a decision's stored inputs, so the same names and values come out when
the list is made, when an outcome is learned from, and when the log is replayed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Protocol

from offers.learning.learner import Learner, Seen

HALF: Final = Decimal("0.5")
TENURES: Final = ((2, "under 2"), (10, "2 to 9"))  # whole years below the first number
LONGEST: Final = "10 or more"

# Kind of feature → the fact of products.vocabulary it is made of; "" for what the match and the
# contact tell. Age, gender and whatever else is protected is no fact and so cannot stand here.
SOURCES: Final[dict[str, str]] = {
    "tenure": "tenure_years",
    "channel": "channel",
    "holds": "held_categories",
    "has_request": "open_requests",
    "broken_promise": "broken_promises",
    "intent": "",
    "accepted_before": "",
    "refused_before": "",
    "answered_question": "",
    "match": "",
    "expressed": "",
    "need": "open_needs",
}
WORDS: Final[dict[str, str]] = {
    "tenure": "with us {} years",
    "channel": "in touch by {}",
    "holds": "has {}",
    "has_request": "has an open request",
    "broken_promise": "had a promise broken",
    "intent": "got in touch for a {}",
    "accepted_before": "accepted an offer before",
    "refused_before": "did not want an offer before",
    "answered_question": "answered a question of ours",
    "match": "how well it answers the need",
    "expressed": "the need was said in this contact",
    "need": "the need is {}",
}
# What is believed before any outcome: an offer that answers the need better is wanted more.
# Mean and variance of the weight, in log-odds for a whole step of need strength × fit.
PRIORS: Final[dict[str, tuple[float, float]]] = {"match": (2.0, 1.0)}
USUAL: Final = 0.2  # acceptance before anything is known
NUMBERS: Final = frozenset({"match"})  # the rest are marks, whose value is 1
REFUSED: Final = frozenset({"declined", "not_relevant", "would_need"})
ANSWERED: Final = frozenset({"accepted", *REFUSED})


class Matched(Protocol):
    """What a match tells, as `offers.matching.Match` does."""

    @property
    def weight(self) -> Decimal: ...
    @property
    def need(self) -> Mapping[str, Any] | None: ...
    @property
    def answers_now(self) -> bool: ...


def of_customer(inputs: Mapping[str, Any]) -> dict[str, Decimal]:
    """What is the same for every offer of the decision; each value is 1."""
    facts = inputs["facts"]
    said = {offer["status"] for offer in inputs["offers"]}
    names = [
        *_tenure(facts.get("tenure_years")),
        *([f"channel={facts['channel']}"] if facts.get("channel") else []),
        *(f"holds={code}" for code in facts.get("held_categories") or ()),
        *([f"intent={inputs['contact']['intent']}"] if inputs["contact"]["intent"] else []),
    ]
    held = {
        "has_request": Decimal(facts.get("open_requests") or 0) > 0,
        "broken_promise": Decimal(facts.get("broken_promises") or 0) > 0,
        "accepted_before": "accepted" in said,
        "refused_before": bool(said & REFUSED),
        "answered_question": bool(inputs["answered"]),
    }
    names += [name for name, is_so in held.items() if is_so]
    return dict.fromkeys(names, Decimal(1))


def of_match(match: Matched) -> dict[str, Decimal]:
    """What differs from offer to offer; `match` is need strength × fit less one half."""
    features = {"match": match.weight - HALF}
    if match.answers_now:
        features["expressed"] = Decimal(1)
    if match.need is not None:
        features[f"need={match.need['type']}"] = Decimal(1)
    return features


def seen_of(features: Mapping[str, Any], product: str) -> Seen:
    """One case as the learner reads it, from features as they are kept."""
    marks = tuple(name for name in features if name not in NUMBERS)
    return Seen({name: float(value) for name, value in features.items()}, marks, product)


def learner() -> Learner:
    """One that knows nothing but what is believed before any outcome."""
    return Learner(PRIORS, usual=USUAL)


def in_words(name: str) -> str:
    kind, _, value = name.partition("=")
    words = WORDS.get(kind, kind.replace("_", " "))
    return words.format(value.replace("-", " ").replace("_", " "))


def _tenure(years: str | None) -> list[str]:
    if years is None:
        return []
    for below, told in TENURES:
        if Decimal(years) < below:
            return [f"tenure={told}"]
    return [f"tenure={LONGEST}"]
