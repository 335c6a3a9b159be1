"""States that only go forward, and a phone on the desk of which nothing is claimed."""

from __future__ import annotations

from itertools import permutations

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from telephony import adapters
from telephony.gateway import (
    ENDED,
    RANK,
    CallRefused,
    CallState,
    Capability,
    Direction,
    GatewayError,
    GatewayUnavailable,
    NotCapable,
    later,
)
from telephony.own_phone import OwnPhone


def test_the_words_are_twilios() -> None:
    assert {state.value for state in CallState} == {
        *("queued", "initiated", "ringing", "in-progress"),
        *("completed", "busy", "no-answer", "failed", "canceled"),
    }
    assert set(RANK) | ENDED == set(CallState)


def test_events_in_any_order_end_in_the_same_state() -> None:
    told = [CallState.INITIATED, CallState.RINGING, CallState.IN_PROGRESS, CallState.COMPLETED]
    for order in permutations(told):
        state = CallState.QUEUED
        for event in order:
            state = later(state, event)
        assert state == CallState.COMPLETED


@given(st.lists(st.sampled_from(list(CallState)), max_size=12))
def test_a_late_or_doubled_event_never_moves_a_call_backwards(events: list[CallState]) -> None:
    state = CallState.QUEUED
    for event in events:
        after = later(state, event)
        if state in ENDED:
            assert after is state
        elif after in RANK:
            assert RANK[after] >= RANK[state]
        assert later(after, event) is after
        state = after


def test_errors_say_whether_trying_again_is_of_use() -> None:
    assert not GatewayUnavailable().permanent
    assert CallRefused().permanent
    assert NotCapable().permanent
    assert issubclass(NotCapable, GatewayError)


def test_the_agents_own_phone_shows_a_link_and_claims_nothing() -> None:
    phone = OwnPhone()
    shown = phone.dialling("+442079460101")
    assert (shown.link, shown.number) == ("tel:+442079460101", "+44 20 7946 0101")
    assert phone.capabilities == frozenset()
    with pytest.raises(NotCapable, match="own_phone"):
        phone.open(key="1", leg="c", direction=Direction.OUTBOUND)


def test_the_setting_names_the_gateway(settings: Settings) -> None:
    settings.TELEPHONY_GATEWAY = "own_phone"
    assert adapters.gateway().name == "own_phone"
    settings.TELEPHONY_GATEWAY = "switch"
    assert adapters.gateway().capabilities == frozenset(Capability)
    settings.TELEPHONY_GATEWAY = "pigeon"
    with pytest.raises(ImproperlyConfigured, match="“pigeon”; known are: own_phone, switch"):
        adapters.gateway()
