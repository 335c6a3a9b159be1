"""Would a draft's lists be accepted more often, by the log of what was really shown?

The log has the chance of every list that was shown. The draft's chance of the same list is known
where it shows it too, nothing where it offers others, and counted over seeds where it only puts
them in another order (an unbiased estimate, and the seeds are always the same).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from offers.arbitration import decide
from offers.compiled import Catalogue
from offers.learning.estimating import NotALog, estimate
from offers.models import Offer, OfferStatus
from offers.release.comparing import Pair, offered

SEEDS = 25  # tried for a list that the draft has in another order
NOTHING_LOGGED = (
    "Nothing can be concluded: no offer of these contacts was answered with its chance logged."
)


class Row(NamedTuple):
    """One list with an answer: was an offer accepted, the list's chance then, the draft's now."""

    reward: float
    logged: float
    target: float


def rows_of(pairs: Iterable[Pair], draft: Catalogue) -> list[Row]:
    """The logged rows among these pairs; one statement."""
    with_chance = {pair.decision: pair for pair in pairs if "exploring" in pair.logged}
    answered = Offer.objects.filter(decision__in=with_chance.keys())
    answered = answered.exclude(status=OfferStatus.PRESENTED)
    rewards: dict[int, float] = {}
    for decision, status in answered.values_list("decision", "status"):
        accepted = float(status == OfferStatus.ACCEPTED)
        rewards[decision] = max(accepted, rewards.get(decision, 0.0))
    return [
        Row(reward, _logged(with_chance[decision]), chance_of(with_chance[decision], draft))
        for decision, reward in sorted(rewards.items())
    ]


def _logged(pair: Pair) -> float:
    return float(pair.logged["exploring"]["propensity"])


def chance_of(pair: Pair, draft: Catalogue) -> float:
    """With which chance the draft shows the list that was shown."""
    shown, now = offered(pair.logged), offered(pair.after)
    if shown == now:
        return float(pair.after.get("exploring", {}).get("propensity", 1))
    if set(shown) != set(now):
        return 0.0
    learned = pair.inputs["learned"]
    share = float(learned["share"]) if learned["may_explore"] else 0.0
    chance = (1 - share) * (shown == _list_of(pair, draft, share="0", seed=learned["seed"]))
    if share:
        lists = [
            _list_of(pair, draft, share="1", seed=f"{learned['seed']}:{seed}")
            for seed in range(SEEDS)
        ]
        chance += share * lists.count(shown) / SEEDS
    return chance


def _list_of(pair: Pair, draft: Catalogue, **learned: str) -> list[str]:
    inputs: Mapping[str, Any] = {
        **pair.inputs,
        "learned": {**pair.inputs["learned"], **learned},
    }
    return offered(decide(inputs, draft))


def estimated(rows: list[Row]) -> dict[str, Any]:
    """The estimate as JSON keeps it; refused, in words, where there is too little."""
    if not rows:
        return {"is_refused": True, "because": NOTHING_LOGGED}
    try:
        found = estimate(
            [row.reward for row in rows],
            [row.logged for row in rows],
            [row.target for row in rows],
        )
    except NotALog as error:
        return {"is_refused": True, "because": str(error)}
    return found.told()
