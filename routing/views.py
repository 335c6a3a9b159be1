"""The agent's phone over HTTP: what it shows, and each thing that can be done with a call."""

from __future__ import annotations

from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render, resolve_url
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.errors import RuleBroken
from accounts.models import User
from customers.models import Customer
from routing import outbound, panels, talking
from routing.forms import ConsultForm, DigitsForm, OfferForm, TabForm
from routing.models import AgentPhone, CallBack, Place
from routing.tasks import place_calls
from telephony.models import Leg


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _phone(request: HttpRequest, status: int = 200) -> HttpResponse:
    shown = panels.phone(_user(request))
    return render(request, "routing/_phone.html", {"phone": shown}, status=status)


def _my_leg(request: HttpRequest, key: str) -> Leg:
    """A leg of this person's; anybody else's does not exist for them."""
    mine = Leg.objects.filter(user=_user(request)).select_related("call")
    return get_object_or_404(mine, key=key)


def _my_place(request: HttpRequest, pk: int) -> Place:
    mine = Place.objects.visible_to(_user(request)).talking_to(_user(request))
    return get_object_or_404(mine.select_related("call", "queue", "customer"), pk=pk)


@require_GET
def phone(request: HttpRequest) -> HttpResponse:
    return _phone(request)


@require_POST
def sign_of_life(request: HttpRequest) -> JsonResponse:
    """The page that has the microphone says that it is there; only one can be the phone."""
    form = TabForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    tab = form.cleaned_data["tab"]
    if request.POST.get("gone"):
        AgentPhone.gone(user=_user(request), tab=tab)
        return JsonResponse({"is_phone": False})
    takes_over = bool(request.POST.get("takes"))
    is_phone = AgentPhone.seen(user=_user(request), tab=tab, takes_over=takes_over)
    said: dict[str, object] = {"is_phone": is_phone}
    if lost := request.POST.get("leg"):
        said["words"] = talking.became_of(user=_user(request), key=lost)
    return JsonResponse(said)


@require_POST
def connection(request: HttpRequest, key: str) -> JsonResponse:
    """Answer, or come back after a reload."""
    form = OfferForm(request.POST)
    if not form.is_valid():
        raise RuleBroken("The browser sent no usable connection. Reload the page.")
    leg = _my_leg(request, key)
    sdp = talking.connect(user=_user(request), leg=leg, offer=form.cleaned_data["sdp"])
    return JsonResponse({"sdp": sdp})


@require_POST
def refusal(request: HttpRequest, key: str) -> HttpResponse:
    talking.decline(user=_user(request), leg=_my_leg(request, key))
    return _phone(request)


@require_POST
def ending(request: HttpRequest) -> HttpResponse:
    talking.hang_up(user=_user(request))
    return _phone(request)


@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """Hold, or with `over` talk again."""
    talking.hold(user=_user(request), is_held=not request.POST.get("over"))
    return _phone(request)


@require_POST
def digits(request: HttpRequest) -> HttpResponse:
    form = DigitsForm(request.POST)
    if not form.is_valid():
        raise RuleBroken("Send digits, * and # only.")
    talking.send_digits(user=_user(request), keys=form.cleaned_data["keys"])
    return _phone(request)


@require_POST
def consultation(request: HttpRequest) -> HttpResponse:
    """Ask a colleague into the call, or with `straight` hand it to their phone."""
    user = _user(request)
    form = ConsultForm(request.POST, user=user)
    if not form.is_valid():
        raise RuleBroken(" ".join(str(words) for said in form.errors.values() for words in said))
    verb = talking.pass_on if request.POST.get("straight") else talking.consult
    verb(user=user, to=form.cleaned_data["to"], brief=form.cleaned_data["brief"])
    return _phone(request)


@require_POST
def hand_over(request: HttpRequest) -> HttpResponse:
    talking.hand_over(user=_user(request))
    return _phone(request)


@require_POST
def return_to_customer(request: HttpRequest) -> HttpResponse:
    talking.take_back(user=_user(request))
    return _phone(request)


@require_POST
def caller(request: HttpRequest, pk: int, customer_id: int) -> HttpResponse:
    """It is this customer who calls: from now on it is a contact of theirs."""
    place = _my_place(request, pk)
    customer = get_object_or_404(Customer.objects.visible_to(_user(request)), pk=customer_id)
    interaction = place.confirm(customer=customer, by=_user(request))
    return HttpResponseClientRedirect(resolve_url("console:contact", interaction.pk))


@require_POST
def somebody_else(request: HttpRequest, pk: int) -> HttpResponse:
    _my_place(request, pk).unlink(by=_user(request))
    return _phone(request)


@require_GET
def call_backs(request: HttpRequest) -> HttpResponse:
    """The calls that are owed: a group of My work."""
    shown = panels.call_backs(_user(request))
    return render(request, "routing/_call_backs.html", {"call_backs": shown})


def _call_back(request: HttpRequest, pk: int) -> CallBack:
    seen = CallBack.objects.visible_to(_user(request)).select_related("customer", "queue", "owner")
    return get_object_or_404(seen, pk=pk)


def _shown_call_back(request: HttpRequest, owed: CallBack) -> HttpResponse:
    return render(request, "routing/_call_back.html", {"card": panels.owed_call(owed)})


@require_GET
def call_back(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown_call_back(request, _call_back(request, pk))


@require_POST
def call_back_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Call them: this agent's page first, then their phone."""
    owed = _call_back(request, pk)
    outbound.call_back(owed, by=_user(request))
    transaction.on_commit(place_calls.delay, robust=True)
    return _shown_call_back(request, owed)


@require_POST
def call_back_settlement(request: HttpRequest, pk: int) -> HttpResponse:
    """It was made by another way, or came by itself."""
    owed = _call_back(request, pk)
    owed.settle(by=_user(request))
    owed.refresh_from_db()
    return _shown_call_back(request, owed)
