"""The catalogue's page, and the gate of a release: review, steps, simulation, the way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import RuleBroken
from offers import publishing
from offers.changes import changes
from offers.models import PolicyTest, Release, ReleaseStage, Simulation
from offers.release import gate, policy, shown, simulating
from offers.release.forms import ProposalForm, ReviewForm, SimulationForm, StepForm
from offers.release.views.guard import administrators_only, user_of
from products.models import CatalogueVersion, Product

VERSIONS, RELEASES = 20, 10


@administrators_only
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is in force, what the draft would change, its policy tests, releases and versions."""
    in_force, draft = publishing.content_in_force(), publishing.draft_content()
    problems = publishing.problems_of(draft)
    versions = CatalogueVersion.objects.published().select_related("published_by")
    releases = Release.objects.select_related("proposed_by", "reviewed_by", "version")
    context = {
        "products": Product.objects.select_related("category"),
        "versions": versions.defer("content")[:VERSIONS],
        "releases": releases.defer("content", "version__content")[:RELEASES],
        "changes": changes(before=in_force, after=draft),
        "problems": problems,
        "outcomes": [] if problems else policy.outcomes(draft),
        "form": ProposalForm(),
    }
    return render(request, "offers/catalogue.html", context)


@administrators_only
@require_POST
def proposal(request: HttpRequest) -> HttpResponse:
    """Freeze the draft for review by another person."""
    form = ProposalForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say in a line what changes, then propose it.")
        return redirect("catalogue:home")
    proposed = gate.propose(by=user_of(request), note=form.cleaned_data["note"])
    messages.success(request, f"Release {proposed.pk} waits for the review of another person.")
    return redirect("catalogue:release", proposed.pk)


def _release(pk: int) -> Release:
    related = ("proposed_by", "reviewed_by", "trial", "version")
    found = Release.objects.select_related(*related).defer("trial__content", "version__content")
    return get_object_or_404(found, pk=pk)


@administrators_only
@require_GET
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Every step of the gate with its figures."""
    return _gate(request, _release(pk), {})


def _gate(
    request: HttpRequest, found: Release, forms: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {
        "release": found,
        "gate": shown.gate(found, by=user_of(request)),
        "review_form": ReviewForm(),
        "step_form": StepForm(),
        "simulation_form": SimulationForm(),
        **forms,
    }
    return render(request, "offers/release.html", context, status=status)


@administrators_only
@require_POST
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve it, or send it back with what has to be mended."""
    found, form = _release(pk), ReviewForm(request.POST)
    if not form.is_valid():
        return _gate(request, found, {"review_form": form}, status=422)
    if form.cleaned_data["verdict"] == "approve":
        gate.approve(found, by=user_of(request))
    else:
        gate.send_back(found, by=user_of(request), because=form.cleaned_data["because"])
    return redirect("catalogue:release", pk)


@administrators_only
@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """One step on: to shadow, to 5 %, to all, now or at a time."""
    found, form = _release(pk), StepForm(request.POST)
    if not form.is_valid():
        return _gate(request, found, {"step_form": form}, status=422)
    to, at = ReleaseStage(form.cleaned_data["to"]), form.cleaned_data["at"]
    by, because = user_of(request), form.cleaned_data["because"]
    if at is None:
        gate.advance(found, to=to, by=by, because=because)
    elif to == ReleaseStage.ALL:
        gate.schedule(found, at=at, by=by, because=because)
    else:
        raise RuleBroken("Only the step to all customers can wait for a time.")
    return redirect("catalogue:release", pk)


@administrators_only
@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """One step back, from wherever it is."""
    found = _release(pk)
    gate.go_back(found, by=user_of(request), because=request.POST.get("because", "")[:200])
    messages.success(request, f"Release {pk}: {found.get_stage_display().lower()}.")
    return redirect("catalogue:release", pk)


@administrators_only
@require_POST
def simulation(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide again over the last days; the worker does it, the page tells how far it is."""
    form = SimulationForm(request.POST)
    if not form.is_valid():
        return _gate(request, _release(pk), {"simulation_form": form}, status=422)
    simulating.ask(_release(pk), days=form.cleaned_data["days"], by=user_of(request))
    return redirect("catalogue:release", pk)


@administrators_only
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a simulation is; its figures when it is done."""
    found = get_object_or_404(Simulation, pk=pk)
    context = {"simulation": found, "figures": shown.simulated(found)}
    return render(request, "offers/_simulation.html", context)


@administrators_only
@require_POST
def cancellation(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a simulation."""
    found = get_object_or_404(Simulation, pk=pk)
    if not simulating.cancel(found, by=user_of(request)):
        raise RuleBroken("This simulation has ended already.")
    return redirect("catalogue:release", found.release_id)


@administrators_only
@require_POST
def restoration(request: HttpRequest, number: int) -> HttpResponse:
    """Put an older catalogue in force again."""
    older = get_object_or_404(CatalogueVersion.objects.published().only("number"), number=number)
    version = gate.restore(number=older.number, by=user_of(request))
    messages.success(request, f"{version} is in force: the content of catalogue {number}.")
    return redirect("catalogue:home")


@administrators_only
@require_POST
def retirement(request: HttpRequest, pk: int) -> HttpResponse:
    """Run a policy test no more."""
    test = get_object_or_404(PolicyTest, pk=pk)
    if policy.retire(test, by=user_of(request)):
        messages.success(request, f"The policy test “{test}” is retired.")
    return redirect("catalogue:home")
