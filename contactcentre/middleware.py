"""What happens around every request: a log line, health checks, and broken rules in words."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from accounts.errors import NotAllowed, RuleBroken
from contactcentre import health, history

GetResponse = Callable[[HttpRequest], HttpResponse]
logger = structlog.get_logger("continuum.requests")
READING = frozenset({"GET", "HEAD", "OPTIONS"})
DESK = frozenset({"console", "interactions", "routing", "service", "needs", "offers", "followups"})
CONFIGURING = frozenset(
    {
        *("followups:policy", "followups:policy_new", "followups:policy_preview"),
        *("followups:policy_step", "followups:policy_publication"),
        *("followups:policy_restoration", "followups:pause", "followups:resume"),
        "console:presence",
        *("needs:label", "needs:removal", "needs:restoration"),
        *("needs:new_need_type", "needs:dismissal"),
    }
)
QUIET = ("/static/", "/health/", "/ready/")


def request_log(get_response: GetResponse) -> GetResponse:
    """One line a request: route (never the address with its ids and words), status, time."""

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request=request_id):
            response = get_response(request)
            response["X-Request-ID"] = request_id
            if response.status_code >= 500 or not request.path.startswith(QUIET):
                logger.info(
                    "request",
                    method=request.method,
                    route=request.resolver_match.route if request.resolver_match else "unknown",
                    status=response.status_code,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                )
        return response

    return middleware


def health_without_a_host(get_response: GetResponse) -> GetResponse:
    """Answer health checks before the host name is looked at: probes call by address."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path == "/health/":
            return health.alive()
        if request.path == "/ready/":
            return health.ready()
        return get_response(request)

    return middleware


def kept_by_no_cache(get_response: GetResponse) -> GetResponse:
    """Pages and answers hold what is personal: no browser or proxy keeps one (RFC 9111, 5.2.2.5).

    Static files are answered further out and stay cacheable.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store, private"
        return response

    return middleware


def history_where_it_is_kept(get_response: GetResponse) -> GetResponse:
    """Right inside of pghistory's middleware: it speaks to every statement, few have to listen."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with history.told_where_it_is_kept():
            return get_response(request)

    return middleware


def broken_rules(get_response: GetResponse) -> GetResponse:
    """Show a domain's refusal in its own words: a fragment, JSON for scripts, else a page."""

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _told(request, error) if isinstance(error, RuleBroken) else None

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def administrators_look(get_response: GetResponse) -> GetResponse:
    """At the desk administrators read; they configure, and act for no customer (as in the API)."""

    def process_view(
        request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        del view, args, kwargs
        match = request.resolver_match
        if request.method in READING or match is None or match.namespace not in DESK:
            return None
        is_theirs = match.view_name in CONFIGURING
        if is_theirs or not getattr(request.user, "is_administrator", False):
            return None
        refused = NotAllowed("Administrators configure and read. Log in as an agent to act.")
        return _told(request, refused)

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _told(request: HttpRequest, error: RuleBroken) -> HttpResponse:
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"message": str(error)}, status=error.status_code)
    name = "_rule_broken" if request.headers.get("HX-Request") else "rule_broken"
    context = {"error": error}
    return render(request, f"contactcentre/{name}.html", context, status=error.status_code)
