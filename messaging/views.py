"""A messaging provider tells what became of a text, or brings a reply: by signature only."""

from __future__ import annotations

import uuid
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from messaging import replying, sending
from messaging.gateway import Carrier, Told
from messaging.models import Sending
from messaging.twilio import TwilioMessages, of_webhook
from telephony.twilio import addresses
from telephony.twilio.telling import E164, SID
from telephony.twilio.verifying import Sent, verifier

NO_WORDS: Final = "<Response></Response>"


def _is_genuine(request: HttpRequest) -> bool:
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


@login_not_required
@csrf_exempt
@require_POST
def told(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What became of a text of ours."""
    if not _is_genuine(request):
        return HttpResponse(status=403)
    row = get_object_or_404(Sending, key=key, gateway=TwilioMessages.name)
    state, sid = (
        of_webhook(request.POST.get("MessageStatus", "")),
        request.POST.get("MessageSid", ""),
    )
    if state is None or not SID.fullmatch(sid):
        return HttpResponse(status=400)
    code = request.POST.get("ErrorCode", "")
    because = f"The provider says {code}." if code.isdecimal() and len(code) < 8 else ""
    sending.take_in(row, Told(state, place=sid, because=because))
    return HttpResponse(status=200)


@login_not_required
@csrf_exempt
@require_POST
def replied_to(request: HttpRequest) -> HttpResponse:
    """Somebody writes to a number of ours; no words are sent back."""
    if not _is_genuine(request):
        return HttpResponse(status=403)
    sid, sender = request.POST.get("MessageSid", ""), request.POST.get("From", "")
    if not SID.fullmatch(sid) or not E164.fullmatch(sender):
        return HttpResponse(status=400)
    replying.take_in(
        gateway=TwilioMessages.name,
        event_id=sid,
        carrier=Carrier.SMS,
        sender=sender,
        text=request.POST.get("Body", ""),
    )
    return HttpResponse(NO_WORDS, content_type="text/xml")
