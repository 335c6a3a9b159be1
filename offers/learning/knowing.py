"""What of the learned does one decision need? Weights as text, among the decision's inputs.

One statement; the version itself is read once a process. Within one contact the same version
decides, so that a list does not move because of what somebody else said elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Case, Exists, Q, QuerySet, Subquery, When

from accounts.prepared import Prepared
from offers.compiled import Catalogue
from offers.learning.exploring import is_in_share, may_explore, seed_of
from offers.learning.features import of_customer
from offers.learning.keeping import known
from offers.learning.learner import Learner
from offers.learning.logistic import NotAModel, log_odds
from offers.models import Decision, LearnedVersion, LearningFreeze, LearningPolicy

NO_VERSION = 2_147_000_103  # none is as high; Django leaves out what a column cannot hold


class InForce(NamedTuple):
    share: Decimal
    distance: Decimal
    control: Decimal
    salt: str
    number: int
    digest: str


def learned_for(
    inputs: Mapping[str, Any], catalogue: Catalogue, *, before: Decision | None
) -> dict[str, Any]:
    """`{"learned": …}` for the inputs; empty while nothing was learned or learning is frozen."""
    pinned = ((before and before.inputs.get("learned")) or {}) if inputs["interaction"] else {}
    rows = _IN_FORCE.rows(version=pinned.get("version", NO_VERSION))
    if not rows:
        return {}
    in_force = InForce(*rows[0])
    try:
        learner = known(in_force.number, in_force.digest)
    except NotAModel:
        return {}  # the sweep raises the alarm and freezes; nobody waits for it
    return {"learned": _told(learner, in_force, inputs, catalogue)}


def _told(
    learner: Learner, in_force: InForce, inputs: Mapping[str, Any], catalogue: Catalogue
) -> dict[str, Any]:
    salt, customer = in_force.salt, inputs["customer"]
    seed = seed_of(salt, customer, inputs["interaction"], inputs["today"])
    is_control = is_in_share(seed_of(salt, customer), "control", float(in_force.control))
    needs = _needs(inputs, catalogue)
    names = ["match", "expressed", *(f"need={need}" for need in needs)]
    matched = [name for name in names if learner.is_known(name)]
    codes = _codes(needs, inputs, catalogue)
    return {
        "version": in_force.number,
        "digest": in_force.digest,
        "is_control": is_control,
        "may_explore": not is_control and may_explore(inputs),
        "seed": seed,
        "share": str(in_force.share),
        "distance": str(in_force.distance),
        "general": _text(log_odds(learner.general())),
        "intercept": _text(learner.intercept()),
        "customer": {
            name: _text(learner.weight(name))
            for name in of_customer(inputs)
            if learner.is_known(name)
        },
        "weights": {name: _text(learner.weight(name)) for name in matched},
        "doubts": {name: _text(learner.doubt(name)) for name in matched},
        "products": {
            code: [_text(log_odds(learner.naive(code))), _text(learner.doubt_of_rate(code))]
            for code in codes
            if code in learner.products
        },
    }


def _needs(inputs: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
    """Kinds of need that an offer of this decision may answer: open, or told by an answer."""
    told: Iterable[str | None] = (
        answer.need_type for question in catalogue.questions for answer in question.answers
    )
    return sorted({need["type"] for need in inputs["needs"]} | {need for need in told if need})


def _codes(needs: Iterable[str], inputs: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
    """Products that may be relevant: for these needs, the contact's reason, or asked of before."""
    answering = {one.code for need in needs for one, _ in catalogue.by_need.get(need, ())}
    named = {one.code for one in catalogue.by_reason.get(inputs["contact"]["reason"], ())}
    return sorted(answering | named | {offer["product"] for offer in inputs["offers"]})


def _text(number: float) -> str:
    return f"{number:.6f}"


def _in_force(*, version: int) -> QuerySet[Any, Any]:
    """The version of that number, or the newest, with the policy; no row while frozen."""
    frozen = LearningFreeze.objects.filter(ended_at=None)
    newest = LearnedVersion.objects.order_by("-number").values("number")[:1]
    policy = LearningPolicy.objects.filter(pk=1)
    named = ("exploring_share", "exploring_distance", "control_share", "salt")
    return (
        LearnedVersion.objects.filter(~Exists(frozen), Exists(policy))
        .filter(Q(number=version) | Q(number=Subquery(newest)))
        .order_by(Case(When(number=version, then=0), default=1))
        .values_list(*(Subquery(policy.values(name)[:1]) for name in named), "number", "digest")[:1]
    )


_IN_FORCE = Prepared(_in_force, {"version": NO_VERSION})
