"""The administrator's page on fairness: every group beside all others, with intervals."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from offers.fairness import showing
from offers.fairness.tasks import audit_fairness
from offers.models import FairnessAudit


def _administrator(request: HttpRequest) -> User:
    """Nobody else sees figures by group, and nobody at all sees whose they are."""
    user = cast("User", request.user)
    if not user.is_administrator:
        raise PermissionDenied
    return user


@require_GET
def fairness(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The newest audit, or the one that is named, and the list of those before."""
    _administrator(request)
    audits = FairnessAudit.objects.select_related("made_by")
    asked = get_object_or_404(audits, pk=pk) if pk else None
    return render(request, "offers/fairness.html", showing.page(asked))


@require_POST
def auditing(request: HttpRequest) -> HttpResponse:
    """Look now; the page shows it by itself when it is done."""
    user = _administrator(request)
    audit_fairness.delay(asked_by=user.pk)
    messages.success(request, "The audit is being made. This page shows it when it is done.")
    return redirect("fairness:fairness")
