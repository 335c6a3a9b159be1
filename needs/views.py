"""Panels and verbs of needs and of the questions that discover them."""

from __future__ import annotations

from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.scoping import is_id
from customers.models import Customer
from interactions.models import Interaction, InteractionClosed
from needs import panels, suggesting
from needs.forms import AnswerForm, CorrectionForm, NeedForm, SettlementForm
from needs.models import AnswerGiven, Example, ExampleSource, Need, Suggestion

BY_KEY = 9  # kinds of need that one key chooses


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _customer(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(_user(request)), pk=pk)


def _interaction(request: HttpRequest, pk: int) -> Interaction:
    seen = Interaction.objects.visible_to(_user(request))
    return get_object_or_404(seen.select_related("customer", "contact_reason"), pk=pk)


def _contact(request: HttpRequest, customer: Customer) -> Interaction | None:
    """The contact that this is done in: named by `interaction` in the address, or none."""
    named = request.GET.get("interaction", "")
    if not is_id(named):
        return None
    contacts = Interaction.objects.select_related("contact_reason")
    return get_object_or_404(contacts, pk=int(named), customer=customer)


def _shown(
    request: HttpRequest, customer: Customer, interaction: Interaction | None
) -> HttpResponse:
    shown = panels.needs(customer=customer, interaction=interaction)
    return render(request, "needs/_needs.html", {"needs": shown})


@require_GET
def needs(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The panel: the question to ask, and the needs that are open."""
    customer = _customer(request, customer_id)
    return _shown(request, customer, _contact(request, customer))


@require_POST
def answering(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Record what the customer answered to a discovery question."""
    interaction = _interaction(request, interaction_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return render(request, "_form_errors.html", {"form": form}, status=422)
    if interaction.closed_at:
        raise InteractionClosed
    AnswerGiven.give(interaction=interaction, by=_user(request), **form.cleaned_data)
    return _shown(request, interaction.customer, interaction)


def stating(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Keep a need that the customer states: the form, and its keeping."""
    customer = _customer(request, customer_id)
    contact = _contact(request, customer)
    form = NeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        need = _stated(form, customer, contact, _user(request))
        return render(request, "needs/_stated.html", {"need": need})
    context = {"form": form, "customer": customer, "contact": contact}
    status = 422 if request.method == "POST" else 200
    return render(request, "needs/_stating.html", context, status=status)


def _stated(form: NeedForm, customer: Customer, contact: Interaction | None, by: User) -> Need:
    """The need, and the customer's words as an example of it."""
    to: dict[str, Any] = {"customer": customer, "interaction": contact, "by": by}
    words, kind = form.cleaned_data["evidence"], form.cleaned_data["need_type"]
    with transaction.atomic():
        Example.keep(text=words, need_type=kind, source=ExampleSource.STATED, **to)
        return Need.state(need_type=kind, evidence=words, **to)


def settlement(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a need is met, or that nothing suitable exists: the form, and its keeping."""
    seen = Need.objects.visible_to(_user(request)).select_related("need_type", "customer")
    need = get_object_or_404(seen, pk=pk)
    form = SettlementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        contact = _contact(request, need.customer)
        need.settle(by=_user(request), interaction=contact, **form.cleaned_data)
        return render(request, "needs/_settled.html", {"need": need})
    context = {"form": form, "need": need, "interaction_id": request.GET.get("interaction", "")}
    status = 422 if request.method == "POST" else 200
    return render(request, "needs/_settlement.html", context, status=status)


# --- What is heard in the words -----------------------------------------------------------------


def _suggestion(request: HttpRequest, pk: int) -> Suggestion:
    """One of a contact that is open still. Raises InteractionClosed."""
    seen = Suggestion.objects.visible_to(_user(request))
    found = get_object_or_404(
        seen.select_related("customer", "interaction__contact_reason", "need_type"), pk=pk
    )
    if found.interaction.closed_at:
        raise InteractionClosed
    return found


def _heard(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    shown = panels.needs(customer=interaction.customer, interaction=interaction)
    return render(request, "needs/_suggestions.html", {"needs": shown})


@require_GET
def suggestions(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """The panel: needs that the words of this contact seem to tell of."""
    return _heard(request, _interaction(request, interaction_id))


@require_POST
def reading(request: HttpRequest, interaction_id: int) -> JsonResponse:
    """Read what was said so far; the page asks for it once the notes are saved."""
    interaction = _interaction(request, interaction_id)
    if interaction.closed_at:
        raise InteractionClosed
    changed = suggesting.read(interaction=interaction, by=_user(request))
    return JsonResponse({"changed": changed})


@require_POST
def confirmation(request: HttpRequest, pk: int) -> HttpResponse:
    """The words tell of this need."""
    suggestion = _suggestion(request, pk)
    suggestion.confirm(by=_user(request))
    return _heard(request, suggestion.interaction)


@require_POST
def rejection(request: HttpRequest, pk: int) -> HttpResponse:
    """The words tell of no need of ours."""
    suggestion = _suggestion(request, pk)
    suggestion.reject(by=_user(request))
    return _heard(request, suggestion.interaction)


def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """The words tell of another need: the kinds, the likeliest first, and its keeping."""
    suggestion = _suggestion(request, pk)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        need = suggestion.correct(by=_user(request), to=form.cleaned_data["need_type"])
        return render(request, "needs/_stated.html", {"need": need})
    kinds = suggesting.others(suggestion)
    context = {"suggestion": suggestion, "by_key": kinds[:BY_KEY], "further": kinds[BY_KEY:]}
    status = 422 if request.method == "POST" else 200
    context["form"] = form
    return render(request, "needs/_correction.html", context, status=status)
