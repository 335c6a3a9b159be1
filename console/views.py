"""The desk: nothing open, a customer, or an open contact; its own panels and the search."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import Presence, User
from accounts.scoping import is_id
from console import panels, standing
from console.forms import ClosureForm, PresenceForm
from customers.models import Customer
from followups.models import FollowUp
from followups.panels import script
from interactions.models import Interaction
from interactions.panels import conversation, timeline
from needs.panels import needs
from offers.panels import ways
from offers.wrapping_up import outstanding, summary_of, wrap_up
from routing.models import Place
from routing.panels import phone
from service.panels import requests

SEARCH_LENGTH, FOUND = 100, 8
SLOTS = {
    "request": "service:request",
    "promise": "service:promise",
    "follow_up": "followups:owed",
    "review": "followups:review",
    "warning": "service:warning",
}


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Each role starts where its work is."""
    routes = {"supervisor": "insights:retention", "administrator": "admin:index"}
    return redirect(routes.get(_user(request).role, "console:desk"))


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Nothing open: what is owed, what waits, and the search."""
    user = _user(request)
    context = {"work": panels.my_work(user=user), "presences": Presence.choices}
    context["phone"] = phone(user) if user.is_agent else None
    return render(request, "console/desk.html", context)


@require_GET
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """One contact with everything that helps, on one screen."""
    user = _user(request)
    interaction = standing.contact(user=user, pk=pk)
    if interaction is None:
        raise Http404
    if "ended" in request.GET and interaction.agent_id != user.pk:
        return redirect("console:desk")  # the call was handed over, and its contact with it
    context = _around(user=user, row=interaction, customer=interaction.customer)
    context |= {"conversation": conversation(interaction=interaction)}
    context |= {"script": script(interaction=interaction), "ways": ways(interaction=interaction)}
    if interaction.closed_at:
        context["follow_up"] = FollowUp.objects.filter(interaction=interaction).first()
    elif "ended" in request.GET and not interaction.is_follow_up:
        context["slot"] = reverse("console:closure", args=[pk])
    return render(request, "console/contact.html", context)


def closure(request: HttpRequest, pk: int) -> HttpResponse:
    """Wrap up: the form with every need that was expressed, and the closing."""
    user = _user(request)
    interaction = standing.contact_alone(user=user, pk=pk)
    if interaction is None:
        raise Http404
    said = ClosureForm(request.POST) if request.method == "POST" else None
    if said and said.is_valid():
        words = {name: said.cleaned_data[name] for name in ("wrap_up_code", "summary")}
        wrap_up(interaction=interaction, by=user, needs=said.endings(), **words)
        return HttpResponseClientRedirect(reverse("console:contact", args=[pk]))
    draft = {} if said else {"summary": summary_of(interaction)}
    form = ClosureForm(request.POST or None, needs=outstanding(interaction), initial=draft)
    context = {"form": form, "interaction": interaction}
    return render(request, "console/_closing.html", context, status=422 if said else 200)


@require_GET
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """A customer who is not in contact now."""
    user = _user(request)
    rows = Customer.objects.visible_to(user).select_related("team")
    shown = get_object_or_404(standing.with_standing(rows, "pk"), pk=pk)
    context = _around(user=user, row=shown, customer=shown) | {"slot": _slot(request)}
    return render(request, "console/customer.html", context)


def _slot(request: HttpRequest) -> str:
    """What is open from the start: the request or promise that My work has led to."""
    for name, route in SLOTS.items():
        if is_id(request.GET.get(name, "")):
            return reverse(route, args=[request.GET[name]])
    return ""


def _around(*, user: User, row: Customer | Interaction, customer: Customer) -> dict[str, Any]:
    """The context of every panel around an open contact, or around a customer without one."""
    interaction = row if isinstance(row, Interaction) else None
    return {
        "who": standing.who(row, customer),
        "interaction": interaction,
        "work": panels.my_work(user=user, open_pk=interaction.pk if interaction else None),
        "presences": Presence.choices,
        "phone": phone(user) if user.is_agent else None,
        "service": requests(customer=customer, interaction=interaction),
        "needs": needs(customer=customer, interaction=interaction),
        "timeline": timeline(customer=customer),
    }


@require_GET
def caller(request: HttpRequest, pk: int) -> HttpResponse:
    """Why this caller calls, for whoever is rung or talks; of a maybe not a word."""
    place = get_object_or_404(Place.objects.visible_to(_user(request)), pk=pk)
    shown = panels.caller(user=_user(request), place=place)
    return render(request, "console/_caller.html", {"caller": shown})


@require_GET
def linking(request: HttpRequest, pk: int) -> HttpResponse:
    """On a customer's page: link the call that nobody is known for."""
    user = _user(request)
    shown = get_object_or_404(Customer.objects.visible_to(user), pk=pk)
    context = {"customer": shown, "phone": phone(user) if user.is_agent else None}
    return render(request, "console/_linking.html", context)


@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """My work alone; `open` names the contact that is on the desk."""
    named = request.GET.get("open", "")
    open_pk = int(named) if is_id(named) else None
    context = {"work": panels.my_work(user=_user(request), open_pk=open_pk)}
    return render(request, "console/_my_work.html", context)


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """How many contacts wait, by channel."""
    context = {"work": panels.my_work(user=_user(request))}
    return render(request, "console/_waiting.html", context)


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Customers found by what was typed into the command bar."""
    text = request.GET.get("q", "")[:SEARCH_LENGTH]
    found = Customer.objects.visible_to(_user(request)).search(text, FOUND)
    return render(request, "console/_found.html", {"found": found, "text": text})


@require_http_methods(["GET", "POST"])
def presence(request: HttpRequest) -> HttpResponse:
    """Whether contacts may come, or saying so."""
    status = 200
    if request.method == "POST":
        user, form = _user(request), PresenceForm(request.POST)
        status = 200 if form.is_valid() else 422
        if form.is_valid():
            user.be(form.cleaned_data["presence"])
            user.presence = form.cleaned_data["presence"]
    context = {"presences": Presence.choices}
    return render(request, "console/_presence.html", context, status=status)
