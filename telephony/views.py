"""A telephone provider tells what happened, and asks what to say: by signature, or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from twilio.twiml import TwiML

from accounts.afterwards import afterwards
from telephony.gateway import Received
from telephony.models import Call, CallEvent
from telephony.taking_in import take_in
from telephony.tasks import end_leftovers
from telephony.twilio import addresses, asking, telling
from telephony.twilio.legs import leftovers
from telephony.twilio.verifying import Sent, verifier

View = Callable[..., HttpResponse]


def from_provider(view: View) -> View:
    """Only for what our provider has signed; the call must be one of its own."""

    @login_not_required
    @csrf_exempt
    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest, key: uuid.UUID, **parts: Any) -> HttpResponse:
        if not _is_genuine(request):
            return HttpResponse(status=403)
        call = get_object_or_404(Call, key=key, gateway=telling.GATEWAY)
        try:
            return view(request, call, **parts)
        except (telling.NotUnderstood, IndexError):
            return HttpResponse(status=400)
        except CallEvent.DoesNotExist as error:
            raise Http404 from error

    return guarded


def _is_genuine(request: HttpRequest) -> bool:
    """The signature is over the address as the provider called it, not as a proxy passed it on."""
    if not settings.TWILIO_PUBLIC_URL:
        return False
    body = request.body  # before the fields are read from it
    account = request.POST.get("AccountSid", settings.TWILIO_ACCOUNT)
    sent = Sent(
        url=addresses.public(request.get_full_path()),
        fields=request.POST,
        body=body,
        headers=request.headers,
    )
    return account == settings.TWILIO_ACCOUNT and verifier().is_genuine(sent)


def _kept(call: Call, events: list[Received]) -> HttpResponse:
    """Kept, and answered at once; whatever is left to do at the provider is a task's."""
    take_in(call_key=str(call.key), events=events)
    call.refresh_from_db()
    if leftovers(call):
        afterwards(end_leftovers.delay, call.pk)
    return HttpResponse(status=200)


def _spoken(said: TwiML) -> HttpResponse:
    return HttpResponse(str(said), content_type="text/xml")


@login_not_required
@csrf_exempt
@require_POST
def arrived(request: HttpRequest) -> HttpResponse:
    """A number of ours: somebody calls it, and later, that they have hung up."""
    if not _is_genuine(request):
        return HttpResponse(status=403)
    said = request.POST.dict()
    try:
        key = telling.key_of_arrival(said)
        call = Call.objects.filter(key=key, gateway=telling.GATEWAY).first()
        if said.get("CallStatus") in telling.CAUSES:
            events = telling.of_leg(call, call.customer_leg, said, {}) if call else []
            return _kept(call, events) if call else HttpResponse(status=200)
        take_in(call_key=str(key), events=telling.of_arrival(f"{key.hex}-c", said))
    except telling.NotUnderstood:
        return HttpResponse(status=400)
    return _spoken(asking.to_arrival(Call.objects.get(key=key)))


@from_provider
def leg_told(request: HttpRequest, call: Call, leg: str) -> HttpResponse:
    return _kept(call, telling.of_leg(call, leg, request.POST.dict(), request.GET.dict()))


@from_provider
def answered_by(request: HttpRequest, call: Call, leg: str) -> HttpResponse:
    return _kept(call, telling.of_detection(leg, request.POST.dict()))


@from_provider
def conference_told(request: HttpRequest, call: Call) -> HttpResponse:
    return _kept(call, telling.of_conference(call, request.POST.dict()))


@from_provider
def together(_request: HttpRequest, call: Call, leg: str) -> HttpResponse:
    return _spoken(asking.together(call, leg))


@from_provider
def prompts(_request: HttpRequest, call: Call, leg: str, asked: str) -> HttpResponse:
    return _spoken(asking.prompts(call, leg, asked))


@from_provider
def said(_request: HttpRequest, call: Call, leg: str, asked: str) -> HttpResponse:
    return _spoken(asking.prompts_done(call, leg, asked))


@from_provider
def question(
    _request: HttpRequest, call: Call, leg: str, asked: str, step: int, attempt: int
) -> HttpResponse:
    return _spoken(asking.question(call, leg, asked, step, attempt))


@from_provider
def answer(  # noqa: PLR0917  (the parts of its address)
    request: HttpRequest, call: Call, leg: str, asked: str, step: int, attempt: int
) -> HttpResponse:
    key = request.POST.get("Digits", "")[:1]
    return _spoken(asking.answer(call, leg, asked, step, attempt, key=key))


@from_provider
def questions_done(_request: HttpRequest, call: Call, leg: str, asked: str) -> HttpResponse:
    return _spoken(asking.questions_done(call, leg, asked))


@login_not_required
@require_GET
def sound(_request: HttpRequest, name: str) -> FileResponse:
    """A prompt's file, for whoever has its address from us."""
    try:
        file = asking.sound(signing.loads(name, salt=addresses.SOUND))
    except signing.BadSignature as error:
        raise Http404 from error
    if file is None:
        raise Http404
    return FileResponse(file.open("rb"), content_type="audio/wav")
