"""The pages of follow-up policies: the draft, one policy, what it would do, the versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import NotAllowed
from accounts.models import User
from followups.models import FollowUpPolicy, PolicyVersion
from followups.models.terms import Terms
from followups.policies import drafting, versions
from followups.policies.choosing import latest
from followups.policies.forms import PolicyForm, PublishForm
from followups.policies.preview import preview

VERSIONS = 30


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _reads(request: HttpRequest) -> User:
    if _user(request).is_agent:
        raise NotAllowed("The policies of follow-ups are for supervisors and administrators.")
    return _user(request)


def _writes(request: HttpRequest) -> User:
    if not _user(request).is_administrator:
        raise NotAllowed("Only administrators change the policies of follow-ups.")
    return _user(request)


def _policy(pk: int) -> FollowUpPolicy:
    return get_object_or_404(FollowUpPolicy.objects.in_order(), pk=pk)


@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    """The draft in its order, what sets it apart from what is in force, and publishing."""
    _reads(request)
    reasons, types = versions.reason_names(), versions.type_names()
    version, in_force = latest()
    rows = list(FollowUpPolicy.objects.in_order().select_related("paused_by"))
    draft = [row.terms for row in rows]
    changes = versions.differences(in_force, draft, reasons=reasons, types=types)
    context = {
        "rows": [(row, row.terms.summary(reasons)) for row in rows],
        "version": version,
        "changes": changes,
        "problems": versions.problems(draft, reasons=reasons, types=types),
        "form": PublishForm(initial={"seen": version.number if version else 0}),
    }
    return render(request, "followups/policies/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    """One policy of the draft: read, or changed by an administrator."""
    user, row = _reads(request), _policy(pk)
    if request.method != "POST":
        form = PolicyForm(terms=row.terms, initial={"seen": drafting.mark(row.terms)})
        return _form(request, form, row)
    _writes(request)
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return _form(request, form, row, status=422)
    drafting.change(row, form.columns(), seen=form.cleaned_data["seen"], by=user)
    messages.success(request, f"“{form.cleaned_data['name']}” is kept in the draft.")
    return redirect("followups:policies")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """One more policy in the draft, before the last."""
    user = _writes(request)
    form = PolicyForm(request.POST or None)
    if not form.is_bound or not form.is_valid():
        return _form(request, form, None, status=422 if form.is_bound else 200)
    added = drafting.add(form.columns(), by=user)
    messages.success(request, f"“{added}” is kept in the draft.")
    return redirect("followups:policies")


def _form(
    request: HttpRequest, form: PolicyForm, row: FollowUpPolicy | None, *, status: int = 200
) -> HttpResponse:
    criteria = [form[name] for name in ("reasons", "channels", "outcomes", "segments")]
    context = {"form": form, "policy": row, "criteria": criteria}
    return render(request, "followups/policies/policy.html", context, status=status)


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """What last week would have been: under the draft, or with the policy as it is typed."""
    user, draft = _reads(request), list(versions.draft())
    if "name" in request.POST:
        typed = request.POST.copy()
        typed["name"] = request.POST["name"].strip() or "This policy"
        form = PolicyForm(typed)
        if not form.is_valid():
            context = {"form": form}
            return render(request, "followups/policies/_unseen.html", context)
        draft = _with_typed(draft, form, pk=request.POST.get("policy", ""))
    shown = preview(user=user, draft=draft, at=timezone.now())
    return render(request, "followups/policies/_preview.html", {"preview": shown})


def _with_typed(draft: Sequence[Terms], form: PolicyForm, *, pk: str) -> list[Terms]:
    typed = FollowUpPolicy(**form.columns()).terms
    if not any(str(one.id) == pk for one in draft):
        return [*draft[:-1], replace(typed, id=0), *draft[-1:]]
    return [replace(typed, id=one.id) if str(one.id) == pk else one for one in draft]


@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Earlier, later, or out of the draft."""
    user, row = _writes(request), _policy(pk)
    if request.POST.get("to") == "out":
        drafting.take_out(row, by=user)
    else:
        drafting.move(row, up=request.POST.get("to") == "up", by=user)
    return redirect("followups:policies")


@require_POST
def publication(request: HttpRequest) -> HttpResponse:
    """Put the draft in force, or throw it away."""
    user = _writes(request)
    if request.POST.get("to") == "discard":
        drafting.discard(by=user)
        return redirect("followups:policies")
    form = PublishForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say in a line what changes and why, then publish.")
        return redirect("followups:policies")
    published = versions.publish(by=user, **form.cleaned_data)
    messages.success(request, f"Version {published.number} is in force for contacts closed now on.")
    return redirect("followups:policies")


@require_GET
def history(request: HttpRequest) -> HttpResponse:
    """The newest versions, each with what it changed."""
    _reads(request)
    reasons, types = versions.reason_names(), versions.type_names()
    found = list(PolicyVersion.objects.select_related("published_by", "restores")[: VERSIONS + 1])
    read = [tuple(Terms.read(kept) for kept in version.policies) for version in found]
    told = [
        (version, versions.differences(before, after, reasons=reasons, types=types))
        for version, after, before in zip(found, read, [*read[1:], ()], strict=True)
    ]
    return render(request, "followups/policies/versions.html", {"versions": told[:VERSIONS]})


@require_POST
def restoration(request: HttpRequest, number: int) -> HttpResponse:
    """Bring an older version back as a new one."""
    user = _writes(request)
    older = get_object_or_404(PolicyVersion, number=number)
    published = versions.restore(older, by=user)
    messages.success(request, f"Version {published.number} says what version {number} said.")
    return redirect("followups:policy_versions")
