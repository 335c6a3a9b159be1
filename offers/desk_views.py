"""The ways-to-help panel on the desk, the answers to offers, and why a product stands where."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from interactions.models import Interaction
from offers import elsewhere, panels, presenting
from offers.arbitration import decide_for
from offers.models import Offer, OfferStatus
from offers.outcome_forms import OutcomeForm
from products.models import Product

LONGEST_NAME = 80


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
    """Why other products are not offered; a product that is asked for by name is explained."""
    interaction = _interaction(request, interaction_id)
    name = request.GET.get("product", "").replace("\x00", "")[:LONGEST_NAME].strip()
    if name:
        found = panels.explanations(interaction=interaction, asked=name)
        context = {"explanations": found, "name": name}
        return render(request, "offers/_explanations.html", context)
    why_not = panels.why_not(interaction=interaction)
    return render(request, "offers/_why_not.html", {"why_not": why_not, "interaction": interaction})


@require_GET
def why(request: HttpRequest, interaction_id: int, code: str) -> HttpResponse:
    """Why this one stands where it does, with every figure; only for what is in the list."""
    told = panels.explanation(interaction=_interaction(request, interaction_id), code=code)
    if told is None:
        raise Http404
    return render(request, "offers/_explanations.html", {"explanations": [told]})


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


@require_GET
def answers(request: HttpRequest, interaction_id: int, code: str) -> HttpResponse:
    """The reasons, days and figures to choose from; only for what is in the list.

    Nothing (204) for what was answered while its card was still asking.
    """
    interaction = _interaction(request, interaction_id)
    if panels.explanation(interaction=interaction, code=code) is None:
        if Offer.objects.filter(interaction=interaction, product__code=code).exists():
            return HttpResponse(status=204)
        raise Http404
    product = get_object_or_404(Product, code=code)
    asked = panels.asked(interaction=interaction, product=product)
    return render(request, "offers/_answers.html", {"asked": asked})


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


@require_POST
def taking_back(request: HttpRequest, interaction_id: int, code: str) -> HttpResponse:
    """The answer was a mistake: undone, while it is fresh."""
    interaction = _interaction(request, interaction_id)
    product = get_object_or_404(Product, code=code)
    presenting.take_back(interaction=interaction, product=product, by=_user(request))
    return _shown(request, interaction)


@require_POST
def elsewhere_ending(request: HttpRequest, interaction_id: int, code: str) -> HttpResponse:
    """They have the like of it no longer: the product may be offered again."""
    interaction = _interaction(request, interaction_id)
    product = get_object_or_404(Product, code=code)
    elsewhere.no_longer_elsewhere(interaction=interaction, product=product, by=_user(request))
    return _shown(request, interaction)


def _answer(interaction: Interaction, product: Product, user: User, said: dict[str, Any]) -> None:
    to: dict[str, Any] = {"interaction": interaction, "product": product, "by": user}
    match said["answer"]:
        case OfferStatus.ACCEPTED:
            presenting.accept(**to)
        case OfferStatus.DECLINED:
            presenting.decline(**to, because=said["because"], reason=said["reason"])
        case OfferStatus.LATER:
            presenting.later(**to, later_on=said["later_on"])
        case OfferStatus.ALREADY_HAS:
            presenting.already_has(**to, provider=said["provider"])
        case OfferStatus.NOT_RELEVANT:
            presenting.not_relevant(**to)
        case OfferStatus.WOULD_NEED:
            wanted = {name: said[name] for name in ("words", "term", "comparison", "figure")}
            presenting.would_need(**to, **wanted)
