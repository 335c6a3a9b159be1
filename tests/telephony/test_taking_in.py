"""Events become calls: once each, and all replayed change nothing."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.gateway import CallState, Direction, Received
from telephony.models import Call, CallEvent, Leg, Recording
from telephony.protocol import Kind
from telephony.signals import call_moved
from telephony.states import Told, picture
from telephony.taking_in import take_in
from tests.telephony.test_states import INBOUND, stories
from tests.threads import at_once

DRAWN = ("state", "ringing_at", "answered_at", "ended_at", "cause", "answered_by")
LEG_DRAWN = (
    *("party", "state", "answered_at", "held_since", "held_for", "lost_at", "left_at", "cause"),
    "quality",
)

pytestmark = pytest.mark.django_db

STORY = [
    Received(
        "switch", f"s1-{told.number}", told.kind, told.number, told.at, told.leg, dict(told.detail)
    )
    for told in INBOUND
]


def a_call() -> Call:
    return Call.objects.create(gateway="switch", place="s1", direction="inbound", line="Cards")


def without_users(events: list[Received]) -> list[Received]:
    return [
        Received(
            *(one.gateway, one.event_id, one.kind, one.number, one.at, one.leg),
            one.detail | {"user": None},
        )
        for one in events
    ]


def test_a_call_is_drawn_from_what_was_told() -> None:
    call = a_call()
    assert take_in(call_key=str(call.key), events=without_users(STORY)) == len(STORY)
    call.refresh_from_db()
    assert call.state == CallState.COMPLETED
    assert call.legs.count() == 2
    assert call.events.count() == len(STORY)


def test_a_replay_changes_nothing_and_tells_nobody() -> None:
    call, told = a_call(), []
    take_in(call_key=str(call.key), events=without_users(STORY))
    before = (list(Call.objects.values()), list(Leg.objects.values()), CallEvent.objects.count())

    def hear(**said: Any) -> None:
        told.append(said)

    call_moved.connect(hear)
    shuffled = without_users(STORY)
    random.Random(7).shuffle(shuffled)
    for one in [*shuffled, *shuffled]:
        assert take_in(call_key=str(call.key), events=[one]) == 0
    call_moved.disconnect(hear)
    after = (list(Call.objects.values()), list(Leg.objects.values()), CallEvent.objects.count())
    assert after == before
    assert told == []


def test_one_by_one_in_any_order_is_the_same_as_all_at_once() -> None:
    whole, pieces = a_call(), a_call()
    take_in(call_key=str(whole.key), events=without_users(STORY))
    shuffled = [
        Received(
            one.gateway,
            f"p-{one.event_id}",
            one.kind,
            one.number,
            one.at,
            f"p{one.leg}" if one.leg else "",
            one.detail,
        )
        for one in without_users(STORY)
    ]
    random.Random(3).shuffle(shuffled)
    for one in shuffled:
        take_in(call_key=str(pieces.key), events=[one])
    drawn = ("state", "ringing_at", "answered_at", "ended_at", "cause")
    assert Call.objects.values(*drawn).get(pk=whole.pk) == Call.objects.values(*drawn).get(
        pk=pieces.pk
    )


def of_call(call: Call, told: list[Told]) -> list[Received]:
    """The events as a provider names them, with legs that are this call's own."""
    return [
        Received(
            "switch",
            f"{call.key}-{place}",
            one.kind,
            one.number,
            one.at,
            f"{call.key.hex[:8]}-{one.leg}" if one.leg else "",
            dict(one.detail) | {"user": None},
        )
        for place, one in enumerate(told)
    ]


def rows(call: Call) -> list[Any]:
    """Everything that is kept of this call, to the last field."""
    of_it = (Call.objects.filter(pk=call.pk), call.legs.all(), call.events.order_by("pk"))
    return [list(one.values()) for one in (*of_it, call.recordings.all())]


def as_drawn(call: Call, events: list[Received]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What stands in the rows of call and legs, and what should after just these events."""
    told = [Told(Kind(one.kind), one.at, one.number, one.leg, one.detail) for one in events]
    seen = picture(told, direction=call.direction)
    call.refresh_from_db()
    legs = {leg.key: leg for leg in call.legs.all()}
    ours = {name: getattr(call, name) for name in DRAWN}
    ours |= {key: [getattr(leg, name) for name in LEG_DRAWN] for key, leg in legs.items()}
    theirs = {name: getattr(seen, name) for name in DRAWN}
    theirs |= {key: [getattr(leg, name) for name in LEG_DRAWN] for key, leg in seen.legs.items()}
    return ours, theirs


RECORDED = Told(
    Kind.RECORDING_READY,
    INBOUND[-1].at,
    len(INBOUND),
    detail={"seconds": 1.5, "started_at": INBOUND[0].at.isoformat(), "pauses": []},
)


@settings(max_examples=30, deadline=None)
@given(st.one_of(st.just(INBOUND), stories()), st.sampled_from(Direction), st.data())
def test_whatever_is_lost_late_or_doubled_all_told_is_the_same_call_and_a_replay_is_nothing(
    told: list[Told], direction: str, data: st.DataObject
) -> None:
    """Arrivals in any order and size, some lost; then the provider is asked, and tells all."""
    call = Call.objects.create(gateway="switch", direction=direction)
    events = of_call(call, [*told, RECORDED])
    events[-1].detail["file"] = f"{call.key}.wav"
    arrived: dict[str, Received] = {}
    has_ended = False
    for some in data.draw(st.lists(st.lists(st.sampled_from(events), max_size=4), max_size=8)):
        new = {one.event_id for one in some} - set(arrived)
        assert take_in(call_key=str(call.key), events=some) == len(new)
        arrived |= {one.event_id: one for one in some}
        ours, theirs = as_drawn(call, list(arrived.values()))
        assert ours == theirs
        assert call.is_over or not has_ended
        has_ended = call.is_over
    assert take_in(call_key=str(call.key), events=events) == len(events) - len(arrived)
    ours, theirs = as_drawn(call, events)
    assert ours == theirs
    assert call.recordings.count() == 1
    before, moved = rows(call), []
    call_moved.connect(hear := lambda **said: moved.append(said))
    for some in (events, list(reversed(events)), *[[one] for one in events]):
        assert take_in(call_key=str(call.key), events=some) == 0
    call_moved.disconnect(hear)
    assert (rows(call), moved) == (before, [])


def test_an_end_that_comes_late_leaves_nobody_talking() -> None:
    call = a_call()
    end = Told(Kind.CALL_ENDED, INBOUND[3].at, 3, detail={"cause": "lost"})
    first, last, agent, ended = of_call(call, [*INBOUND[1:3], INBOUND[5], end])
    take_in(call_key=str(call.key), events=[first, last, agent])
    assert set(call.legs.values_list("state", flat=True)) == {"talking"}
    take_in(call_key=str(call.key), events=[ended])
    assert set(call.legs.values_list("state", flat=True)) == {"left"}
    call.refresh_from_db()
    assert (call.state, call.answered_at) == (CallState.CANCELED, None)


def test_a_receiver_that_fails_undoes_the_event() -> None:
    call = a_call()

    def refuse(**_: Any) -> None:
        raise RuntimeError("no")

    call_moved.connect(refuse)
    with pytest.raises(RuntimeError), transaction.atomic():
        take_in(call_key=str(call.key), events=without_users(STORY)[:1])
    call_moved.disconnect(refuse)
    assert CallEvent.objects.count() == 0


def test_events_of_an_unknown_call_are_no_error() -> None:
    assert take_in(call_key="00000000-0000-0000-0000-000000000000", events=STORY) == 0


def test_a_recording_is_kept_once() -> None:
    call = a_call()
    detail = {
        "file": "x.wav",
        "seconds": 1.5,
        "started_at": timezone.now().isoformat(),
        "pauses": [0.5],
    }
    event = Received("switch", "r1", "recording.ready", 99, timezone.now(), "", detail)
    take_in(call_key=str(call.key), events=[event])
    take_in(call_key=str(call.key), events=[event])
    assert Recording.objects.get().pauses == [0.5]


@pytest.mark.django_db(transaction=True)
def test_the_same_event_from_many_sides_counts_once() -> None:
    call, told = a_call(), []

    def hear(**said: Any) -> None:
        told.extend(said["events"])

    call_moved.connect(hear)
    counts = at_once(8, lambda _: take_in(call_key=str(call.key), events=without_users(STORY)))
    call_moved.disconnect(hear)
    assert sorted(counts) == [0] * 7 + [len(STORY)]
    assert len(told) == len(STORY)
