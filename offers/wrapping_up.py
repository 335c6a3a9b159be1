"""May this contact be wrapped up? Not with a stated need left open and nobody saying why.

One lock: the interaction's row. The need's ending, the closing and what its receivers write
commit together or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from accounts.errors import RuleBroken
from accounts.models import User
from interactions.models import Interaction, Outcome, TimelineEntry, WrapUpCode
from needs.models import Need, NeedStatus
from offers.arbitration import decide_for
from offers.models import Decision, Offer
from service.models import Promise


class Ending(StrEnum):
    """How a need stands at the end of the contact."""

    MET = "met"
    PROMISED = "promised"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class NeedEnding:
    """What the agent says of one need; `because` is asked for where it stays unmet."""

    how: Ending
    because: str = ""


@dataclass(frozen=True, slots=True)
class OutstandingNeed:
    """A need expressed in this contact and still open.

    `way` names a product that was open to offer for it; empty when no suitable way existed.
    `because` is what the customer said to it, as a first draft of the reason.
    """

    need: Need
    way: str
    is_promised: bool
    because: str = ""

    @property
    def had_a_way(self) -> bool:
        return bool(self.way)


class NeedsLeftOpen(RuleBroken):
    def __init__(self, needs: list[Need]) -> None:
        names = ", ".join(f"“{need.need_type}”" for need in needs)
        many = "these needs stand" if len(needs) > 1 else "this need stands"
        super().__init__(
            f"Say first how {many}: {names}. Mark it met, promise a date, or give the reason."
        )


class NothingPromised(RuleBroken):
    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is said to be promised, but no promise of this contact is open. "
            "Make the promise with its date, or choose another ending."
        )


class ReasonMissing(RuleBroken):
    def __init__(self, need: Need) -> None:
        super().__init__(f"Give the reason why “{need.need_type}” stays open, then wrap up.")


def outstanding(interaction: Interaction) -> list[OutstandingNeed]:
    """The needs expressed in this contact that are open, each with the way that existed."""
    needs = list(
        Need.objects.open()
        .expressed()
        .filter(interaction=interaction)
        .select_related("need_type")
        .order_by("pk")
    )
    if not needs:
        return []
    ways = _ways(interaction)
    answers = _answers(interaction)
    promised = _promises(interaction)
    return [
        OutstandingNeed(
            need,
            way=answers.get(need.pk, ("", ""))[0] or ways.get(need.pk, ""),
            is_promised=promised,
            because=answers.get(need.pk, ("", ""))[1],
        )
        for need in needs
    ]


def summary_of(interaction: Interaction) -> str:
    """One line of what happened, as a first draft of the summary."""
    titles = TimelineEntry.objects.filter(interaction=interaction).order_by("at", "pk")
    parts = [str(interaction.contact_reason or interaction.subject or "Contact")]
    parts += titles.values_list("title", flat=True)[:6]
    return ". ".join(parts)[:300]


def wrap_up(
    *,
    interaction: Interaction,
    by: User,
    wrap_up_code: WrapUpCode,
    summary: str,
    needs: Mapping[int, NeedEnding],
) -> bool:
    """Settle what was said and close, together with the follow-up; false when closed already.

    Raises NeedsLeftOpen, NothingPromised or ReasonMissing; then nothing is changed.
    """
    with transaction.atomic():
        current = Interaction.objects.select_for_update(of=("self",), no_key=True).get(
            pk=interaction.pk
        )
        if current.closed_at is not None:
            return False
        open_needs = outstanding(interaction)
        if open_needs:  # what helps is judged by how things stand now, not at the last look
            decide_for(customer=interaction.customer, interaction=interaction, by=by)
            open_needs = outstanding(interaction)
        left = [one.need for one in open_needs if one.need.pk not in needs]
        if left:
            raise NeedsLeftOpen(left)
        if wrap_up_code.outcome == Outcome.PROMISED and not _promises(interaction):
            raise NothingPromised(f"“{wrap_up_code}”")
        for one in open_needs:
            _end(one, needs[one.need.pk], interaction=interaction, by=by)
        return interaction.close(by=by, wrap_up_code=wrap_up_code, summary=summary)


def _end(one: OutstandingNeed, ending: NeedEnding, *, interaction: Interaction, by: User) -> None:
    match ending.how:
        case Ending.MET:
            one.need.settle(
                to=NeedStatus.MET, by=by, because=ending.because, interaction=interaction
            )
        case Ending.PROMISED:
            if not one.is_promised:
                raise NothingPromised(f"“{one.need.need_type}”")
        case Ending.REASON:
            if not ending.because.strip():
                raise ReasonMissing(one.need)
            one.need.settle(
                to=NeedStatus.MISSED if one.had_a_way else NeedStatus.UNMET,
                by=by,
                because=ending.because,
                interaction=interaction,
            )


def _promises(interaction: Interaction) -> bool:
    return Promise.objects.open().filter(interaction=interaction).exists()


def _ways(interaction: Interaction) -> dict[int, str]:
    """By need, the first product that was open to offer in any decision of this contact."""
    ways: dict[int, str] = {}
    decisions = Decision.objects.filter(interaction=interaction).order_by("pk")
    for entries in decisions.values_list("results__ways", flat=True):
        for entry in entries:
            if entry["kind"] == "offer" and entry["need"] is not None:
                ways.setdefault(entry["need"], entry["title"])
    return ways


def _answers(interaction: Interaction) -> dict[int, tuple[str, str]]:
    """By need, the product that was offered in this contact and what the customer said."""
    rows = (
        Offer.objects.filter(interaction=interaction, need__isnull=False)
        .select_related("product")
        .order_by("pk")
    )
    return {
        offer.need_id: (
            offer.product.name,
            f"{offer.product.name}: {offer.because or offer.get_status_display().lower()}",
        )
        for offer in rows
        if offer.need_id is not None
    }
