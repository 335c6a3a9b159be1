"""How does the API say no? The domain's refusals in their own words, with their status."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
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
    if isinstance(error, RequestDataTooBig):
        words = "The body is too large. Send less at once."
        return Response({"detail": words, "code": "TooLarge"}, status=413)
    return exception_handler(error, context)
