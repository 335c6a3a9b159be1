"""How does the API say no? The domain's refusals in their own words, with their status."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from accounts.errors import RuleBroken


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: `{"detail": …, "code": …}` for a broken rule."""
    if isinstance(error, RuleBroken):
        set_rollback()
        return Response(
            {"detail": str(error), "code": type(error).__name__}, status=error.status_code
        )
    return exception_handler(error, context)
