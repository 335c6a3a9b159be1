"""What do the ways to help look like? Read from the latest stored decision, in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from interactions.models import Interaction
from offers import catalogue
from offers.models import Decision
from offers.standing import standing

ICONS = {
    "request": "tool",
    "promise": "heart-handshake",
    "to_promise": "calendar-due",
    "question": "help",
    "offer": "star",
}
STAGES = {
    "eligibility": "Not possible",
    "applicability": "Not relevant now",
    "suitability": "Not in this customer's interest",
    "service_first": "Service first",
    "purpose_guard": "This contact may not sell",
    "contact_budget": "Asked recently",
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
    """Why others are not offered: products that wait, that may not be, and how many more."""

    locked: list[dict[str, Any]]
    excluded: list[dict[str, Any]]
    not_relevant: int


def why_not(*, interaction: Interaction) -> WhyNot:
    """From the stored decision alone, with names from the catalogue that it was made on."""
    decision = (
        Decision.objects.filter(interaction=interaction)
        .newest()
        .values("catalogue_number", "results__locked", "results__excluded")
        .first()
    )
    if decision is None:
        return WhyNot([], [], 0)
    by_code = catalogue.published(decision["catalogue_number"]).by_code
    excluded: list[dict[str, Any]] = []
    not_relevant = 0
    for row in decision["results__excluded"]:
        told = row["relevant"]
        not_relevant += len(row["products"]) - len(told)
        excluded += [
            {"title": by_code[code].name, "stage": STAGES[row["stage"]], "because": row["because"]}
            for code in told
        ]
    return WhyNot(_staged(decision["results__locked"]), excluded, not_relevant)


def _staged(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "stage": STAGES[row["stage"]]} for row in rows]
