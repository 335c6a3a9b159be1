"""Is this process up, and can it do its work? Answers for probes and for people on duty."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.utils import timezone

from accounts.beating import late_beats
from telephony.embedded import EmbeddedSwitch
from telephony.gateway import GatewayError


def alive() -> HttpResponse:
    """200 as long as the process answers; looks at nothing else."""
    return HttpResponse("up\n", content_type="text/plain")


def ready() -> JsonResponse:
    """200 when every part answers, else 503; the body names what does not and what to do."""
    found = {name: _outcome(check) for name, check in CHECKS.items()}
    broken = {name: words for name, words in found.items() if words not in {"ok", "late"}}
    return JsonResponse({"ready": not broken, "checks": found}, status=503 if broken else 200)


def _outcome(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # noqa: BLE001  (any failure of a part is the finding itself)
        return f"failed: {type(error).__name__}"


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return "ok"


def redis() -> str:
    cache.get("ready")
    return "ok"


def migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "waiting: run manage.py migrate" if waiting else "ok"


def worker() -> str:
    """Beat sends and a worker writes this heartbeat, so it sees a hang of either.

    It never makes this process unready: people can work while follow-ups are late.
    """
    return _heartbeat("worker")


def followups() -> str:
    """The sweep that looks for due follow-ups."""
    return _heartbeat("follow-ups")


def calls() -> str:
    """The process that follows all calls; without it they go on, and nobody new is offered."""
    return _heartbeat("calls")


def telephone() -> str:
    """A switch that lives; a provider outside is asked with each call, and not here."""
    if EmbeddedSwitch.name != settings.TELEPHONY_GATEWAY:
        return "ok"
    try:
        return "ok" if EmbeddedSwitch().switches() else "late"
    except GatewayError:
        return "late"


def _heartbeat(name: str) -> str:
    try:
        late = {beat.name for beat in late_beats(timezone.now())}
    except DatabaseError:
        return "late"
    return "late" if name in late else "ok"


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "redis": redis,
    "migrations": migrations,
    "worker": worker,
    "followups": followups,
    "calls": calls,
    "telephone": telephone,
}
