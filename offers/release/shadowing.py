"""What would the release on trial decide, beside every live decision of this moment?

A decision is pure over its stored inputs, so the worker decides beside it afterwards with the
same result, and agents wait for nothing.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from offers import catalogue
from offers.arbitration import decide
from offers.compiled import Catalogue
from offers.models import Decision, Release, ReleaseStage, ReleaseStep, ShadowDecision
from offers.release.comparing import offered

BATCH = 500


def catch_up(limit: int = BATCH) -> int:
    """Decide beside what was decided since the shadow began; how many were added."""
    release = Release.objects.filter(stage=ReleaseStage.SHADOW).select_related("trial").first()
    if release is None or release.trial is None:
        return 0
    since = _began(release)
    done = ShadowDecision.objects.filter(release=release, decision=OuterRef("pk"))
    waiting = Decision.objects.filter(~Exists(done), made_at__gte=since)
    shadow = catalogue.published(release.trial.number)
    fresh = [
        _beside(release, pk, inputs, results, shadow)
        for pk, inputs, results in waiting.order_by("pk").values_list("pk", "inputs", "results")[
            :limit
        ]
    ]
    ShadowDecision.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _began(release: Release) -> Any:
    steps = ReleaseStep.objects.filter(release=release, stage=ReleaseStage.SHADOW)
    return steps.order_by("-pk").values_list("at", flat=True)[0]


def _beside(
    release: Release, pk: int, inputs: Any, results: Any, shadow: Catalogue
) -> ShadowDecision:
    live, instead = offered(results), offered(decide(inputs, shadow))
    return ShadowDecision(
        release=release, decision_id=pk, live=live, offered=instead, is_same=live == instead
    )


def figures(release: Release) -> dict[str, int]:
    """How many were decided beside, how many differ, and how many would be left with nothing."""
    left = Q(offered=[]) & ~Q(live=[])
    return ShadowDecision.objects.filter(release=release).aggregate(
        decided=Count("pk"),
        differ=Count("pk", filter=Q(is_same=False)),
        nothing_left=Count("pk", filter=left),
    )
