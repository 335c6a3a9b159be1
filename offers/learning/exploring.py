"""Is another order tried this time, which one, and how likely was the list that is shown?

Thompson sampling among the offers near the best (Thompson 1933; Chapelle and Li 2011), capped to a
share of the decisions. Pure: chance is a seed among the inputs. The likelihood of an order is the
nested integral over what was drawn, so that any other policy can be estimated from the log.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from hashlib import sha256
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST = 5  # offers that may change places
STEPS = 400  # of the integral
FEWEST_DOUBT = 0.005  # spread of a log score that is all but known
NORMAL = NormalDist()
Floats = NDArray[np.float64]
ROOT = math.sqrt(2 * math.pi)


class Spread(NamedTuple):
    """One offer near the best: the log of its score, and its standard deviation."""

    code: str
    mean: float
    deviation: float


class Tried(NamedTuple):
    """`order` are places in what was given; `chance` that of this order, over all seeds."""

    order: list[int]
    was_explored: bool
    chance: float


def tried(offers: Sequence[Spread], *, seed: str, share: float) -> Tried:
    """The order to show offers given best first; theirs, but for `share` of the seeds."""
    best = list(range(len(offers)))
    if len(offers) < 2 or share <= 0:
        return Tried(best, was_explored=False, chance=1.0)
    explores = _uniform(seed, "whether") < share
    order = _drawn(offers, seed) if explores else best
    chance = share * chance_of([offers[place] for place in order])
    if order == best:
        chance += 1 - share
    return Tried(order, was_explored=explores, chance=min(1.0, chance))


def _drawn(offers: Sequence[Spread], seed: str) -> list[int]:
    draws = [
        offer.mean + offer.deviation * NORMAL.inv_cdf(_uniform(seed, offer.code))
        for offer in offers
    ]
    return sorted(range(len(offers)), key=lambda place: (-draws[place], offers[place].code))


def chance_of(offers: Sequence[Spread]) -> float:
    """That draws from these normals fall in this order, the first highest."""
    low = min(offer.mean - 6 * offer.deviation for offer in offers)
    high = max(offer.mean + 6 * offer.deviation for offer in offers)
    grid = np.linspace(low, high, STEPS + 1)
    half_a_step = (high - low) / STEPS / 2
    below: Floats = np.ones(STEPS + 1)  # the chance that all later ones are below each point
    for offer in reversed(offers):
        distance = (grid - offer.mean) / offer.deviation
        density = np.exp(-distance * distance / 2) / (offer.deviation * ROOT) * below
        steps = (density[1:] + density[:-1]) * half_a_step
        below = np.concatenate([[0.0], np.cumsum(steps)])
    return max(0.0, min(1.0, float(below[-1])))


def seed_of(salt: str, *parts: object) -> str:
    """The chance of one situation: the same however often it is looked at, foreseen by nobody."""
    return sha256(":".join([salt, *map(str, parts)]).encode()).hexdigest()[:16]


def is_in_share(seed: str, name: str, share: float) -> bool:
    return _uniform(seed, name) < share


def _uniform(seed: str, name: str) -> float:
    """In the open interval from 0 to 1."""
    digest = sha256(f"{seed}:{name}".encode()).digest()
    return (int.from_bytes(digest[:6]) + 0.5) / 2**48


def may_explore(inputs: Mapping[str, Any]) -> bool:
    """Nothing is tried on the vulnerable, the complaining, or outside of a contact."""
    facts = inputs["facts"]
    return (
        inputs["interaction"] is not None
        and facts["is_vulnerable"] is False
        and facts["has_open_complaint"] is False
        and inputs["contact"]["intent"] != "complaint"
    )
