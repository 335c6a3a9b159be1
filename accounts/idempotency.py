"""Was this request answered before? Then it creates nothing and gets the same answer again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.models import IdempotencyKey, User

KEPT_FOR = timedelta(hours=48)
LONGEST_KEY = 200


class NotAKey(RuleBroken):
    status_code = 400

    def __init__(self) -> None:
        super().__init__(
            f"An Idempotency-Key is 1 to {LONGEST_KEY} printable ASCII characters. "
            "A random UUID for each new request is a good one."
        )


class KeyUsedForAnotherRequest(RuleBroken):
    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key came with another request before. "
            "Use a new key for a new request."
        )


class StillBeingAnswered(Conflict):
    def __init__(self) -> None:
        super().__init__("The same request is being worked on. Ask again in a few seconds.")


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request was answered: HTTP status and JSON body."""

    status: int
    body: Any


def digest_of(method: str, path: str, body: object) -> str:
    """SHA-256 of what was asked for; the order of fields and white space make no difference."""
    canonical = json.dumps([method, path, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def answer_once(*, user: User, key: str, digest: str, create: Callable[[], Answered]) -> Answered:
    """Create and keep the answer, or give the answer kept under the user's `key`.

    The key, the effect and the answer commit together, so that a refusal leaves no key behind.
    A second request with the key waits at its unique index until the first has committed.
    Raises NotAKey, KeyUsedForAnotherRequest and StillBeingAnswered.
    """
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise NotAKey
    with transaction.atomic():
        try:
            kept, is_first = IdempotencyKey.objects.get_or_create(
                user=user, key=key, defaults={"request_digest": digest}
            )
        except OperationalError as error:  # the lock was not to be had in time
            raise StillBeingAnswered from error
        if not is_first:
            if kept.request_digest != digest or kept.status is None:
                raise KeyUsedForAnotherRequest
            return Answered(kept.status, kept.body)
        answered = create()
        IdempotencyKey.objects.filter(pk=kept.pk).update(status=answered.status, body=answered.body)
    return answered


def forget_old_keys() -> int:
    """Drop keys older than KEPT_FOR; returns how many."""
    limit = timezone.now() - KEPT_FOR
    return IdempotencyKey.objects.filter(created_at__lt=limit).delete()[0]
