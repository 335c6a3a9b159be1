"""What supervisors see of the telephone and do with it: board, listening, recordings."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final, cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import NotAllowed, RuleBroken
from accounts.models import User
from interactions.models import Interaction
from routing import monitoring, recordings
from routing.board import SHORT, board, led_by
from routing.forms import ListeningForm, RecordingWordForm
from routing.models import Place
from telephony.models import Call, Recording
from telephony.protocol import Ear

View = Callable[..., HttpResponseBase]
RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
AT_MOST: Final = 2**20  # bytes of one answer; a player asks again (RFC 9110, 15.3.7)


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def for_leading(view: View) -> View:
    """Supervisors and administrators; whom they lead, each query says."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
        if _user(request).is_agent:
            raise NotAllowed("This is for supervisors. Your own calls are on your desk.")
        return view(request, *args, **more)

    return guarded


def _call(request: HttpRequest, pk: int) -> Call:
    """A call of this person's teams; any other does not exist for them."""
    places = Place.objects.visible_to(_user(request)).select_related("call")
    return get_object_or_404(places, call=pk).call


@require_GET
@for_leading
def live_board(request: HttpRequest) -> HttpResponse:
    """The whole page, or its changing part alone."""
    return _board(request, "_board" if request.headers.get("HX-Request") else "board")


@require_POST
@for_leading
def availability(request: HttpRequest, pk: int) -> HttpResponse:
    """An agent who missed a call is available again."""
    agent = get_object_or_404(led_by(_user(request)), pk=pk)
    monitoring.make_available(agent=agent, by=_user(request))
    return _board(request, "_board")


def _board(request: HttpRequest, name: str) -> HttpResponse:
    context = {"board": board(_user(request)), "short": int(SHORT.total_seconds())}
    return render(request, f"routing/{name}.html", context)


@require_POST
@for_leading
def listening(request: HttpRequest, pk: int) -> JsonResponse:
    """Connect to a call, or with no connection in it, take part in another way."""
    call, form = _call(request, pk), ListeningForm(request.POST)
    if not form.is_valid():
        raise RuleBroken("Choose to listen, to whisper or to join.")
    user, ear = _user(request), Ear(form.cleaned_data["ear"])
    if not form.cleaned_data["sdp"]:
        monitoring.change(user=user, call=call, ear=ear)
        return JsonResponse({})
    offer = form.cleaned_data["sdp"]
    return JsonResponse({"sdp": monitoring.join(user=user, call=call, ear=ear, offer=offer)})


@require_POST
@for_leading
def leaving(request: HttpRequest, pk: int) -> JsonResponse:
    monitoring.leave(user=_user(request), call=_call(request, pk))
    return JsonResponse({})


@require_POST
def recording(request: HttpRequest) -> HttpResponse:
    """The agent pauses the recording, or with `over` lets it go on."""
    verb = recordings.resume if request.POST.get("over") else recordings.pause
    verb(user=_user(request))
    return HttpResponse(status=204)


@require_POST
def recording_word(request: HttpRequest, pk: int) -> HttpResponse:
    """What the caller said when the agent asked whether the call may be recorded."""
    mine = Place.objects.visible_to(_user(request)).talking_to(_user(request))
    place = get_object_or_404(mine, pk=pk)
    form = RecordingWordForm(request.POST)
    if not form.is_valid():
        raise RuleBroken("Say yes or no, as the customer answered.")
    is_granted = form.cleaned_data["word"] == "yes"
    recordings.keep_word(place=place, by=_user(request), is_granted=is_granted)
    return HttpResponse(status=204)


@require_GET
@for_leading
def of_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """The recordings of one contact."""
    contacts = Interaction.objects.visible_to(_user(request))
    contact = get_object_or_404(contacts, pk=pk)
    found = recordings.visible_to(_user(request)).filter(call=contact.call_id)
    return render(request, "routing/_recordings.html", {"recordings": found, "contact": contact})


def _recording(request: HttpRequest, pk: int) -> Recording:
    return get_object_or_404(recordings.visible_to(_user(request)), pk=pk)


@require_POST
@for_leading
def hearing(request: HttpRequest, pk: int) -> HttpResponse:
    """Hear a recording: that is written down, then there is a player."""
    heard = _recording(request, pk)
    recordings.listen(user=_user(request), recording=heard)
    return render(request, "routing/_recording_player.html", {"recording": heard})


@require_GET
@for_leading
def sound(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The sound itself, to whoever's listening was written down; in parts when asked so."""
    heard = _recording(request, pk)
    path = recordings.path_of(heard)
    if path is None or not recordings.may_hear(user=_user(request), recording=heard):
        raise Http404
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if asked and any(asked.groups()):
        return _part(path, *asked.groups())
    whole = FileResponse(path.open("rb"), content_type="audio/wav")
    whole["Accept-Ranges"] = "bytes"
    return whole


def _part(path: Path, first: str, last: str) -> HttpResponse:
    """One range of a file (RFC 9110, 14.1.2): from-to, from on, or the last so many bytes."""
    size = path.stat().st_size
    begin = int(first) if first else max(size - int(last), 0)
    end = min(int(last), size - 1) if first and last else size - 1
    if begin > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    end = min(end, begin + AT_MOST - 1)
    with path.open("rb") as file:
        file.seek(begin)
        some = file.read(end - begin + 1)
    headers = {"Content-Range": f"bytes {begin}-{end}/{size}", "Accept-Ranges": "bytes"}
    return HttpResponse(some, status=206, content_type="audio/wav", headers=headers)
