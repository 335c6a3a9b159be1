"""Events become calls: once each, and all replayed change nothing."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from telephony.gateway import CallState, Received
from telephony.models import Call, CallEvent, Leg, Recording
from telephony.signals import call_moved
from telephony.taking_in import take_in
from tests.telephony.test_states import INBOUND
from tests.threads import at_once

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
