"""What helps this customer now? One pure function decides; what it decided is kept.

`decide` reads neither clock, database nor chance, so a stored decision replays bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Context, localcontext
from typing import Any

from django.utils import timezone

from accounts.live import panel_changed
from accounts.models import User
from customers.models import Customer
from interactions.models import Interaction
from needs.models import NextQuestion
from offers import catalogue
from offers.compiled import Catalogue
from offers.learning.knowing import learned_for
from offers.models import Decision
from offers.moves import mark_moves
from offers.publishing import canonical, digest_of
from offers.ranking import rank
from offers.situation import gather
from offers.stages import Sieve

ENGINE = "stages-3"
ARITHMETIC = Context(prec=28)

__all__ = ["ENGINE", "canonical", "decide", "decide_for", "latest_for", "replay", "weigh"]


def decide(
    inputs: Mapping[str, Any], published: Catalogue, *, engine: str = ENGINE
) -> dict[str, Any]:
    """The ranked ways to help, what waits and what is excluded, each with its reason.

    What an older `engine` did not know stands nowhere in the inputs of its decisions, so they
    come out as they were.
    """
    with localcontext(ARITHMETIC):
        results = rank(inputs, published, Sieve(inputs, published))
        mark_moves(results["ways"], inputs, inputs.get("previous"))
    return {"engine": engine, **results}


def replay(decision: Decision) -> dict[str, Any]:
    """The results worked out again from what was kept."""
    published = catalogue.published(decision.catalogue_number)
    return decide(decision.inputs, published, engine=decision.engine)


def latest_for(*, customer: Customer, interaction: Interaction | None) -> Decision | None:
    """The newest decision of the contact, or of the customer outside of one."""
    return (
        Decision.objects.filter(customer=customer, interaction=interaction)
        .select_related(None)
        .newest()
        .first()
    )


def decide_for(
    *,
    customer: Customer,
    interaction: Interaction | None,
    by: User | None,
    at: datetime | None = None,
) -> Decision:
    """Decide on the situation as it is; kept only when something has changed."""
    latest = latest_for(customer=customer, interaction=interaction)
    decision = weigh(
        customer=customer,
        interaction=interaction,
        by=by,
        at=at or timezone.now(),
        published=catalogue.in_force_for(customer.pk),
        latest=latest,
    )
    if latest is not None and latest.digest == decision.digest:
        return latest
    decision.save(force_insert=True)
    _tell_what_to_ask(decision, latest)
    panel_changed(
        panel="offers.ways",
        customer_id=customer.pk,
        user_ids={pk for pk in (by and by.pk, interaction and interaction.agent_id) if pk},
    )
    return decision


def weigh(
    *,
    customer: Customer,
    interaction: Interaction | None,
    by: User | None,
    at: datetime,
    published: Catalogue,
    latest: Decision | None = None,
) -> Decision:
    """The decision on the situation as of `at` by a published catalogue, not kept yet.

    It is not worked out where `latest`, the one before it, was made from the same: the digests are
    equal then.
    """
    inputs = gather(
        customer=customer, interaction=interaction, at=at, catalogue_number=published.number
    )
    inputs |= learned_for(inputs, published, before=latest)
    digest = digest_of({"engine": ENGINE, **inputs})
    is_same = latest is not None and latest.digest == digest
    inputs["previous"] = _kept_of(latest)
    return Decision(
        customer=customer,
        interaction=interaction,
        made_at=at,
        made_by=by,
        catalogue_number=published.number,
        engine=ENGINE,
        inputs=inputs,
        results={} if is_same else decide(inputs, published),
        digest=digest,
    )


def _tell_what_to_ask(decision: Decision, before: Decision | None) -> None:
    """The question beside the list is the one that the list asks."""
    asks, asked = _question_of(decision), _question_of(before)
    if asks is not None and asks != asked and decision.interaction is not None:
        NextQuestion.keep(interaction=decision.interaction, code=asks)


def _question_of(decision: Decision | None) -> str | None:
    ways = decision.results["ways"] if decision is not None else ()
    return next((entry["code"] for entry in ways if entry["kind"] == "question"), None)


def _kept_of(decision: Decision | None) -> dict[str, Any] | None:
    """What the next decision needs of this one to say what moved and why."""
    if decision is None:
        return None
    return {
        "decision": decision.pk,
        "catalogue": decision.catalogue_number,
        "settled": decision.results["settled"] is not None,
        "keys": [entry["key"] for entry in decision.results["ways"]],
        "needs": {need["type"]: need["strength"] for need in decision.inputs["needs"]},
    }
