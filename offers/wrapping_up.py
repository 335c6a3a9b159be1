"""May this contact be wrapped up? Not with a stated need left open and nobody saying why.

One lock: the interaction's row. The need's ending, the closing and what its receivers write
commit together or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts.errors import RuleBroken
from accounts.models import User
from accounts.prepared import NO_CONTACT_AT_ALL, Prepared, PreparedModels
from interactions.models import Interaction, Outcome, TimelineEntry, WrapUpCode
from needs.models import Need, NeedStatus
from offers.arbitration import decide_for
from offers.models import Decision, Offer, OfferStatus
from offers.standing import standing
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
    needs = _left_open(interaction)
    return _with_ways(needs, _ways(interaction)) if needs else []


def _left_open(interaction: Interaction) -> list[Need]:
    """Each with what was offered for it and whether a promise of this contact is open."""
    return LEFT_OPEN.rows(interaction=interaction.pk)


def _expressed_in(*, interaction: int) -> QuerySet[Need]:
    offers = Offer.objects.filter(interaction=interaction, need=OuterRef("pk")).order_by("-pk")
    promises = Promise.objects.open().filter(interaction=interaction)
    return (
        Need.objects.open()
        .expressed()
        .filter(interaction=interaction)
        .annotate(
            offered=Subquery(offers.values("product__name")[:1]),
            answered=Subquery(offers.values("status")[:1]),
            said=Subquery(offers.values("because")[:1]),
            promised=Exists(promises),
        )
        .order_by("pk")
    )


LEFT_OPEN = PreparedModels(
    Need,
    _expressed_in,
    {"interaction": NO_CONTACT_AT_ALL},
    related=["need_type"],
    extra=["offered", "answered", "said", "promised"],
)


def _with_ways(needs: list[Need], ways: Mapping[int, str]) -> list[OutstandingNeed]:
    return [
        OutstandingNeed(
            need,
            way=need.offered or ways.get(need.pk, ""),  # type: ignore[attr-defined]
            is_promised=need.promised,  # type: ignore[attr-defined]
            because=_said(need),
        )
        for need in needs
    ]


def _said(need: Any) -> str:
    """What the customer said to the offer for this need, as a first draft of the reason."""
    if not need.offered:
        return ""
    return f"{need.offered}: {need.said or OfferStatus(need.answered).label.lower()}"


def summary_of(interaction: Interaction) -> str:
    """One line of what happened, as a first draft of the summary; nothing is said twice."""
    entries = TimelineEntry.objects.filter(interaction=interaction).order_by("at", "pk")
    parts = [str(interaction.contact_reason or interaction.subject or "Contact")]
    for title in entries.values_list("title", flat=True)[:12]:
        matter = title.partition(": ")[2] or title
        if not any(matter in part for part in parts):
            parts.append(title)
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
        if _is_over(interaction):
            return False
        left_open = _left_open(interaction)
        forgotten = [need for need in left_open if need.pk not in needs]
        if forgotten:
            raise NeedsLeftOpen(forgotten)
        if wrap_up_code.outcome == Outcome.PROMISED and not _promises(interaction):
            raise NothingPromised(f"“{wrap_up_code}”")
        stays_open = any(needs[need.pk].how == Ending.REASON for need in left_open)
        ways = _ways_by_now(interaction, by=by) if stays_open else {}
        for one in _with_ways(left_open, ways):
            _end(one, needs[one.need.pk], interaction=interaction, by=by)
        return interaction.close(by=by, wrap_up_code=wrap_up_code, summary=summary)


def _is_over(interaction: Interaction) -> bool:
    """Whether it is closed already; its row stays locked until the transaction ends."""
    [(closed_at,)] = LOCKED.rows(interaction=interaction.pk)
    return closed_at is not None


LOCKED = Prepared(
    lambda *, interaction: (
        Interaction.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=interaction)
        .values_list("closed_at")
    ),
    {"interaction": NO_CONTACT_AT_ALL},
)


def _ways_by_now(interaction: Interaction, *, by: User) -> dict[int, str]:
    """By need, the way that existed; judged by how things stand now and not at the last look."""
    latest = standing(interaction)
    if latest is None or not latest.is_current:
        decide_for(customer=interaction.customer, interaction=interaction, by=by)
    return _ways(interaction)


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
