"""The live connection of one open page: it carries "this panel changed", never state."""

from __future__ import annotations

import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from accounts.models import User


@database_sync_to_async
def _teams_of(user: User) -> list[int]:
    return user.team_ids


class DeskConsumer(AsyncWebsocketConsumer):
    """One page of one person: hears the hints for that person and for their teams.

    What a page sends is ignored: what people do goes over HTTP.
    """

    my_groups: tuple[str, ...] = ()

    async def connect(self) -> None:
        user = self.scope["user"]
        if not user.is_authenticated:
            await self.close(code=4401)  # type: ignore[no-untyped-call]
            return
        team_ids = await _teams_of(user)
        self.my_groups = (f"user-{user.pk}", *(f"team-{team}" for team in team_ids))
        for group in self.my_groups:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()  # type: ignore[no-untyped-call]

    async def disconnect(self, _code: int) -> None:
        for group in self.my_groups:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def panel_changed(self, event: dict[str, Any]) -> None:
        hint = {"panel": event["panel"], "customer": event["customer"]}
        await self.send(text_data=json.dumps(hint))  # type: ignore[no-untyped-call]
