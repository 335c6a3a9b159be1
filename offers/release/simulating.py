"""What would a release have decided over the contacts of the last days?

The row is the queue. A worker claims it by `seen_at`, renews that as it counts, and stops when
somebody cancelled; a run whose worker died is begun again by the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.models import AuditEntry, User
from offers import catalogue
from offers.arbitration import decide
from offers.compiled import Catalogue
from offers.models import Decision, Offer, OfferStatus, Release, Simulation, SimulationStatus
from offers.release.alike import Alike
from offers.release.comparing import Benefits, Measure, Moves, Pair, Products, Tally
from offers.release.earning import Row, estimated, rows_of

BATCH = 100
MEASURES: tuple[Callable[[], Measure], ...] = (Moves, Products, Benefits, Alike)
MOST = 20_000  # contacts, the newest first
LONGEST_RUN = 35  # seconds, within what a task may take; then it tells what it has seen
LONGEST = 90  # days
SILENCE = timedelta(minutes=2)  # after which a worker is taken for dead


class SimulatedAlready(Conflict):
    def __init__(self) -> None:
        super().__init__("A simulation of this release is under way. Wait for it, or cancel it.")


class Cancelled(Exception):
    """Somebody stopped the run, or another worker has it."""


def ask(release: Release, *, days: int, by: User) -> Simulation:
    """Queue a simulation over the contacts of the last `days`."""
    if not 1 <= days <= LONGEST:
        raise RuleBroken(f"Choose between 1 and {LONGEST} days.")
    try:
        with transaction.atomic():
            asked = Simulation.objects.create(release=release, days=days, asked_by=by)
            AuditEntry.record(
                by=by, verb="simulation asked for", subject=release, detail={"days": days}
            )
    except IntegrityError:
        raise SimulatedAlready from None
    return asked


def cancel(simulation: Simulation, *, by: User) -> bool:
    """Stop it before its end; false when it had ended."""
    with transaction.atomic():
        stopped = Simulation.objects.filter(pk=simulation.pk).unfinished()
        changed = bool(stopped.update(status=SimulationStatus.CANCELLED))
        if changed:
            AuditEntry.record(by=by, verb="simulation cancelled", subject=simulation)
    return changed


def run_waiting() -> int:
    """Run every simulation that waits, and those whose worker has fallen silent."""
    silent = Q(seen_at=None) | Q(seen_at__lt=timezone.now() - SILENCE)
    waiting = Simulation.objects.unfinished().filter(silent).order_by("pk")
    return sum(run(pk) for pk in waiting.values_list("pk", flat=True))


def run(pk: int) -> bool:
    """Run one simulation; false when another worker has it or it has ended."""
    now = timezone.now()
    free = Q(seen_at=None) | Q(seen_at__lt=now - SILENCE)
    mine = Simulation.objects.unfinished().filter(free, pk=pk)
    if not mine.update(status=SimulationStatus.RUNNING, seen_at=now, done=0):
        return False
    simulation = Simulation.objects.select_related("release").get(pk=pk)
    try:
        figures = _Run(simulation).figures()
    except Cancelled:
        return False
    except RuleBroken as error:
        _running(pk).update(status=SimulationStatus.FAILED, failed_because=str(error)[:200])
        return False
    return bool(_running(pk).update(status=SimulationStatus.DONE, figures=figures))


def _running(pk: int) -> QuerySet[Simulation]:
    return Simulation.objects.filter(pk=pk, status=SimulationStatus.RUNNING)


def one_of_each_contact(since: datetime) -> QuerySet[Decision, int]:
    """One decision of every contact since then, and all that were made outside of one.

    The one that the customer answered first: what came of its list is known, and later lists of
    the contact follow from that answer. The last one where nothing was answered.
    """
    recent = Decision.objects.filter(made_at__gte=since)
    answers = Offer.objects.filter(decision=OuterRef("pk")).exclude(status=OfferStatus.PRESENTED)
    within = recent.filter(interaction__isnull=False).annotate(is_answered=Exists(answers))
    first = Case(When(is_answered=True, then=F("pk")), default=-F("pk"))
    chosen = within.order_by("interaction", "-is_answered", first)
    pks = chosen.distinct("interaction").values("pk")
    outside = Q(interaction=None)
    return recent.filter(outside | Q(pk__in=pks)).order_by("-pk").values_list("pk", flat=True)


class _Run:
    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.draft = catalogue.read(simulation.release.content)
        self.in_force = catalogue.in_force()
        self.tally = Tally(measure() for measure in MEASURES)
        self.log: list[Row] = []
        self.looked_at = 0

    def figures(self) -> dict[str, Any]:
        """Raises Cancelled."""
        since = timezone.now() - timedelta(days=self.simulation.days)
        pks = list(one_of_each_contact(since)[: MOST + 1])
        total = min(len(pks), MOST)
        self._seen(done=0, total=total)
        end = monotonic() + LONGEST_RUN
        for start in range(0, total, BATCH):
            if monotonic() > end:
                break
            chunk = pks[start : min(start + BATCH, total)]
            pairs = list(pairs_of(chunk, self.in_force, self.draft))
            for pair in pairs:
                self.tally.see(pair)
            self.log += rows_of(pairs, self.draft)
            self.looked_at = start + len(chunk)
            self._seen(done=self.looked_at, total=total)
        return {
            **self.tally.figures(),
            "estimate": estimated(self.log),
            "catalogue": self.in_force.number,
            "names": self._names(),
            "is_cut_short": self.looked_at < len(pks),
        }

    def _names(self) -> dict[str, str]:
        both = (*self.in_force.products, *self.draft.products)
        return {product.code: product.name for product in both}

    def _seen(self, *, done: int, total: int) -> None:
        alive = {"done": done, "total": total, "seen_at": timezone.now()}
        if not _running(self.simulation.pk).update(**alive):
            raise Cancelled


def pairs_of(pks: Sequence[int], before: Catalogue, after: Catalogue) -> Iterator[Pair]:
    """These decisions by both catalogues, on the inputs that were stored; one statement."""
    rows = Decision.objects.filter(pk__in=pks).values_list(
        "pk", "customer_id", "catalogue_number", "inputs", "results"
    )
    for pk, customer, number, inputs, results in rows:
        live = results if number == before.number else decide(inputs, before)
        yield Pair(customer, pk, inputs, results, live, decide(inputs, after))
