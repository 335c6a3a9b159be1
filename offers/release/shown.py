"""How does the gate of a release look: every step with its state, its figures, and what is next?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.models import User
from offers import catalogue, publishing
from offers.changes import changes
from offers.models import Release, ReleaseStage, ReleaseStep, Simulation
from offers.release import figures, policy, shadowing
from offers.release.policy import Outcome
from offers.sums import CURRENCY
from products.figures import MINUS, money

NEXT = {
    ReleaseStage.APPROVED: (ReleaseStage.SHADOW, ReleaseStage.SMALL, ReleaseStage.ALL),
    ReleaseStage.SHADOW: (ReleaseStage.SMALL, ReleaseStage.ALL),
    ReleaseStage.SMALL: (ReleaseStage.ALL,),
}
BACK = {
    ReleaseStage.PROPOSED: "Withdraw it",
    ReleaseStage.APPROVED: "Back: approval withdrawn",
    ReleaseStage.SHADOW: "Back: end the shadow",
    ReleaseStage.SMALL: "Back to shadow",
    ReleaseStage.ALL: "Roll back for everybody",
}
MOST_TOLD = 5  # customers named for each kind of change
ORDER = [
    ReleaseStage.PROPOSED,
    ReleaseStage.APPROVED,
    ReleaseStage.SHADOW,
    ReleaseStage.SMALL,
    ReleaseStage.ALL,
]


@dataclass(slots=True)
class Gate:
    """Everything the page of one release shows."""

    changes: list[str]
    outcomes: list[Outcome]
    simulation: Simulation | None
    simulated: dict[str, Any] | None
    shadow: dict[str, int]
    small: list[tuple[str, dict[str, Any]]]
    steps: list[ReleaseStep]
    next_steps: list[tuple[str, str, list[str]]]
    back: str
    can_review: bool
    is_own: bool
    is_in_force: bool
    reached: set[str] = field(default_factory=set)

    @property
    def failing(self) -> int:
        return sum(not outcome.holds for outcome in self.outcomes)


def gate(release: Release, *, by: User) -> Gate:
    """The page's content; the number of statements is the same for every release."""
    base = figures.base_of(release)
    stage = ReleaseStage(release.stage)
    newest = release.simulations.first()
    done = figures.newest_done(release)
    steps = list(release.steps.select_related("by"))
    in_force = publishing.number_in_force()
    is_in_force = release.version is not None and release.version.number == in_force
    is_own = by.pk == release.proposed_by_id
    return Gate(
        changes=changes(before=base.content if base else catalogue.EMPTY, after=release.content),
        outcomes=policy.outcomes(release.content),
        simulation=newest,
        simulated=simulated(done) if done else None,
        shadow=shadowing.figures(release),
        small=_small(release),
        steps=steps,
        next_steps=[
            (to.value, to.label, figures.left_out(release, to)) for to in NEXT.get(stage, ())
        ],
        back="" if stage == ReleaseStage.ALL and not is_in_force else BACK.get(stage, ""),
        can_review=stage == ReleaseStage.PROPOSED and not is_own,
        is_own=is_own,
        is_in_force=is_in_force,
        reached=_reached(stage, steps),
    )


def _reached(stage: ReleaseStage, steps: list[ReleaseStep]) -> set[str]:
    """The stages up to this one; of a release that has ended, those that it has been in."""
    if stage not in ORDER:
        return {step.stage for step in steps}
    return {one.value for one in ORDER[: ORDER.index(stage) + 1]}


def _small(release: Release) -> list[tuple[str, dict[str, Any]]]:
    found = figures.small(release)
    names = {"trial": "With this release (5 %)", "live": "With the catalogue in force"}
    return [(names[key], {**row, "rate": _share(row)}) for key, row in found.items()]


def _share(row: Mapping[str, int]) -> str:
    return f"{100 * row['accepted'] / row['offers']:.1f} %" if row["offers"] else "–"


@dataclass(frozen=True, slots=True)
class ProductShown:
    name: str
    before: int
    after: int
    first_before: int
    first_after: int


def simulated(simulation: Simulation) -> dict[str, Any] | None:
    """The figures of a simulation that is done, as a page tells them."""
    known = simulation.figures
    if not known:
        return None
    moves, names = known["moves"], known["names"]
    contacts = moves.get("contacts", 0)
    told = [
        ("gain an offer", "gains", "good"),
        ("lose an offer", "loses", "warn"),
        ("are left with nothing", "nothing_left", "bad"),
        ("see them in another order only", "order", ""),
        ("get another first offer", "first", ""),
    ]
    return {
        "contacts": contacts,
        "same": moves.get("same", 0),
        "moves": [
            (words, moves.get(key, 0), moves["examples"].get(key, [])[:MOST_TOLD], tone)
            for words, key, tone in told
        ],
        "products": [
            ProductShown(names.get(code, code), **row) for code, row in known["products"].items()
        ],
        "benefits": {name: _a_year(mean) for name, mean in known["benefits"].items()}
        if any(known["benefits"].values())
        else None,
        "groups": [_group(row) for row in known["groups"]],
        "estimate": _estimate(known["estimate"]),
        "catalogue": known["catalogue"],
        "is_cut_short": known["is_cut_short"],
    }


def _a_year(mean: str | None) -> str:
    return f"{money(Decimal(mean), CURRENCY)} a year" if mean else "nothing"


def _group(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("before", "after", "accepted", "accepted_kept")
    shares = {name: _percent(row.get(name)) for name in names}
    return {**row, **shares, "is_alert": row.get("verdict") == "alert"}


def _estimate(found: Mapping[str, Any]) -> dict[str, Any]:
    """What the log says of both lists, of each hundred that were answered, with intervals."""
    told: dict[str, Any] = {"is_refused": found["is_refused"], "because": found["because"]}
    if not found.get("count"):
        return told
    lines = (
        ("As decided then", "present", ""),
        ("By this release", "self_normalised", ""),
        ("Difference", "gain", "+"),
    )
    rows = [(words, *_of_a_hundred(found[name], sign)) for words, name, sign in lines]
    counted = {"count": found["count"], "effective": round(found["effective_sample"])}
    return told | {"rows": rows, **counted}


def _of_a_hundred(found: Mapping[str, float], sign: str) -> tuple[str, str]:
    value, low, high = (100 * found[name] for name in ("value", "low", "high"))
    told = (f"{value:{sign}.1f}", f"{low:{sign}.1f} to {high:{sign}.1f}")
    return told[0].replace("-", MINUS), told[1].replace("-", MINUS)


def _percent(found: Mapping[str, float] | None) -> str:
    """38 % (21 to 58): a share with its interval."""
    if found is None:
        return "–"
    value, low, high = (100 * found[name] for name in ("value", "low", "high"))
    return f"{value:.0f} % ({low:.0f} to {high:.0f})"
