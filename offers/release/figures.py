"""With which figures does a release stand at each step of the gate, and which step is left out?"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q

from offers.models import Decision, Offer, OfferStatus, Release, ReleaseStage, Simulation
from offers.models.trial import SimulationStatus
from offers.release import policy, shadowing
from products.models import CatalogueVersion


def left_out(release: Release, to: ReleaseStage) -> list[str]:
    """The steps before `to` that have no figures yet, in words."""
    missing = []
    simulation = newest_done(release)
    if simulation is None or not simulation.figures["moves"].get("contacts"):
        missing.append("a simulation that met a contact")
    if to in (ReleaseStage.SMALL, ReleaseStage.ALL) and not shadowing.figures(release)["decided"]:
        missing.append("decisions in shadow")
    if to == ReleaseStage.ALL and not _decided_by(release):
        missing.append("decisions for 5 % of the customers")
    return missing


def figures_of(release: Release) -> dict[str, Any]:
    """What is known at this moment, as a step keeps it."""
    found: dict[str, Any] = {"tests": tests(release), "shadow": shadowing.figures(release)}
    simulation = newest_done(release)
    if simulation is not None:
        found["simulation"] = {"days": simulation.days, **simulation.figures["moves"]}
        found["simulation"].pop("examples", None)
    if release.trial is not None:
        found["small"] = small(release)
    return found


def tests(release: Release) -> dict[str, int]:
    outcomes = policy.outcomes(release.content)
    holding = sum(outcome.holds for outcome in outcomes)
    return {"hold": holding, "fail": len(outcomes) - holding}


def newest_done(release: Release) -> Simulation | None:
    return release.simulations.filter(status=SimulationStatus.DONE).first()


def _decided_by(release: Release) -> bool:
    if release.trial is None:
        return False
    since = release.trial.published_at
    return Decision.objects.filter(
        catalogue_number=release.trial.number, made_at__gte=since
    ).exists()


def small(release: Release) -> dict[str, dict[str, int]]:
    """Contacts, offers answered and accepted: by the trial, and by the catalogue beside it."""
    if release.trial is None:
        return {}
    since = release.trial.published_at
    return {
        "trial": _answers(release.trial.number, since),
        "live": _answers(release.base_number, since),
    }


def _answers(number: int, since: Any) -> dict[str, int]:
    decided = Decision.objects.filter(catalogue_number=number, made_at__gte=since)
    offers = Offer.objects.filter(decision__catalogue_number=number, presented_at__gte=since)
    counted = offers.aggregate(
        offers=Count("pk"), accepted=Count("pk", filter=Q(status=OfferStatus.ACCEPTED))
    )
    return {"contacts": decided.values("interaction").distinct().count(), **counted}


def base_of(release: Release) -> CatalogueVersion | None:
    """The catalogue that the release was proposed on; None where nothing was in force."""
    return CatalogueVersion.objects.filter(number=release.base_number).first()
