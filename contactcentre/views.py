"""What is answered when something of ours fails? Where the database is away: come again soon."""

from __future__ import annotations

import sys
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.defaults import server_error

AGAIN_IN: Final = 2  # seconds; a database that was killed is back in fewer


def failed(request: HttpRequest) -> HttpResponse:
    """503 with Retry-After while the database does not answer (RFC 9110, 10.2.3), else 500."""
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return server_error(request)
    answer: HttpResponse
    if request.path.startswith("/api/"):
        words = "The database does not answer. Nothing was changed; send it again."
        answer = JsonResponse({"detail": words, "code": "DatabaseAway"}, status=503)
    else:
        answer = render(request, "503.html", status=503)
    answer["Retry-After"] = str(AGAIN_IN)
    return answer
