"""The supervisor's view of follow-ups: rows, figures, histories, and what may be done with them."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import NotAllowed
from accounts.models import User
from followups import decided
from followups import steering as steered
from followups.listing import DAYS, listing, next_step, seen_by
from followups.models import FollowUp, FollowUpPolicy
from followups.reckoning import reckoning
from followups.steering_forms import IN_TURN, VERBS, FilterForm, PauseForm, SteeringForm
from messaging.models import Reply

KEPT = ("verb", "at", "to", "because")


def _leader(request: HttpRequest) -> User:
    user = cast("User", request.user)
    if user.is_agent:
        raise NotAllowed("The list of all follow-ups is for supervisors. Yours stand in My work.")
    return user


def _filters(request: HttpRequest, user: User) -> tuple[FilterForm, dict[str, Any]]:
    form = FilterForm({"days": str(DAYS)} | request.GET.dict(), user=user)
    return form, form.cleaned_data if form.is_valid() else {}


def _back(request: HttpRequest) -> HttpResponse:
    """To the list as it was filtered."""
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = resolve_url("followups:list")
    return redirect(back)


@require_GET
def follow_ups(request: HttpRequest) -> HttpResponse:
    """All follow-ups of the supervisor's teams: due, waiting and why, refused and why, answered."""
    user = _leader(request)
    form, filters = _filters(request, user)
    view, after = request.GET.get("view", ""), request.GET.get("after", "")
    shown = listing(user=user, view=view, filters=filters, after=after)
    context = {"listing": shown, "form": form, "pause_form": PauseForm()}
    context["steering_form"] = SteeringForm(user=user, initial={"to": IN_TURN})
    is_panel = request.headers.get("HX-Request") and "panel" in request.GET
    return render(request, f"followups/{'_rows' if is_panel else 'list'}.html", context)


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """How they go: reached, answers, from a bad answer to its fix."""
    user = _leader(request)
    _, filters = _filters(request, user)
    days = int(filters.get("days") or DAYS)
    counted = reckoning(seen_by(user, filters), days=days)
    return render(request, "followups/_figures.html", {"figures": counted, "days": days})


@require_GET
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """The stored decisions of one follow-up, in the order in which they were made."""
    seen = FollowUp.objects.visible_to(_leader(request))
    related = seen.select_related("customer", "owner", "request", "interaction__contact_reason")
    shown = get_object_or_404(related, pk=pk)
    context = {"follow_up": shown, "steps": decided.history(shown), "next": next_step(shown)}
    return render(request, "followups/history.html", context)


@require_POST
def steering(request: HttpRequest) -> HttpResponse:
    """Do something with the chosen follow-ups: first what it would do, then, confirmed, that."""
    user = _leader(request)
    form = SteeringForm(request.POST, user=user)
    if not form.is_valid():
        context = {"form": form, "back": request.POST.get("back", "")}
        return render(request, "followups/steering.html", context, status=422)
    said, marks = form.cleaned_data, request.POST.getlist("follow_up")
    replans = said["verb"] == "replan"
    statuses = steered.REPLANNED if replans else steered.OPEN_STATUSES
    rows = steered.chosen(user=user, marks=marks, statuses=statuses)
    if said["confirmed"]:
        return _steer(request, user, rows, said)
    rows = steered.plan_anew(rows, at=said["at"]) if replans else rows
    context = {"rows": rows, "form": form, "marks": marks, "verb": VERBS[said["verb"]]}
    context["acting"] = sum(not row.why_not for row in rows)
    context["kept"] = [(name, request.POST.get(name, "")) for name in KEPT]
    return render(request, "followups/steering.html", context | {"back": request.POST.get("back")})


def _steer(
    request: HttpRequest, user: User, rows: list[steered.Row], said: dict[str, Any]
) -> HttpResponse:
    """Do it, and say of each row that was left why."""
    if said["verb"] == "replan":
        done = steered.replan(rows, by=user, at=said["at"])
    elif said["verb"] == "give-up":
        done = steered.give_up(rows, by=user, because=said["because"])
    else:
        to = None if said["to"] == IN_TURN else User.objects.get(pk=said["to"])
        done = steered.hand_over(rows, by=user, to=to)
    if done.done:
        messages.success(request, f"{VERBS[said['verb']]}: {len(done.done)} done.")
    for row in done.left:
        messages.error(request, f"{row.follow_up.customer}: {row.why_not}. Nothing was changed.")
    return _back(request)


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the follow-ups of a policy wait."""
    user, policy = _leader(request), get_object_or_404(FollowUpPolicy, pk=pk)
    form = PauseForm(request.POST)
    if not form.is_valid():
        for wrong in form.errors.values():
            messages.error(request, f"“{policy}” was not paused. {wrong[0]}")
        return _back(request)
    if policy.pause(by=user, **form.cleaned_data):
        messages.success(request, f"“{policy}” is paused. Its follow-ups wait and say why.")
    else:
        messages.error(request, f"“{policy}” was paused meanwhile by {policy.paused_by}.")
    return _back(request)


@require_POST
def reply_look(request: HttpRequest, pk: int) -> HttpResponse:
    """A text from a number that nobody has was read, and is seen to."""
    user = _leader(request)
    reply = get_object_or_404(Reply.objects.filter(unknown_since__isnull=False), pk=pk)
    if not reply.look(by=user):
        messages.error(request, f"{reply.looked_by} was first and has seen to it.")
    return _back(request)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the follow-ups of a policy go on."""
    user, policy = _leader(request), get_object_or_404(FollowUpPolicy, pk=pk)
    if policy.resume(by=user):
        messages.success(request, f"“{policy}” goes on. What waited is asked about within minutes.")
    else:
        messages.error(request, f"“{policy}” is not paused any more; somebody was first.")
    return _back(request)
