"""Does a hint leave quickly, to the right ears, and never at the cost of a request?"""

from __future__ import annotations

import pytest
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from redis import Redis, RedisError

from accounts.live import panel_changed
from contactcentre.live_layer import AT_MOST, HintLayer
from tests.patience import PATIENCE


def test_hints_of_two_installations_on_one_redis_do_not_mix() -> None:
    number = settings.REDIS_URL.rpartition("/")[2]
    layer = get_channel_layer()
    assert isinstance(layer, HintLayer)
    assert layer.prefix == f"continuum/{number}"


def test_a_hint_goes_to_its_groups_and_to_no_other() -> None:
    layer = get_channel_layer()
    assert isinstance(layer, HintLayer)
    with Redis.from_url(settings.REDIS_URL).pubsub() as ear:
        ear.subscribe(*(f"{layer.prefix}__group__team-{team}" for team in (1, 2, 3)))
        for _ in range(3):
            ear.get_message(timeout=PATIENCE)
        layer.publish(["team-1", "team-3"], {"type": "panel.changed", "panel": "a"})
        heard = [ear.get_message(timeout=PATIENCE) for _ in range(2)]
        assert [message["channel"][-6:] for message in heard if message] == [b"team-1", b"team-3"]
        assert ear.get_message(timeout=0.1) is None


@pytest.mark.django_db(transaction=True)
def test_a_redis_that_is_gone_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = HintLayer(hosts=[{"address": "redis://127.0.0.1:1/0"}], prefix="gone")
    with pytest.raises(RedisError):
        gone.publish(["team-1"], {})
    monkeypatch.setattr("accounts.live.get_channel_layer", lambda: gone)
    fail = gone.publish
    tries: list[list[str]] = []

    def tried(groups: list[str], message: dict[str, object]) -> None:
        tries.append(groups)
        fail(groups, message)

    monkeypatch.setattr(gone, "publish", tried)
    with transaction.atomic():
        panel_changed(panel="a", team_ids=[1])
    assert tries == [["team-1"]]
    waits = gone.client.connection_pool.connection_kwargs
    assert (waits["socket_timeout"], waits["socket_connect_timeout"]) == (AT_MOST, AT_MOST)
