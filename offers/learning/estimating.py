"""What would another policy have earned, by the log of the present one, and may we conclude it?

Inverse propensity weighting (Horvitz and Thompson 1952), its self-normalised form (Hajek 1971) and
the doubly robust estimator (Dudik, Langford and Li 2011), with percentile bootstrap intervals and
Kish's effective sample size. Pure: the bootstrap's chance is a seed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST_EFFECTIVE = 1_000  # decisions; below, nothing is concluded
ROUNDS = 1_000  # bootstrap samples
CONFIDENCE = 0.95
DRAWS_AT_ONCE = 2_000_000  # numbers of one block of bootstrap samples, 16 MB

Floats = NDArray[np.float64]
Numbers = Sequence[float] | NDArray[Any]


class NotALog(ValueError):
    """The figures of the log cannot be estimated from; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the bounds of its bootstrap interval, in the rewards' own unit."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a policy would have earned for each decision of the log.

    `gain` is the best estimator's difference to the present policy, drawn pairwise, so that what
    both share does not widen it. `doubly_robust` is None without a model's expectations.
    """

    count: int
    present: Interval
    weighted: Interval
    self_normalised: Interval
    doubly_robust: Interval | None
    gain: Interval
    effective_sample: float
    largest_weight: float
    is_refused: bool
    because: str

    def told(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)


def estimate(
    rewards: Numbers,
    logged_propensities: Numbers,
    target_propensities: Numbers,
    *,
    present_propensities: Numbers | None = None,
    expected_shown: Numbers | None = None,
    expected_target: Numbers | None = None,
    expected_present: Numbers | None = None,
    least_effective: int = LEAST_EFFECTIVE,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> Estimate:
    """The value of a target policy by the log of another, with intervals and a verdict.

    One place in every sequence is one logged decision:

    - `rewards`: what came of what was shown (any unit; usually 0 or 1);
    - `logged_propensities`: the chance with which it was shown then, above 0, at most 1;
    - `target_propensities`: the chance with which the target policy shows the same there;
    - `present_propensities`: the same of the policy that is to be beaten; without them it is the
      one that wrote the log, whose value is the plain mean of the rewards;
    - `expected_shown`, `expected_target`, `expected_present`: a model's expected reward of what was
      shown, and of what the policies would show (the mean over their chances), learned from
      other decisions than these. With the first two the doubly robust estimate is made. The last
      is needed besides where `present_propensities` are given.

    Refused, which means that nothing may be concluded, when the smallest effective sample of both
    policies is below `least_effective`, or when the gain's lower bound is not above nothing.
    Raises NotALog for lengths that differ, numbers out of range, or an empty log.
    """
    log = _Log(rewards, logged_propensities, present_propensities, expected_present)
    target = log.policy(target_propensities, expected_shown, expected_target, "target")
    present = log.present(expected_shown)
    samples = log.drawn([target, present], rounds=rounds, seed=seed)
    effective = min(target.effective, present.effective)
    best = "robust" if target.robust is not None and present.robust is not None else "normalised"
    gained = samples.of(target, best) - samples.of(present, best)
    gain = _interval(target.value(best) - present.value(best), gained)
    because = _refusal(effective, gain, least_effective)
    return Estimate(
        count=log.count,
        present=_interval(present.value(best), samples.of(present, best)),
        weighted=_interval(target.value("plain"), samples.of(target, "plain")),
        self_normalised=_interval(target.value("normalised"), samples.of(target, "normalised")),
        doubly_robust=None
        if target.robust is None
        else _interval(target.value("robust"), samples.of(target, "robust")),
        gain=gain,
        effective_sample=effective,
        largest_weight=float(target.weights.max()),
        is_refused=bool(because),
        because=because or "Better than the present policy beyond chance.",
    )


def _refusal(effective: float, gain: Interval, least_effective: int) -> str:
    if effective < least_effective:
        return (
            f"Too little to conclude: the log counts as {effective:,.0f} decisions of this policy, "
            f"{least_effective:,} are needed."
        )
    if gain.low <= 0:
        return (
            f"No evidence of a gain: it may be as low as {gain.low:+.4f} for each decision "
            f"(best guess {gain.value:+.4f})."
        )
    return ""


class _Policy:
    """One policy's weights over the log, and its terms for each decision."""

    def __init__(self, rewards: Floats, weights: Floats, robust: Floats | None) -> None:
        self.weights = weights
        self.earned = weights * rewards
        self.robust = robust
        total = float(weights.sum())
        self.effective = total**2 / float((weights**2).sum()) if total else 0.0

    def value(self, kind: str) -> float:
        if kind == "plain":
            return float(self.earned.mean())
        if kind == "normalised":
            total = float(self.weights.sum())
            return float(self.earned.sum()) / total if total else 0.0
        assert self.robust is not None
        return float(self.robust.mean())


class _Samples:
    """The bootstrap's sums of every policy's terms, one row a sample."""

    def __init__(self, sums: dict[tuple[int, str], Floats], count: int) -> None:
        self.sums = sums
        self.count = count

    def of(self, policy: _Policy, kind: str) -> Floats:
        sums = {name: row for (owner, name), row in self.sums.items() if owner == id(policy)}
        if kind == "plain":
            return sums["earned"] / self.count
        if kind == "robust":
            return sums["robust"] / self.count
        weights = sums["weights"]
        return np.divide(sums["earned"], weights, out=np.zeros_like(weights), where=weights > 0)


class _Log:
    def __init__(
        self,
        rewards: Numbers,
        logged: Numbers,
        present: Numbers | None,
        expected_present: Numbers | None,
    ) -> None:
        self.rewards = _numbers(rewards, "rewards", least=-np.inf, most=np.inf)
        self.count = len(self.rewards)
        if not self.count:
            raise NotALog("The log is empty: there is nothing to estimate from.")
        self.logged = self._as_long(_numbers(logged, "logged propensities", most=1.0))
        if not (self.logged > 0).all():
            raise NotALog(
                "A logged propensity is 0: what was shown had a chance. Leave such rows out."
            )
        self.present_propensities = present
        self.expected_present = expected_present

    def _as_long(self, numbers: Floats) -> Floats:
        if len(numbers) != self.count:
            raise NotALog(f"{self.count} rewards but {len(numbers)} figures beside them.")
        return numbers

    def policy(
        self,
        propensities: Numbers,
        shown: Numbers | None,
        expected: Numbers | None,
        name: str,
    ) -> _Policy:
        chances = self._as_long(_numbers(propensities, f"{name} propensities", most=1.0))
        weights = chances / self.logged
        if shown is None or expected is None:
            return _Policy(self.rewards, weights, None)
        said = self._as_long(_numbers(shown, "expected rewards", least=-np.inf, most=np.inf))
        mean = self._as_long(_numbers(expected, "expected rewards", least=-np.inf, most=np.inf))
        return _Policy(self.rewards, weights, mean + weights * (self.rewards - said))

    def present(self, shown: Numbers | None) -> _Policy:
        if self.present_propensities is None:
            # The policy that wrote the log needs no model: its rewards are what it earns.
            return _Policy(self.rewards, np.ones(self.count), self.rewards)
        return self.policy(self.present_propensities, shown, self.expected_present, "present")

    def drawn(self, policies: Iterable[_Policy], *, rounds: int, seed: int) -> _Samples:
        """Sums over `rounds` samples of the log, drawn with replacement, the same for all."""
        terms: dict[tuple[int, str], Floats] = {}
        for policy in policies:
            terms[id(policy), "weights"] = policy.weights
            terms[id(policy), "earned"] = policy.earned
            if policy.robust is not None:
                terms[id(policy), "robust"] = policy.robust
        table = np.stack(list(terms.values()))
        sums = np.empty((len(table), rounds))
        chance = np.random.default_rng(seed)
        step = max(1, DRAWS_AT_ONCE // self.count)
        for start in range(0, rounds, step):
            stop = min(start + step, rounds)
            drawn = chance.integers(self.count, size=(stop - start, self.count))
            for row, term in enumerate(table):
                sums[row, start:stop] = term[drawn].sum(axis=1)
        return _Samples(dict(zip(terms, sums, strict=True)), self.count)


def _numbers(given: Numbers, name: str, *, least: float = 0.0, most: float) -> Floats:
    try:
        numbers = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise NotALog(f"The {name} are not all numbers.") from error
    if numbers.ndim != 1 or not np.isfinite(numbers).all():
        raise NotALog(f"The {name} must be one row of finite numbers.")
    if numbers.size and (numbers.min() < least or numbers.max() > most):
        raise NotALog(f"The {name} must lie between {least:g} and {most:g}.")
    return numbers


def _interval(value: float, samples: Floats) -> Interval:
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(samples, [tail, 1 - tail])
    return Interval(float(value), float(low), float(high))
