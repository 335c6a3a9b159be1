"""Where is a call, and each of its legs? A pure function of what was told about it.

The picture is drawn anew from all events of the call, in the provider's order. So it does not
matter in which order they arrive, nor how often: the same events give the same picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from telephony.gateway import ENDED, CallState, Direction, later
from telephony.protocol import Cause, Kind, Party


class LegState(StrEnum):
    """How far one party is."""

    INVITED = "invited"
    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    LOST = "lost"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Told:
    """One event, as every gateway's are translated. `number` is the provider's own order."""

    kind: Kind
    at: datetime
    number: int
    leg: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class LegPicture:
    """One party. Times are aware; `held_for` sums all holds that are over."""

    key: str
    party: str = ""
    user: int | None = None
    state: LegState = LegState.INVITED
    answered_at: datetime | None = None
    held_since: datetime | None = None
    held_for: timedelta = timedelta()
    lost_at: datetime | None = None
    left_at: datetime | None = None
    cause: str = ""
    quality: dict[str, Any] = field(default_factory=dict)

    @property
    def is_here(self) -> bool:
        return self.state in {LegState.TALKING, LegState.HELD}


@dataclass(slots=True)
class CallPicture:
    """The call. `answered_at` is when both a customer and one of ours were there.

    `answered_by` is an `AnsweredBy`, or nothing where the provider did not tell.
    """

    direction: str
    state: CallState = CallState.QUEUED
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: str = ""
    answered_by: str = ""
    legs: dict[str, LegPicture] = field(default_factory=dict)

    def of(self, *parties: Party) -> list[LegPicture]:
        return [leg for leg in self.legs.values() if leg.party in parties]


# How a call ended that was never talked in, by what ended it.
UNTALKED: Final = {
    Cause.BUSY: CallState.BUSY,
    Cause.REJECTED: CallState.BUSY,
    Cause.NO_ANSWER: CallState.NO_ANSWER,
    Cause.FAILED: CallState.FAILED,
    Cause.SWITCH_GONE: CallState.FAILED,
}
AFTER_THE_END: Final = {Kind.QUALITY, Kind.RECORDING_READY, Kind.MACHINE_DETECTED}


def picture(events: Iterable[Told], *, direction: str) -> CallPicture:
    """Draw the call. What follows its end in the provider's order moves it no more."""
    call = CallPicture(direction=direction)
    for told in sorted(events, key=_place):
        if call.state in ENDED and told.kind not in AFTER_THE_END:
            _see_too_late(call, told)
            continue
        if told.leg:
            _see_leg(call, told)
        if told.kind is Kind.CALL_ENDED:
            _see_end(call, told)
        elif told.kind is Kind.MACHINE_DETECTED:
            call.answered_by = told.detail.get("by") or call.answered_by
    return call


def _place(told: Told) -> tuple[int, datetime, bool, str, str, str]:
    """Where an event stands in the call. Two of one moment have one order as well, the end last."""
    is_end, detail = told.kind is Kind.CALL_ENDED, str(sorted(told.detail.items()))
    return told.number, told.at, is_end, told.kind, told.leg, detail


def _see_too_late(call: CallPicture, told: Told) -> None:
    """A leg of which only what follows the end is told was never here: its row must not talk on."""
    if told.leg and told.leg not in call.legs:
        leg = call.legs[told.leg] = LegPicture(told.leg)
        leg.party = told.detail.get("party", leg.party)
        leg.user = told.detail.get("user", leg.user)
        leg.state, leg.left_at, leg.cause = LegState.LEFT, call.ended_at, Cause.CANCELED


def _see_leg(call: CallPicture, told: Told) -> None:
    if told.kind in AFTER_THE_END and told.leg not in call.legs:
        return
    leg = call.legs.setdefault(told.leg, LegPicture(told.leg))
    leg.party = told.detail.get("party", leg.party)
    leg.user = told.detail.get("user", leg.user)
    if told.kind is Kind.QUALITY:
        leg.quality = {name: told.detail.get(name) for name in ("packets", "lost", "jitter_ms")}
    if leg.state is LegState.LEFT:
        return
    if see := SEEN.get(told.kind):
        see(leg, told)
    _see_call(call, leg, told)


def _ringing(leg: LegPicture, told: Told) -> None:
    del told
    if leg.answered_at is None:
        leg.state = LegState.RINGING


def _here(leg: LegPicture, told: Told) -> None:
    leg.answered_at = leg.answered_at or told.at
    leg.lost_at = None
    leg.state = LegState.HELD if leg.held_since else LegState.TALKING


def _held(leg: LegPicture, told: Told) -> None:
    leg.held_since = leg.held_since or told.at
    leg.state = LegState.HELD


def _resumed(leg: LegPicture, told: Told) -> None:
    if leg.held_since:
        leg.held_for += told.at - leg.held_since
    leg.held_since, leg.state = None, LegState.TALKING


def _lost(leg: LegPicture, told: Told) -> None:
    leg.state, leg.lost_at = LegState.LOST, told.at


def _left(leg: LegPicture, told: Told) -> None:
    if leg.held_since:
        leg.held_for += told.at - leg.held_since
    leg.held_since, leg.lost_at = None, None
    leg.state, leg.left_at = LegState.LEFT, told.at
    leg.cause = told.detail.get("cause", Cause.FAILED)


SEEN: Final = {
    Kind.LEG_RINGING: _ringing,
    Kind.LEG_ANSWERED: _here,
    Kind.LEG_REATTACHED: _here,
    Kind.LEG_HELD: _held,
    Kind.LEG_RESUMED: _resumed,
    Kind.LEG_LOST: _lost,
    Kind.LEG_LEFT: _left,
}


def _see_call(call: CallPicture, leg: LegPicture, told: Told) -> None:
    """What a leg means for its call, seen from the side that is being called."""
    called = Party.AGENT if call.direction == Direction.INBOUND else Party.CUSTOMER
    if leg.party == called and told.kind is Kind.LEG_RINGING:
        call.state = later(call.state, CallState.RINGING)
        call.ringing_at = call.ringing_at or told.at
    elif leg.party == Party.CUSTOMER and told.kind is Kind.LEG_ADDED:
        call.state = later(call.state, _begun(call))
    if told.kind in {Kind.LEG_ANSWERED, Kind.LEG_REATTACHED} and _both_are_here(call):
        call.state = later(call.state, CallState.IN_PROGRESS)
        call.answered_at = call.answered_at or told.at


def _begun(call: CallPicture) -> CallState:
    outbound = call.direction == Direction.OUTBOUND
    return CallState.INITIATED if outbound else CallState.QUEUED


def _both_are_here(call: CallPicture) -> bool:
    """A customer alone with our questions is spoken to as well, in a call that we placed."""
    customers = any(leg.answered_at for leg in call.of(Party.CUSTOMER))
    ours = any(leg.answered_at for leg in call.of(Party.AGENT))
    return customers and (ours or call.direction == Direction.OUTBOUND)


def _see_end(call: CallPicture, told: Told) -> None:
    cause = told.detail.get("cause", Cause.FAILED)
    call.ended_at, call.cause = told.at, cause
    if call.answered_at:
        call.state = CallState.COMPLETED
    else:
        call.state = UNTALKED.get(cause, CallState.CANCELED)
    for leg in call.legs.values():
        if leg.state is not LegState.LEFT:
            _left(leg, told)
