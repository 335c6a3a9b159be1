"""How often may one address ask something of us that costs us something?"""

from __future__ import annotations

from typing import Final

from django.core.cache import cache
from redis.exceptions import RedisError

from accounts.errors import RuleBroken

WINDOW: Final = 600  # seconds
CALLS: Final = 10  # in that time, from one address


class TooOften(RuleBroken):
    """The address has asked more often than a person would."""

    status_code = 429


def allow(*, what: str, address: str, limit: int = CALLS) -> None:
    """Count one more. Raises TooOften."""
    key = f"pace:{what}:{address}"
    try:
        cache.add(key, 0, timeout=WINDOW)
        count = cache.incr(key)
    except (ValueError, RedisError):  # it ended between the two; or nobody counts: let them in
        return
    if count > limit:
        raise TooOften("That is often. Please wait ten minutes, or write to us.")
