"""The administrator's side of needs from words: examples, versions, and what is unknown."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from needs import fitting, listing, unknowns
from needs.forms import LabelForm, NewNeedTypeForm, SentencesForm
from needs.models import Example, NeedType, WordsModel

View = Callable[..., HttpResponse]


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def administrators_only(view: View) -> View:
    """Sentences of every team stand here, masked: nobody else sees them."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _user(request).is_administrator:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _context(tab: str) -> dict[str, Any]:
    return {"tab": tab, "notice": fitting.notice(), "counts": listing.counts()}


@administrators_only
@require_GET
def examples(request: HttpRequest) -> HttpResponse:
    """The examples; those first whose label is doubted."""
    shown = listing.examples(
        view=request.GET.get("view", ""),
        kind=request.GET.get("kind", ""),
        after=request.GET.get("after", ""),
    )
    kinds = NeedType.objects.filter(retired_on=None)
    context = {"listing": shown, "kinds": list(kinds)}
    return render(request, "needs/examples.html", _context("examples") | context)


@administrators_only
@require_POST
def label(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what an example tells of after all, or that it is right."""
    example = get_object_or_404(Example, pk=pk)
    form = LabelForm(request.POST)
    if not form.is_valid():
        return render(request, "_form_errors.html", {"form": form}, status=422)
    example.relabel(need_type=form.cleaned_data["label"], by=_user(request))
    context = {"need_type": form.cleaned_data["label"], "done": "label"}
    return render(request, "needs/_example_done.html", context)


@administrators_only
@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Learn from an example no longer."""
    get_object_or_404(Example, pk=pk).remove(by=_user(request))
    return render(request, "needs/_example_done.html", {"done": "removal"})


@administrators_only
@require_GET
def versions(request: HttpRequest) -> HttpResponse:
    """The versions of the words model with their figures, and which one reads."""
    return render(
        request, "needs/versions.html", _context("versions") | {"versions": listing.versions()}
    )


@administrators_only
@require_POST
def restoration(request: HttpRequest, number: int) -> HttpResponse:
    """Put an older version in force again."""
    version = get_object_or_404(WordsModel, number=number)
    version.put_back(by=_user(request))
    messages.success(request, f"{version} reads from now on.")
    return redirect("needs:versions")


@administrators_only
@require_GET
def unknown(request: HttpRequest) -> HttpResponse:
    """Sentences that tell of none of our kinds of need, those that are alike together."""
    return render(request, "needs/unknown.html", _context("unknown") | listing.unknown())


@administrators_only
@require_POST
def new_need_type(request: HttpRequest) -> HttpResponse:
    """Make a kind of need of sentences, which are its first examples."""
    form = NewNeedTypeForm(request.POST)
    if not form.is_valid():
        return render(request, "_form_errors.html", {"form": form}, status=422)
    said = form.cleaned_data
    words = {name: said[name] for name in ("name", "description", "code")}
    kind = unknowns.become(pks=said["sentences"], by=_user(request), **words)
    return render(request, "needs/_group_done.html", {"need_type": kind})


@administrators_only
@require_POST
def dismissal(request: HttpRequest) -> HttpResponse:
    """Nothing is to be found in these sentences."""
    form = SentencesForm(request.POST)
    if not form.is_valid():
        return render(request, "_form_errors.html", {"form": form}, status=422)
    unknowns.dismiss(pks=form.cleaned_data["sentences"], by=_user(request))
    return render(request, "needs/_group_done.html", {})
