"""The live connection: who hears which hint."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser
from django.db import connections, transaction

from accounts.live import panel_changed
from accounts.models import Presence, User
from console.routing import websocket_urlpatterns
from tests.cast import Cast, assemble
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)
A_MOMENT = 0.3


@pytest.fixture(autouse=True)
async def no_connection_left_open() -> AsyncGenerator[None]:
    yield
    await database_sync_to_async(connections.close_all)()


class OpenPage:
    """A page's end of the connection, as the server sees it."""

    def __init__(self, user: User | AnonymousUser) -> None:
        scope: dict[str, Any] = {
            "type": "websocket",
            "path": "/ws/desk/",
            "headers": [],
            "user": user,
        }
        talk: Any = ApplicationCommunicator
        self.line = talk(URLRouter(websocket_urlpatterns), scope)

    async def connect(self) -> dict[str, Any]:
        await self.line.send_input({"type": "websocket.connect"})
        return dict(await self.line.receive_output(timeout=PATIENCE))

    async def says(self, text: str) -> None:
        await self.line.send_input({"type": "websocket.receive", "text": text})

    async def hears(self) -> Any:
        return json.loads((await self.line.receive_output(timeout=PATIENCE))["text"])

    async def hears_nothing(self) -> bool:
        return bool(await self.line.receive_nothing(timeout=A_MOMENT))

    async def disconnect(self) -> None:
        await self.line.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.line.wait()


async def opened(user: User) -> OpenPage:
    page = OpenPage(user)
    assert (await page.connect())["type"] == "websocket.accept"
    return page


async def announce(**hint: Any) -> None:
    def within() -> None:
        with transaction.atomic():
            panel_changed(**hint)

    await database_sync_to_async(within)()


async def test_a_hint_reaches_the_person_and_nobody_else() -> None:
    cast: Cast = await database_sync_to_async(assemble)()
    sam, rae = await opened(cast.sam), await opened(cast.rae)
    await announce(panel="offers.ways", customer_id=cast.ada.pk, user_ids=[cast.sam.pk])
    assert await sam.hears() == {"panel": "offers.ways", "customer": cast.ada.pk}
    assert await rae.hears_nothing()
    await sam.disconnect()
    await rae.disconnect()


async def test_a_teams_hint_stays_within_the_team() -> None:
    cast: Cast = await database_sync_to_async(assemble)()
    rae, stranger = await opened(cast.rae), await opened(cast.stranger)
    await announce(panel="console.my_work", team_ids=[cast.team.pk])
    assert await rae.hears() == {"panel": "console.my_work", "customer": None}
    assert await stranger.hears_nothing()
    await rae.disconnect()
    await stranger.disconnect()


async def test_a_missed_call_is_seen_on_the_agents_own_open_pages() -> None:
    cast: Cast = await database_sync_to_async(assemble)()
    sam, rae = await opened(cast.sam), await opened(cast.rae)
    await database_sync_to_async(cast.sam.be)(Presence.MISSED)
    await database_sync_to_async(cast.sam.be)(Presence.MISSED)
    assert await sam.hears() == {"panel": "accounts.presence", "customer": None}
    assert await sam.hears_nothing(), "it was so already"
    assert await rae.hears_nothing()
    await sam.disconnect()
    await rae.disconnect()


async def test_nothing_is_hinted_when_the_change_is_rolled_back() -> None:
    cast: Cast = await database_sync_to_async(assemble)()
    sam = await opened(cast.sam)

    def rolled_back() -> None:
        with transaction.atomic():
            panel_changed(panel="offers.ways", user_ids=[cast.sam.pk])
            transaction.set_rollback(True)

    await database_sync_to_async(rolled_back)()
    assert await sam.hears_nothing()
    await sam.disconnect()


async def test_what_a_page_sends_changes_nothing() -> None:
    cast: Cast = await database_sync_to_async(assemble)()
    sam = await opened(cast.sam)
    await sam.says('{"type": "panel.changed", "panel": "x"}')
    await sam.says("no json at all")
    assert await sam.hears_nothing()
    await sam.disconnect()


async def test_nobody_listens_without_a_log_in() -> None:
    answer = await OpenPage(AnonymousUser()).connect()
    assert answer == {"type": "websocket.close", "code": 4401}
