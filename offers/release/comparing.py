"""What is different between two decisions on one situation, and over many of them?

Pure. A further measure over many decisions is one class with `see` and `figures`, added to
`offers.release.simulating.MEASURES`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

MOST_EXAMPLES = 10  # customers named by their number for each kind of change


def offered(results: Mapping[str, Any]) -> list[str]:
    """The products that a decision offers, in their order."""
    told = [entry["product"] for entry in results["ways"] if entry["kind"] == "offer"]
    return [*told, *(entry["product"] for entry in results["further"])]


class Pair(NamedTuple):
    """One stored decision (its customer, its number) by the catalogue in force and by a draft.

    `logged` is what was decided then, perhaps by an older catalogue.
    """

    customer: int
    decision: int
    inputs: Mapping[str, Any]
    logged: Mapping[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any]


class Measure(Protocol):
    name: str

    def see(self, pair: Pair) -> None: ...

    def figures(self) -> Any: ...


@dataclass(slots=True)
class Moves:
    """Who gains a product, who loses one, and whom the draft leaves with nothing; contacts."""

    name: str = "moves"
    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[int]] = field(default_factory=dict)

    def see(self, pair: Pair) -> None:
        before, after = offered(pair.before), offered(pair.after)
        self.counts["contacts"] += 1
        kinds = {
            "same": before == after,
            "gains": bool(set(after) - set(before)),
            "loses": bool(set(before) - set(after)),
            "order": before != after and set(before) == set(after),
            "nothing_left": bool(before) and not after,
            "first": bool(before and after) and before[0] != after[0],
        }
        for kind, is_so in kinds.items():
            if is_so:
                self.counts[kind] += 1
                self._remember(kind, pair.customer)

    def _remember(self, kind: str, customer: int) -> None:
        known = self.examples.setdefault(kind, [])
        if kind != "same" and len(known) < MOST_EXAMPLES and customer not in known:
            known.append(customer)

    def figures(self) -> Any:
        examples = {kind: known for kind, known in self.examples.items() if known}
        return {**self.counts, "examples": examples}


@dataclass(slots=True)
class Products:
    """In how many contacts each product is offered: before, after, and as the first."""

    name: str = "products"
    counts: dict[str, list[int]] = field(default_factory=dict)

    def see(self, pair: Pair) -> None:
        for place, results in ((0, pair.before), (2, pair.after)):
            for rank, code in enumerate(offered(results)):
                row = self.counts.setdefault(code, [0, 0, 0, 0])
                row[place] += 1
                row[place + 1] += rank == 0

    def figures(self) -> Any:
        names = ("before", "first_before", "after", "first_after")
        return {
            code: dict(zip(names, row, strict=True)) for code, row in sorted(self.counts.items())
        }


@dataclass(slots=True)
class Benefits:
    """What the best offer brings the customer a year, over the contacts that get one."""

    name: str = "benefits"
    sums: list[Decimal] = field(default_factory=lambda: [Decimal(0), Decimal(0)])
    counts: list[int] = field(default_factory=lambda: [0, 0])

    def see(self, pair: Pair) -> None:
        for place, results in enumerate((pair.before, pair.after)):
            first = next((one for one in results["ways"] if one["kind"] == "offer"), None)
            if first is not None:
                self.sums[place] += Decimal(first["benefit"])
                self.counts[place] += 1

    def figures(self) -> Any:
        means = [
            f"{total / count:.2f}" if count else None
            for total, count in zip(self.sums, self.counts, strict=True)
        ]
        return {"before": means[0], "after": means[1]}


class Tally:
    """Several measures over many pairs."""

    def __init__(self, measures: Iterable[Measure]) -> None:
        self.measures = list(measures)

    def see(self, pair: Pair) -> None:
        for measure in self.measures:
            measure.see(pair)

    def figures(self) -> dict[str, Any]:
        return {measure.name: measure.figures() for measure in self.measures}
