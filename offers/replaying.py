"""Do past decisions come out as they were kept, bit for bit? Streamed, the newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from offers.arbitration import canonical, replay
from offers.models import Decision

AT_ONCE = 200  # decisions held in memory
MOST_TOLD = 20  # differences told one by one


@dataclass(slots=True)
class Replayed:
    """How many decisions were replayed, over which catalogues, and which came out otherwise."""

    decisions: int = 0
    differences: int = 0
    different: list[int] = field(default_factory=list)
    catalogues: set[int] = field(default_factory=set)
    engines: set[str] = field(default_factory=set)


def replay_last(count: int) -> Iterator[Replayed]:
    """Replay that many, told after each; what was told last is the whole."""
    so_far = Replayed()
    newest = Decision.objects.newest().only("pk", "catalogue_number", "engine", "inputs", "results")
    for decision in newest[:count].iterator(chunk_size=AT_ONCE):
        so_far.decisions += 1
        so_far.catalogues.add(decision.catalogue_number)
        so_far.engines.add(decision.engine)
        if not comes_out_as_kept(decision):
            so_far.differences += 1
            if len(so_far.different) < MOST_TOLD:
                so_far.different.append(decision.pk)
        yield so_far


def comes_out_as_kept(decision: Decision) -> bool:
    """Whether the results worked out again are spelt as those that were kept."""
    return canonical(replay(decision)) == canonical(decision.results)
