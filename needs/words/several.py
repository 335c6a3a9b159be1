"""How well are the needs found of a text that tells of two?

Two texts of different needs are written as one, as people do; what is shown is compared with both.
Micro-F1 and the share of exact sets count what is at least as likely as 0.3, as the measures of
texts with several needs do (NLU++: Casanueva et al., Findings of NAACL 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from needs.words.classifier import Classifier, Suggested
from needs.words.training import Example

JOINTS: Final = {"stop": ". ", "and": " and ", "comma": ", "}
LIKELY: Final = 0.3

Shown = tuple[set[str], tuple[Suggested, ...]]


def shown(classifier: Classifier, test: Sequence[Example], joint: str, seed: int) -> list[Shown]:
    """The needs of each text of two, and what is suggested: each text that has a need is used once
    at most."""
    own = [one for one in test if one.need]
    order = np.random.default_rng(seed).permutation(len(own))
    pairs = [(own[one], own[two]) for one, two in zip(order[::2], order[1::2], strict=False)]
    return [
        ({one.need, two.need}, classifier.suggest(joined(one.text, two.text, joint)))
        for one, two in pairs
        if one.need != two.need
    ]


def joined(one: str, two: str, joint: str) -> str:
    """Both as one text; only after a full stop does the second begin with its capital letter."""
    if joint != "stop" and not two.startswith(("I ", "I'")):
        two = two[:1].lower() + two[1:]
    return one.rstrip(" .?!") + JOINTS[joint] + two


def measured(found: Sequence[Shown]) -> dict[str, float]:
    """Shares of the texts of two needs, and the micro-F1 of their needs."""
    likely = [{one.need for one in said if one.probability >= LIKELY} for _, said in found]
    told = [{one.need for one in said} for _, said in found]
    wanted = [needs for needs, _ in found]
    common = sum(len(one & two) for one, two in zip(likely, wanted, strict=True))
    of = max(1, len(found))
    return {
        "two_needs_texts": len(found),
        "two_needs_silent": sum(not said for said in told) / of,
        "two_needs_both_shown": sum(a <= b for a, b in zip(wanted, told, strict=True)) / of,
        "two_needs_micro_f1": 2 * common / max(1, sum(map(len, [*likely, *wanted]))),
        "two_needs_exact": sum(a == b for a, b in zip(wanted, likely, strict=True)) / of,
    }
