"""The demo's inbox, in a browser: mails and SMS of ours, whose links work and to which one replies.

Only with CONTINUUM_DEMO: the page stands for the customers' own mail programs and telephones.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from messaging import replying
from messaging.gateway import Carrier
from messaging.inbox import LocalInbox
from messaging.models import InboxItem

SHOWN: Final = 50
ADDRESS: Final = re.compile(r"(https?://\S+)")


@dataclass(frozen=True, slots=True)
class Item:
    """One text with its addresses apart; a link of ours leads to where this page is."""

    item: InboxItem

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """Words and, where they are an address, where it leads here."""
        ours = settings.PUBLIC_URL.rstrip("/")
        return [
            (piece, piece.removeprefix(ours) if piece.startswith(f"{ours}/") else "")
            for piece in ADDRESS.split(self.item.text)
        ]

    @property
    def is_sms(self) -> bool:
        return self.item.carrier == Carrier.SMS


def _only_in_the_demo() -> None:
    if not settings.CONTINUUM_DEMO:
        raise Http404


@login_not_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    _only_in_the_demo()
    items = [Item(one) for one in InboxItem.objects.all()[:SHOWN]]
    return render(request, "portal/inbox.html", {"items": items})


@login_not_required
@require_POST
def reply(request: HttpRequest) -> HttpResponse:
    """Write back to an SMS, as from the phone that got it."""
    _only_in_the_demo()
    pk = request.POST.get("item", "")
    known = InboxItem.objects.filter(carrier=Carrier.SMS)
    item = get_object_or_404(known, pk=int(pk) if pk.isdecimal() and len(pk) < 12 else 0)
    replying.take_in(
        gateway=LocalInbox.name,
        event_id=uuid.uuid4().hex,
        carrier=Carrier.SMS,
        sender=item.to,
        text=request.POST.get("text", ""),
    )
    return redirect("inbox:inbox")
