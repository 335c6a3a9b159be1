"""What does an administrator see of the learning? Its figures, and its weights in words."""

from __future__ import annotations

import math
from typing import Any

from offers.learning.features import in_words
from offers.learning.forms import SharesForm
from offers.learning.keeping import restored
from offers.learning.learner import Learner
from offers.learning.logistic import INTERCEPT, NotAModel
from offers.models import (
    LearnedVersion,
    LearningAlarm,
    LearningFreeze,
    LearningPeriod,
    LearningPolicy,
    Reward,
)

PERIODS, VERSIONS, WEIGHTS = 12, 20, 60
ALL_THE_SAME = 0.05  # log-odds; a weight below says nothing


def page() -> dict[str, Any]:
    """Everything on the page; eight statements."""
    version = LearnedVersion.objects.first()
    told: dict[str, Any] = {"weights": [], "products": []}
    if version is not None:
        try:
            told = _told(restored(version))
        except NotAModel as damaged:
            told["damaged"] = str(damaged)
    versions = LearnedVersion.objects.select_related("made_by").defer("arrays", "described")
    policy = LearningPolicy.objects.first() or LearningPolicy()
    frozen = LearningFreeze.objects.filter(ended_at=None).select_related("began_by")
    return {
        "version": version,
        "versions": versions[:VERSIONS],
        "periods": [_period(row) for row in LearningPeriod.objects.all()[:PERIODS]],
        "alarms": LearningAlarm.objects.filter(settled_at=None),
        "frozen": frozen.first(),
        "in_force": _per_cent(policy),
        "shares": SharesForm(initial=_per_cent(policy)),
        "waiting": Reward.objects.waiting().count(),
        **told,
    }


def _per_cent(policy: LearningPolicy) -> dict[str, str]:
    given = {"exploring": policy.exploring_share, "control": policy.control_share}
    return {name: f"{100 * float(value):g}" for name, value in given.items()}


def _told(learner: Learner) -> dict[str, Any]:
    names = [name for name in {**learner.known.names, **learner.marks} if name != INTERCEPT]
    weights = [_weight(name, learner.weight(name), learner.doubt(name)) for name in names]
    weights.sort(key=lambda row: (-abs(row["amount"]), row["words"]))
    rates = [
        {"code": code, "rate": 100 * learner.naive(code), "answers": recent.weight}
        for code, recent in learner.products.items()
    ]
    return {
        "weights": weights[:WEIGHTS],
        "products": sorted(rates, key=lambda row: (-row["rate"], row["code"])),
        "usual": 100 * learner.general(),
        "left_out": learner.known.left_out,
    }


def _weight(name: str, amount: float, doubt: float) -> dict[str, Any]:
    spread = math.sqrt(doubt)
    return {
        "words": in_words(name),
        "amount": amount,
        "times": math.exp(amount),
        "low": math.exp(amount - 2 * spread),
        "high": math.exp(amount + 2 * spread),
        "says": _says(amount, spread),
    }


def _says(amount: float, spread: float) -> str:
    if abs(amount) < ALL_THE_SAME:
        return "makes no difference"
    direction = "speaks for accepting" if amount > 0 else "speaks against accepting"
    return direction if abs(amount) > 2 * spread else f"{direction}, not yet sure"


def _period(row: LearningPeriod) -> dict[str, Any]:
    figures = row.figures
    learned, naive = figures["learned_auc"], figures["naive_auc"]
    is_known = learned is not None and naive is not None
    return {
        **figures,
        "number": row.number,
        "version": row.version,
        "ended_at": row.ended_at,
        "rate": 100 * figures["rate"],
        "expected_rate": 100 * figures["expected_rate"],
        "is_worse": is_known and learned < naive,
    }
