"""The administrator's page on what was learned: how good it is, in words, and how to stop it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from offers.learning import keeping, showing, sweeping
from offers.learning.forms import SharesForm
from offers.models import LearnedVersion

LONGEST_REASON = 200
View = Callable[..., HttpResponse]


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def administrators_only(view: View) -> View:
    """Nobody else sees or stops what is learned."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _user(request).is_administrator:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@administrators_only
@require_GET
def learning(request: HttpRequest) -> HttpResponse:
    """The version in force with its figures and weights in words; alarms; earlier versions."""
    return render(request, "offers/learning.html", showing.page())


@administrators_only
@require_POST
def freezing(request: HttpRequest) -> HttpResponse:
    """Learn nothing more and rank without it."""
    because = request.POST.get("because", "").strip()[:LONGEST_REASON]
    if not because:
        messages.error(request, "Say in a line why, then freeze.")
        return redirect("learning:learning")
    with transaction.atomic():
        sweeping.lock()
        sweeping.freeze(by=_user(request), because=because)
    messages.success(request, "Learning is frozen. Lists are ranked without it.")
    return redirect("learning:learning")


@administrators_only
@require_POST
def shares(request: HttpRequest) -> HttpResponse:
    """How much is tried out to learn, and how many customers are ranked without it."""
    form = SharesForm(request.POST)
    if not form.is_valid():
        context = {**showing.page(), "shares": form}
        return render(request, "offers/learning.html", context, status=422)
    if sweeping.change_shares(by=_user(request), **form.as_shares()):
        messages.success(request, "The shares are changed, from the next decision on.")
    return redirect("learning:learning")


@administrators_only
@require_POST
def thawing(request: HttpRequest) -> HttpResponse:
    """Learn and rank by it again."""
    if sweeping.thaw(by=_user(request)):
        messages.success(request, "Learning goes on, and lists are ranked by it again.")
    return redirect("learning:learning")


@administrators_only
@require_POST
def returning(request: HttpRequest, number: int) -> HttpResponse:
    """Put an earlier version in force again."""
    older = get_object_or_404(LearnedVersion.objects.only("number"), number=number)
    with transaction.atomic():
        sweeping.lock()
        version = keeping.go_back(number=older.number, by=_user(request))
    messages.success(request, f"{version} is in force: what version {number} had learned.")
    return redirect("learning:learning")
