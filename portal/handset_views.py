"""A customer's phone for the demo, in a browser: it rings, is answered, and can call us."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import RuleBroken
from customers.models import ContactPoint
from portal import handset
from portal.pace import allow
from routing.forms import OfferForm
from routing.incoming import receive


def _point(token: str) -> ContactPoint:
    """The number of this page; none outside of the demo, and none of a forged link."""
    point = handset.point_of(token) if handset.is_open() else None
    if point is None:
        raise Http404
    return point


@login_not_required
@require_GET
def phones(request: HttpRequest) -> HttpResponse:
    """Which of the demo's customers do you want to be?"""
    if not handset.is_open():
        raise Http404
    return render(request, "portal/handset.html", {"choices": handset.choices()})


@login_not_required
@require_GET
def phone(request: HttpRequest, token: str) -> HttpResponse:
    names = ("state", "calls", "connection", "ending")
    addresses = {name: resolve_url(f"handset:{name}", token=token) for name in names}
    context = {"point": _point(token), "addresses": addresses}
    return render(request, "portal/handset.html", context)


@login_not_required
@require_GET
def state(_request: HttpRequest, token: str) -> JsonResponse:
    now = handset.handset(_point(token))
    return JsonResponse({"state": now.state, "caller": now.caller})


@login_not_required
@require_POST
def calls(request: HttpRequest, token: str) -> JsonResponse:
    """Call the company: the network presents the number, so it is known whose it is."""
    point = _point(token)
    allow(what="call", address=str(request.META.get("REMOTE_ADDR", "")))
    if handset.handset(point).call is not None:
        raise RuleBroken("This phone is in a call. Hang up first.")
    receive(reason=None, number=point.value, is_presented=True)
    return JsonResponse({}, status=201)


@login_not_required
@require_POST
def connection(request: HttpRequest, token: str) -> JsonResponse:
    """Answer, or come back after the network was away."""
    point, form = _point(token), OfferForm(request.POST)
    if not form.is_valid():
        raise RuleBroken("The browser sent no usable connection. Reload the page.")
    return JsonResponse({"sdp": handset.answer(point, offer=form.cleaned_data["sdp"])})


@login_not_required
@require_POST
def ending(_request: HttpRequest, token: str) -> JsonResponse:
    """Hang up, or decline."""
    handset.hang_up(_point(token))
    return JsonResponse({})
