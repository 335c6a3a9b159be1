"""The ways-to-help panel and its verbs; the administrator's preview and publication."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.scoping import is_id
from customers.models import Customer
from interactions.models import Interaction
from offers import panels, presenting, preview, publishing
from offers.arbitration import decide_for
from offers.changes import changes, product_changes
from offers.forms import OutcomeForm, PublicationForm
from offers.models import OfferStatus
from products.models import CatalogueVersion, Product

FOUND, VERSIONS = 8, 20
View = Callable[..., HttpResponse]


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


# --- The administrator's side -----------------------------------------------------------------


def administrators_only(view: View) -> View:
    """Nobody else learns what is being prepared."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _user(request).is_administrator:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@administrators_only
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """The catalogue in force, what the draft would change, and the versions so far."""
    in_force, draft = publishing.content_in_force(), publishing.draft_content()
    versions = CatalogueVersion.objects.select_related("published_by").defer("content")
    context = {
        "products": Product.objects.select_related("category"),
        "versions": versions[:VERSIONS],
        "changes": changes(before=in_force, after=draft),
        "problems": publishing.problems_of(draft),
        "form": PublicationForm(),
    }
    return render(request, "offers/catalogue.html", context)


@administrators_only
@require_GET
def product(request: HttpRequest, code: str) -> HttpResponse:
    """What a draft product would do for a chosen customer, beside what is in force."""
    shown = get_object_or_404(Product.objects.select_related("category"), code=code)
    draft, in_force = publishing.draft_content(), publishing.content_in_force()
    mine = next((row for row in draft["products"] if row["code"] == code), None)
    old = next((row for row in in_force["products"] if row["code"] == code), None)
    context = {
        "product": shown,
        "changes": product_changes(old, mine) if mine else [f"{shown} is withdrawn."],
        "form": PublicationForm(),
        **_search(request),
        **_previewed(request, code, draft, in_force),
    }
    return render(request, "offers/preview.html", context)


def _search(request: HttpRequest) -> dict[str, Any]:
    text = request.GET.get("q", "")[:100]
    people = Customer.objects.visible_to(_user(request))
    return {"text": text, "found": people.search(text, FOUND) if text else []}


def _previewed(request: HttpRequest, code: str, draft: Any, in_force: Any) -> dict[str, Any]:
    chosen = request.GET.get("customer", "")
    if not is_id(chosen):
        return {}
    customer = get_object_or_404(Customer.objects.visible_to(_user(request)), pk=int(chosen))
    inputs = preview.situation(customer=customer, at=timezone.now())
    return {
        "customer": customer,
        "needs": inputs["needs"],
        "versions": [
            ("Draft", preview.told(content=draft, code=code, inputs=inputs)),
            ("In force", preview.told(content=in_force, code=code, inputs=inputs)),
        ],
    }


@administrators_only
@require_GET
def reach(request: HttpRequest, code: str) -> HttpResponse:
    """How many customers of the whole base hold the draft's rules, step by step."""
    draft = publishing.draft_content()
    row = next((row for row in draft["products"] if row["code"] == code), None)
    steps = preview.reach(row["rules"]) if row else []
    now = timezone.now()
    context = {
        "everybody": Customer.objects.count(),
        "steps": [(panels.STAGES[stage], preview.counted(rules, at=now)) for stage, rules in steps],
    }
    return render(request, "offers/_reach.html", context)


@administrators_only
@require_POST
def publication(request: HttpRequest) -> HttpResponse:
    """Put the draft in force."""
    form = PublicationForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say in a line what changes, then publish.")
        return redirect("offers:catalogue")
    version = publishing.publish(by=_user(request), note=form.cleaned_data["note"])
    messages.success(request, f"{version} is in force. Open lists are ranked again by it.")
    return redirect("offers:catalogue")


@administrators_only
@require_POST
def restoration(request: HttpRequest, number: int) -> HttpResponse:
    """Put an older catalogue in force again."""
    older = get_object_or_404(CatalogueVersion.objects.only("number"), number=number)
    version = publishing.publish_again(number=older.number, by=_user(request))
    messages.success(request, f"{version} is in force: the content of catalogue {number}.")
    return redirect("offers:catalogue")
