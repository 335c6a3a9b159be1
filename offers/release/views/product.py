"""A product's rules in plain language, with the preview and the funnel that move while editing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.scoping import is_id
from customers.models import Customer
from offers import preview, publishing
from offers.changes import product_changes
from offers.release import drafting, policy, typed
from offers.release import funnel as funnels
from offers.release import lever as levers
from offers.release.forms import LeverForm, PolicyTestForm
from offers.release.views.guard import administrators_only, user_of
from products.models import Product
from products.vocabulary import FACTS

FOUND = 8
CHANGED = "rules-changed"  # told to the page when a card came or went


def _product(code: str) -> Product:
    return get_object_or_404(Product.objects.select_related("category"), code=code)


@administrators_only
@require_GET
def product(request: HttpRequest, code: str) -> HttpResponse:
    """The rules as they are typed, a chosen customer, the whole base, the lever."""
    shown = _product(code)
    rules = drafting.rules_of(shown)
    return _page(request, shown, typed.of_content(rules), seen=drafting.mark_of(rules))


def _page(
    request: HttpRequest, shown: Product, cards: typed.Typed, *, seen: str, status: int = 200
) -> HttpResponse:
    draft = None if shown.withdrawn_on else publishing.draft_row(shown)
    old = drafting.row_of(publishing.content_in_force(), shown.code)
    context = {
        **_editor(shown, cards, seen),
        **_chosen(request, request.GET),
        "changes": product_changes(old, draft) if draft else [f"{shown} is withdrawn."],
        "lever_form": LeverForm(initial={"lever": f"{shown.lever:.2f}", "days": 30}),
        "test_form": PolicyTestForm(of=shown),
    }
    return render(request, "offers/product.html", context, status=status)


def _editor(shown: Product, cards: typed.Typed, seen: str) -> dict[str, Any]:
    return {"product": shown, "typed": cards, "seen": seen, "facts": FACTS.values()}


def _chosen(request: HttpRequest, given: Mapping[str, str]) -> dict[str, Any]:
    """The customer looked for, and the one chosen."""
    text, chosen = given.get("q", "")[:100], given.get("customer", "")
    people = Customer.objects.visible_to(user_of(request))
    context: dict[str, Any] = {"text": text, "found": people.search(text, FOUND) if text else []}
    if is_id(chosen):
        context["customer"] = get_object_or_404(people, pk=int(chosen))
    return context


@administrators_only
@require_POST
def rules(request: HttpRequest, code: str) -> HttpResponse:
    """Add or remove a card, or keep all of them in the draft."""
    shown, cards = _product(code), typed.of_post(request.POST)
    seen, doing = request.POST.get("seen", ""), request.POST.get("do", "look")
    is_fragment = bool(request.headers.get("HX-Request"))
    if doing == "save":
        found = cards.rules(shown.currency)
        if not cards.has_errors:
            return _kept(request, shown, found, seen, is_fragment=is_fragment)
    elif doing != "look":
        cards.do(doing)
    status = 422 if cards.has_errors else 200
    if not is_fragment:
        return _page(request, shown, cards, seen=seen, status=status)
    context = {**_editor(shown, cards, seen), "is_fresh": doing.startswith(("add:", "or:"))}
    if is_id(customer := request.POST.get("customer", "")):
        context["customer"] = {"pk": customer}
    response = render(request, "offers/_rules.html", context, status=status)
    response["HX-Trigger-After-Settle"] = CHANGED
    return response


def _kept(
    request: HttpRequest, shown: Product, found: Any, seen: str, *, is_fragment: bool
) -> HttpResponse:
    changed = drafting.keep(shown, found, seen=seen, by=user_of(request))
    words = "The rules are in the draft." if changed else "The draft says this already."
    messages.success(request, words)
    customer = request.POST.get("customer", "")
    response = redirect("catalogue:product", shown.code)
    if is_id(customer):
        response["Location"] += f"?customer={customer}"
    if is_fragment:
        return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
    return response


def _typed_row(request: HttpRequest, shown: Product) -> tuple[dict[str, Any], int]:
    """The product's content with the rules as typed, and how many of them make no sense yet."""
    cards = typed.of_post(request.POST)
    found = cards.rules(shown.currency)
    unread = sum(bool(one.error) for card in cards.cards for one in card.conditions)
    return {**publishing.draft_row(shown), "rules": found}, unread


@administrators_only
@require_POST
def seen(request: HttpRequest, code: str) -> HttpResponse:
    """What the rules as typed would do for the chosen customer, beside what is in force."""
    shown, chosen = _product(code), _chosen(request, request.POST)
    context: dict[str, Any] = {"product": shown, **chosen}
    if "customer" in chosen:
        row, context["unread"] = _typed_row(request, shown)
        in_force = publishing.content_in_force()
        inputs = preview.situation(customer=chosen["customer"], at=timezone.now())
        draft = {**in_force, "policy": publishing.draft_policy(), "products": [row]}
        context |= {
            "needs": inputs["needs"],
            "versions": [
                ("As typed", preview.told(content=draft, code=code, inputs=inputs)),
                ("In force", preview.told(content=in_force, code=code, inputs=inputs)),
            ],
        }
    return render(request, "offers/_seen.html", context)


@administrators_only
@require_POST
def funnel(request: HttpRequest, code: str) -> HttpResponse:
    """How many of the whole base stay at each stage of the rules as typed."""
    shown = _product(code)
    row, unread = _typed_row(request, shown)
    floor = Decimal(publishing.draft_policy()["need_floor"])
    so_far = _so_far(request.POST)
    after = so_far.until if so_far else 0
    steps, found = funnels.counted(row, floor=floor, at=timezone.now(), after=after)
    found = so_far.and_then(found) if so_far else found
    context = {
        "product": shown,
        "counted": found,
        "steps": list(zip([step.title for step in steps], found.steps, strict=True)),
        "left_aside": funnels.left_aside(row),
        "unread": unread,
    }
    return render(request, "offers/_funnel.html", context)


def _so_far(posted: Mapping[str, str]) -> funnels.Counted | None:
    """What earlier stretches counted, as the page brings it back; it is shown and never kept."""
    names = ["until", "everybody", *(f"step-{place}" for place in range(funnels.STEPS))]
    values = [posted.get(name, "") for name in names]
    if not all(is_id(value) or value == "0" for value in values):
        return None
    until, everybody, *counts = map(int, values)
    return funnels.Counted(everybody, tuple(counts), until, until)


@administrators_only
@require_GET
def lever(request: HttpRequest, code: str) -> HttpResponse:
    """What another lever would move over the contacts of the last days."""
    shown, form = _product(code), LeverForm(request.GET)
    context: dict[str, Any] = {"product": shown, "form": form}
    if form.is_valid():
        days = form.cleaned_data["days"] or 30
        wanted = levers.read_lever(form.cleaned_data["lever"])
        draft = publishing.draft_content()
        publishing.check(draft)
        found = levers.moved(draft, code, lever=wanted, days=days, now=timezone.now())
        context |= {"moved": found, "lever": wanted, "days": days}
    return render(request, "offers/_lever.html", context)


@administrators_only
@require_POST
def policy_test(request: HttpRequest, code: str) -> HttpResponse:
    """Freeze the previewed customer as a policy test of this product, and of others named."""
    shown = _product(code)
    form = PolicyTestForm(request.POST, of=shown)
    if not form.is_valid():
        return render(request, "_form_errors.html", {"form": form}, status=422)
    people = Customer.objects.visible_to(user_of(request))
    customer = get_object_or_404(people, pk=form.cleaned_data["customer"])
    test = policy.make(
        customer=customer,
        name=form.cleaned_data["name"],
        expected=form.cleaned_data["expected"],
        by=user_of(request),
        at=timezone.now(),
    )
    messages.success(request, f"“{test}” is tried on every draft from now on.")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": request.path.removesuffix("test/")})
    return redirect("catalogue:product", code)
