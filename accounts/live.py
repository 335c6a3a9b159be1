"""Which open pages should look again? Hints only: the rows in PostgreSQL are the truth."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from channels.layers import get_channel_layer
from django.db import transaction

logger = logging.getLogger(__name__)


def panel_changed(
    *,
    panel: str,
    customer_id: int | None = None,
    user_ids: Iterable[int] = (),
    team_ids: Iterable[int] = (),
) -> None:
    """Tell pages of these users and teams, after commit, that `panel` changed.

    A lost hint costs at most a slow poll; a broken connection to Redis never fails a request.
    """
    groups = [f"user-{pk}" for pk in user_ids] + [f"team-{pk}" for pk in team_ids]
    message: dict[str, object] = {"type": "panel.changed", "panel": panel, "customer": customer_id}
    if groups:
        transaction.on_commit(lambda: _send(groups, message), robust=True)


def _send(groups: list[str], message: dict[str, object]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        layer.publish(groups, message)
    except Exception as error:  # noqa: BLE001 (redis raises a family of its own)
        logger.warning("live hint not sent: %s", type(error).__name__)
