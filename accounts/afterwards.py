"""What is done once the transaction has committed, and may fail without undoing it?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction


def afterwards(what: Callable[..., object], *about: Any) -> None:
    """Call `what(*about)` after the commit; a failure is logged and fails nobody's request.

    Django names a failed hook by its `__qualname__`, which a `functools.partial` has not: it
    would fail the request after all.
    """
    transaction.on_commit(lambda: what(*about), robust=True)
