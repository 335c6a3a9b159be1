"""The same events give the same call, in whatever order and however often they come."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.gateway import ENDED, CallState, Direction
from telephony.protocol import AnsweredBy, Cause, Kind
from telephony.states import LegState, Told, picture

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
CUSTOMER: dict[str, Any] = {"party": "customer", "user": None}
SAM: dict[str, Any] = {"party": "agent", "user": 7}


def story(*lines: tuple[Kind, str, dict[str, Any]]) -> list[Told]:
    """One event a second, in the provider's order."""
    return [
        Told(kind=kind, at=NINE + timedelta(seconds=number), number=number, leg=leg, detail=detail)
        for number, (kind, leg, detail) in enumerate(lines)
    ]


INBOUND = story(
    (Kind.CALL_CREATED, "", {}),
    (Kind.LEG_ADDED, "c", CUSTOMER),
    (Kind.LEG_ANSWERED, "c", CUSTOMER),
    (Kind.LEG_ADDED, "s", SAM),
    (Kind.LEG_RINGING, "s", SAM),
    (Kind.LEG_ANSWERED, "s", SAM),
    (Kind.LEG_HELD, "c", CUSTOMER),
    (Kind.LEG_RESUMED, "c", CUSTOMER),
    (Kind.LEG_LOST, "s", SAM),
    (Kind.LEG_REATTACHED, "s", SAM),
    (Kind.LEG_LEFT, "s", SAM | {"cause": "hung-up"}),
    (Kind.LEG_LEFT, "c", CUSTOMER | {"cause": "hung-up"}),
    (Kind.CALL_ENDED, "", {"cause": "hung-up"}),
    (Kind.QUALITY, "c", {"packets": 900, "lost": 3, "jitter_ms": 1.5}),
)
OF_LEGS = [kind for kind in Kind if kind.startswith(("leg.", "quality", "digit", "machine"))]


@st.composite
def stories(draw: st.DrawFn) -> list[Told]:
    """Any events at all of three legs, some at the same moment, and perhaps an end or two."""
    parties = {"c": CUSTOMER, "s": SAM, "r": {"party": "agent", "user": 8}}
    told: list[Told] = []
    for _ in range(draw(st.integers(1, 20))):
        leg, moment = draw(st.sampled_from("csr")), draw(st.integers(0, 9))
        detail: dict[str, Any] = {
            "cause": draw(st.sampled_from(Cause)),
            "packets": moment,
            "by": draw(st.sampled_from(["", *AnsweredBy])),
        }
        kind = draw(st.sampled_from([*OF_LEGS, Kind.CALL_ENDED]))
        whose, about = ("", {}) if kind is Kind.CALL_ENDED else (leg, parties[leg])
        at = NINE + timedelta(seconds=moment)
        told.append(Told(kind=kind, at=at, number=moment, leg=whose, detail=about | detail))
    return told


def test_a_call_that_was_talked_in_is_completed() -> None:
    call = picture(INBOUND, direction="inbound")
    assert call.state is CallState.COMPLETED
    assert call.ringing_at == NINE + timedelta(seconds=4)
    assert call.answered_at == NINE + timedelta(seconds=5)
    assert call.ended_at == NINE + timedelta(seconds=12)
    customer = call.legs["c"]
    assert customer.held_for == timedelta(seconds=1)
    assert (customer.state, customer.cause) == (LegState.LEFT, "hung-up")
    assert customer.quality["lost"] == 3
    assert call.legs["s"].user == 7


@given(st.one_of(st.just(INBOUND), stories()), st.sampled_from(Direction), st.data())
def test_any_order_and_any_doubling_gives_the_same_picture(
    told: list[Told], direction: str, data: st.DataObject
) -> None:
    doubled = data.draw(st.lists(st.sampled_from(told)))
    order = data.draw(st.permutations([*told, *doubled]))
    assert asdict(picture(order, direction=direction)) == asdict(picture(told, direction=direction))


@given(st.sets(st.sampled_from(range(len(INBOUND)))), st.randoms())
def test_what_is_lost_never_leaves_an_ended_call_open(lost: set[int], chance: Any) -> None:
    left = [told for told in INBOUND if told.number not in lost]
    chance.shuffle(left)
    call = picture(left, direction="inbound")
    if 12 in lost:
        assert call.state not in ENDED
        assert call.ended_at is None
        return
    talked = 2 not in lost and 5 not in lost
    reattached = 2 not in lost and 9 not in lost
    agent_seen = talked or reattached
    assert call.state is (CallState.COMPLETED if agent_seen else CallState.CANCELED)
    assert all(leg.state is LegState.LEFT for leg in call.legs.values())


@given(st.permutations(INBOUND))
def test_a_call_never_moves_backwards_while_events_arrive(order: list[Told]) -> None:
    seen: list[Told] = []
    has_ended = False
    for told in order:
        seen.append(told)
        state = picture(seen, direction="inbound").state
        has_ended = has_ended or told.kind is Kind.CALL_ENDED
        assert (state in ENDED) is has_ended


@pytest.mark.parametrize(
    ("cause", "state"),
    [
        (Cause.BUSY, CallState.BUSY),
        (Cause.REJECTED, CallState.BUSY),
        (Cause.NO_ANSWER, CallState.NO_ANSWER),
        (Cause.CANCELED, CallState.CANCELED),
        (Cause.HUNG_UP, CallState.CANCELED),
        (Cause.SWITCH_GONE, CallState.FAILED),
    ],
)
def test_a_call_that_we_place_and_nobody_answers_says_why(cause: Cause, state: CallState) -> None:
    events = story(
        (Kind.CALL_CREATED, "", {}),
        (Kind.LEG_ADDED, "c", CUSTOMER),
        (Kind.LEG_RINGING, "c", CUSTOMER),
        (Kind.LEG_LEFT, "c", CUSTOMER | {"cause": cause}),
        (Kind.CALL_ENDED, "", {"cause": cause}),
    )
    assert picture(events[:2], direction="outbound").state is CallState.INITIATED
    assert picture(events[:3], direction="outbound").state is CallState.RINGING
    assert picture(events, direction="outbound").state is state


@pytest.mark.parametrize("after", [2, 3, 5])
def test_who_answered_is_known_whenever_the_provider_is_sure(after: int) -> None:
    """Before the customer is connected, while they talk, and after the end."""
    heard: list[tuple[Kind, str, dict[str, Any]]] = [
        (Kind.MACHINE_DETECTED, "c", {"by": AnsweredBy.MACHINE}),
        (Kind.MACHINE_DETECTED, "c", {"by": ""}),
    ]
    lines: list[tuple[Kind, str, dict[str, Any]]] = [
        (Kind.LEG_ADDED, "c", CUSTOMER),
        (Kind.LEG_RINGING, "c", CUSTOMER),
        (Kind.LEG_ANSWERED, "c", CUSTOMER),
        (Kind.LEG_LEFT, "c", CUSTOMER | {"cause": "hung-up"}),
        (Kind.CALL_ENDED, "", {"cause": "hung-up"}),
    ]
    call = picture(story(*lines[:after], *heard, *lines[after:]), direction="outbound")
    assert (call.answered_by, call.state) == (AnsweredBy.MACHINE, CallState.COMPLETED)
    assert picture(story(*lines), direction="outbound").answered_by == ""


def test_a_leg_that_is_told_of_after_the_end_alone_has_left() -> None:
    lines = story((Kind.LEG_ADDED, "c", CUSTOMER), (Kind.CALL_ENDED, "", {"cause": "hung-up"}))
    late = story(*[(Kind.LEG_ANSWERED, "s", SAM)] * 3)[-1:]
    call = picture([*lines, *late], direction="inbound")
    agent = call.legs["s"]
    assert (agent.state, agent.left_at, agent.user) == (LegState.LEFT, call.ended_at, 7)
    assert (call.answered_at, agent.answered_at) == (None, None)


def test_a_caller_who_leaves_the_queue_was_never_answered() -> None:
    events = story(
        (Kind.CALL_CREATED, "", {}),
        (Kind.LEG_ADDED, "c", CUSTOMER),
        (Kind.LEG_ANSWERED, "c", CUSTOMER),
        (Kind.CALL_ENDED, "", {"cause": "hung-up"}),
    )
    call = picture(events, direction="inbound")
    assert (call.state, call.answered_at) == (CallState.CANCELED, None)
