"""A customer calls from our web page: the page, the call, where it is in the queue."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import RuleBroken
from portal.forms import CallForm
from portal.pace import allow
from routing.assignment import estimated_wait
from routing.forms import OfferForm
from routing.incoming import call_back_instead, connect_caller, end_by_caller, receive
from routing.models import CallBack, CallBackReason, Place, PlaceState

SALT = "portal.call"
LONGEST_CALL = 12 * 60 * 60  # seconds that the page's key for its call is good for


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _place(token: str) -> Place:
    """The caller's own place; a forged or old token is no place at all."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=LONGEST_CALL)
    except signing.BadSignature as error:
        raise Http404 from error
    place = Place.objects.select_related("call", "queue").filter(pk=pk).first()
    if place is None:
        raise Http404
    return place


def _addresses(token: str) -> dict[str, str]:
    names = ("connection", "ending", "call_back", "state")
    return {name: resolve_url(f"portal:{name}", token=token) for name in names}


@login_not_required
@require_GET
def call_us(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/call_us.html", {"form": CallForm()})


@login_not_required
@require_POST
def calls(request: HttpRequest) -> JsonResponse:
    """Begin a call: it has a place in the queue before anything is connected."""
    allow(what="call", address=_address(request))
    form = CallForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    place = receive(reason=form.cleaned_data["reason"], number=form.cleaned_data["number"])
    token = signing.dumps(place.pk, salt=SALT)
    return JsonResponse(_addresses(token), status=201)


@login_not_required
@require_POST
def connection(request: HttpRequest, token: str) -> JsonResponse:
    """Connect the caller's browser, also again after their network was away."""
    place, form = _place(token), OfferForm(request.POST)
    if not form.is_valid():
        raise RuleBroken("The browser sent no usable connection. Reload the page.")
    sdp = connect_caller(place, offer=form.cleaned_data["sdp"])
    return JsonResponse({"sdp": sdp})


@login_not_required
@require_POST
def ending(_request: HttpRequest, token: str) -> JsonResponse:
    end_by_caller(_place(token))
    return JsonResponse({})


@login_not_required
@require_POST
def call_back(request: HttpRequest, token: str) -> JsonResponse:
    """Be called instead of waiting; the place in the queue is kept."""
    place, form = _place(token), CallForm(request.POST)
    form.fields["reason"].required = False
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    call_back_instead(place, number=form.cleaned_data["number"])
    return JsonResponse({})


@login_not_required
@require_GET
def state(_request: HttpRequest, token: str) -> JsonResponse:
    """Where the call is: the place in the queue, and about how long it takes."""
    place = _place(token)
    waits = place.state in {PlaceState.WAITING, PlaceState.OFFERED}
    about = estimated_wait(place) if waits else None
    return JsonResponse(
        {
            "state": _shown(place),
            "position": Place.objects.ahead_of(place).count() + 1 if waits else None,
            "minutes": max(1, round(about.total_seconds() / 60)) if about else None,
            "is_open": place.queue.is_open(timezone.now()),
        }
    )


def _shown(place: Place) -> str:
    """How far the caller is; of a call that is over, whether we owe them another."""
    if not place.call.is_over:
        return place.state
    is_owed = CallBack.objects.filter(call=place.call, reason=CallBackReason.CUT_OFF).exists()
    return "cut_off" if is_owed else "over"
