"""What do the ways to help look like? Read from the latest stored decision, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from interactions.models import Interaction
from offers import catalogue
from offers.explaining import STAGES, Explanation, explain, named
from offers.models import Decision, DeclineReason
from offers.stages import SUITABILITY
from offers.standing import Answered, standing
from products.models import Product

MOST_REASONS = 8  # keys 1 to 8; the ninth writes own words
LATER = (("In a week", 7), ("In a month", 30), ("In three months", 91), ("In half a year", 182))

ICONS = {
    "request": "tool",
    "promise": "heart-handshake",
    "to_promise": "calendar-due",
    "question": "help",
    "offer": "star",
}


@dataclass(frozen=True, slots=True)
class Ways:
    """The ranked list of one contact; `is_stale` when something happened since it was made."""

    interaction: Interaction
    customer_id: int
    entries: list[dict[str, Any]] = field(default_factory=list)
    waits: list[dict[str, Any]] = field(default_factory=list)
    is_stale: bool = True
    is_decided: bool = False
    is_settled: bool = True
    decision_id: int | None = None
    answered: Answered | None = None

    @property
    def is_open(self) -> bool:
        return self.interaction.closed_at is None

    @property
    def waiting(self) -> int:
        return sum(wait["count"] for wait in self.waits)


def ways(*, interaction: Interaction) -> Ways:
    """The list as it was decided last; expects `customer` and `contact_reason` to be loaded."""
    found = standing(interaction)
    if found is None:
        return Ways(interaction, interaction.customer_id)
    return Ways(
        interaction=interaction,
        customer_id=interaction.customer_id,
        entries=[_entry(entry) for entry in found.ways],
        waits=found.waits,
        is_stale=not found.is_current and interaction.closed_at is None,
        is_decided=True,
        is_settled=found.settled is not None,
        decision_id=found.decision_id,
        answered=found.answered,
    )


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as the template shows it: moments as such, and its icon."""
    moments = {
        name: datetime.fromisoformat(entry[name])
        for name in ("due_at", "expected_at")
        if entry.get(name)
    }
    return {**entry, **moments, "icon": ICONS[entry["kind"]]}


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why others are not offered. Products that wait or do not suit are counted, never named."""

    waits: list[dict[str, Any]]
    excluded: list[dict[str, Any]]
    unsuitable: int
    not_relevant: int


def why_not(*, interaction: Interaction) -> WhyNot:
    """From the stored decision alone, with names from the catalogue that it was made on."""
    decision = _latest(interaction, "results__waits", "results__excluded", "inputs__elsewhere")
    if decision is None:
        return WhyNot([], [], 0, 0)
    by_code = catalogue.published(decision["catalogue_number"]).by_code
    elsewhere = {one["product"] for one in decision["inputs__elsewhere"] or ()}
    excluded: list[dict[str, Any]] = []
    unsuitable = not_relevant = 0
    for row in decision["results__excluded"]:
        told = row["relevant"]
        not_relevant += len(row["products"]) - len(told)
        if row["stage"] == SUITABILITY:
            unsuitable += len(told)
            continue
        excluded += [
            {
                "code": code,
                "title": by_code[code].name,
                "stage": STAGES[row["stage"]],
                "because": row["because"],
                "is_elsewhere": code in elsewhere,
            }
            for code in told
        ]
    waits = [{**row, "stage": STAGES[row["stage"]]} for row in decision["results__waits"]]
    return WhyNot(waits, excluded, unsuitable, not_relevant)


def explanations(*, interaction: Interaction, asked: str) -> list[Explanation]:
    """Every product that is asked for by its name or code, explained from the stored decision."""
    decision = _latest(interaction, "inputs", "results")
    if decision is None:
        return []
    published = catalogue.published(decision["catalogue_number"])
    found = [
        explain(
            inputs=decision["inputs"],
            results=decision["results"],
            published=published,
            code=product.code,
        )
        for product in named(published, asked)
    ]
    return [one for one in found if one is not None]


def explanation(*, interaction: Interaction, code: str) -> Explanation | None:
    """Why this one stands in the list; None for whatever does not."""
    decision = _latest(interaction, "inputs", "results")
    if decision is None:
        return None
    told = explain(
        inputs=decision["inputs"],
        results=decision["results"],
        published=catalogue.published(decision["catalogue_number"]),
        code=code,
    )
    return told if told is not None and told.is_open else None


def _latest(interaction: Interaction, *parts: str) -> dict[str, Any] | None:
    decisions = Decision.objects.filter(interaction=interaction).newest()
    found: dict[str, Any] | None = decisions.values("catalogue_number", *parts).first()
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer to an offer may be chosen from: reasons, days, and the product's figures."""

    interaction: Interaction
    product: Product
    reasons: list[DeclineReason]
    days: list[tuple[str, date]]
    terms: list[tuple[str, str]]


def asked(*, interaction: Interaction, product: Product) -> Asked:
    """For one product that the decision lists; two statements and the decision's number."""
    today = timezone.localdate()
    decision = _latest(interaction)
    published = catalogue.published(decision["catalogue_number"] if decision else 0)
    compiled = published.by_code.get(product.code)
    terms = compiled.sentence.terms if compiled else {}
    return Asked(
        interaction=interaction,
        product=product,
        reasons=list(DeclineReason.objects.filter(retired_on=None)[:MOST_REASONS]),
        days=[(words, today + timedelta(days=days)) for words, days in LATER],
        terms=[(name, name.replace("_", " ")) for name in terms],
    )
