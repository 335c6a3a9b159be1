"""A bank with one queue, agents with phones, and a provider that can be looked into."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Presence, User
from routing.incoming import receive
from routing.models import AgentPhone, Place, Queue
from telephony import adapters
from telephony.protocol import Kind
from tests.cast import Cast, assemble
from tests.telephony.provider import FakeProvider


@dataclass
class Floor:
    """The people, the queue, and the provider."""

    cast: Cast
    queue: Queue
    provider: FakeProvider

    def at_work(self, user: User, *, free_for: int = 0) -> None:
        """The agent is available, their page is their phone, and has been free for seconds."""
        since = timezone.now() - timedelta(seconds=free_for)
        User.objects.filter(pk=user.pk).update(presence=Presence.AVAILABLE, presence_at=since)
        AgentPhone.objects.update_or_create(
            user=user, defaults={"tab": f"tab-{user.pk}", "seen_at": timezone.now()}
        )

    def calls_in(self, number: str = "", **more: Any) -> Place:
        """Somebody calls and hears music."""
        place = receive(reason=self.cast.closing, number=number, **more)
        call = place.call
        self.provider.tell(call, Kind.LEG_ADDED, call.customer_leg, party="customer")
        self.provider.tell(call, Kind.LEG_ANSWERED, call.customer_leg, party="customer")
        place.refresh_from_db()
        return place

    def rings(self, place: Place) -> Place:
        """The provider says that the invited phone rings."""
        place.refresh_from_db()
        self._agent(place, Kind.LEG_ADDED)
        self._agent(place, Kind.LEG_RINGING)
        return place

    def answers(self, place: Place) -> Place:
        self._agent(self.rings(place), Kind.LEG_ANSWERED)
        place.refresh_from_db()
        return place

    def leaves(self, place: Place, cause: str) -> Place:
        self._agent(place, Kind.LEG_LEFT, cause=cause)
        place.refresh_from_db()
        return place

    def _agent(self, place: Place, kind: Kind, **detail: Any) -> None:
        self.provider.tell(
            place.call, kind, place.leg, party="agent", user=place.agent_id, **detail
        )


def open_floor(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """Everything in place; every module that asks a provider asks the fake one."""
    settings.TELEPHONY_GATEWAY = "switch"
    provider = FakeProvider()
    ours = [one for name, one in sys.modules.items() if name.startswith(("routing", "followups"))]
    for module in ours:
        if getattr(module, "named", None) is adapters.named:
            monkeypatch.setattr(module, "named", lambda _: provider)
        if getattr(module, "gateway", None) is adapters.gateway:
            monkeypatch.setattr(module, "gateway", lambda: provider)
    cast = assemble()
    queue = Queue.objects.create(
        name="Everyday",
        team=cast.team,
        is_default=True,
        opens_at=time.min,
        closes_at=time.max,
        days=[1, 2, 3, 4, 5, 6, 7],
    )
    return Floor(cast, queue, provider)
