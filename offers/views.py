"""The ways-to-help panel and its verbs."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from interactions.models import Interaction
from offers import panels, presenting
from offers.arbitration import decide_for
from offers.forms import OutcomeForm
from offers.models import OfferStatus
from products.models import Product


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _interaction(request: HttpRequest, pk: int) -> Interaction:
    seen = Interaction.objects.visible_to(_user(request))
    return get_object_or_404(seen.select_related("customer", "contact_reason"), pk=pk)


def _shown(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """The panel again; without htmx the desk, which shows it."""
    if request.method == "POST" and not request.headers.get("HX-Request"):
        return redirect("console:contact", interaction.pk)
    return render(request, "offers/_ways.html", {"ways": panels.ways(interaction=interaction)})


@require_GET
def ways(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """The panel, from the latest stored decision."""
    return _shown(request, _interaction(request, interaction_id))


@require_GET
def others(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Why other products are not offered."""
    why_not = panels.why_not(interaction=_interaction(request, interaction_id))
    return render(request, "offers/_why_not.html", {"why_not": why_not})


@require_POST
def decision(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Look again: decide on the situation as it is now."""
    interaction = _interaction(request, interaction_id)
    if interaction.closed_at is None:
        decide_for(customer=interaction.customer, interaction=interaction, by=_user(request))
    return _shown(request, interaction)


@require_POST
def settlement(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """What the customer got in touch for is done."""
    interaction = _interaction(request, interaction_id)
    presenting.settle_reason(interaction=interaction, by=_user(request))
    return _shown(request, interaction)


@require_POST
def outcome(request: HttpRequest, interaction_id: int, code: str) -> HttpResponse:
    """What the customer said to an offer."""
    interaction = _interaction(request, interaction_id)
    product = get_object_or_404(Product, code=code)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        return render(request, "_form_errors.html", {"form": form}, status=422)
    _answer(interaction, product, _user(request), form.cleaned_data)
    return _shown(request, interaction)


def _answer(interaction: Interaction, product: Product, user: User, said: dict[str, Any]) -> None:
    to: dict[str, Any] = {"interaction": interaction, "product": product, "by": user}
    match said["answer"]:
        case OfferStatus.ACCEPTED:
            presenting.accept(**to)
        case OfferStatus.DECLINED:
            presenting.decline(**to, because=said["because"])
        case OfferStatus.LATER:
            presenting.later(**to, later_on=said["later_on"])
        case OfferStatus.ALREADY_HAS:
            presenting.already_has(**to)
        case OfferStatus.NOT_RELEVANT:
            presenting.not_relevant(**to)
        case OfferStatus.WOULD_NEED:
            presenting.would_need(**to, words=said["words"])
