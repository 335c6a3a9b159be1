"""Which calls are recorded, who may hear a recording, and for how long is it kept?

A queue says whether its calls are recorded at all. Then it takes the customer's newest word: a
consent to recordings of calls, of a customer who is known for certain. Who was never asked is asked
by the agent in the call. Whether a call is being recorded is read from the provider's events, never
from what was asked for.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.errors import Conflict, NotAllowed, RuleBroken
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from customers.contact_points import Channel
from customers.models import Consent, Customer, Purpose
from interactions.models import Interaction
from routing.models import Match, Place, PlaceState, RecordingPolicy
from routing.talking import CallGone, TelephoneSilent, my_leg
from telephony.adapters import named
from telephony.gateway import CallRefused, Capability, GatewayError
from telephony.models import Call, CallEvent, Recording
from telephony.protocol import Kind

logger = logging.getLogger(__name__)


class RecordingNotAsked(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Nothing was kept: the customer has answered this already, or the call is over."
        )


ON, PAUSED = "on", "paused"
TOLD: Final = {
    Kind.RECORDING_STARTED: ON,
    Kind.RECORDING_RESUMED: ON,
    Kind.RECORDING_PAUSED: PAUSED,
    Kind.RECORDING_READY: "",
}
AT_ONCE: Final = 200
QUESTION: Final = "May we record this call?"
WORDING: Final = "recording-question-1"  # a new one with every change of QUESTION
SOURCE: Final = "asked in the call"
HEARD_FOR: Final = timedelta(hours=1)  # after a listening was written down, the sound may be had


def state_of(call: Call) -> str:
    """`on`, `paused`, or empty: what the provider told last."""
    kinds = [kind.value for kind in TOLD]
    told = CallEvent.objects.filter(call=call, kind__in=kinds).order_by("-number", "-at")
    kind = told.values_list("kind", flat=True).first()
    return TOLD[Kind(kind)] if kind else ""


def _recordable() -> QuerySet[Place]:
    """Calls that are recorded if their customers agree."""
    return Place.objects.filter(
        state=PlaceState.TALKING,
        match=Match.CERTAIN,
        queue__recording=RecordingPolicy.CONSENTED,
    )


def _newest_word() -> Subquery:
    """What the customer said last of recordings; nothing when never asked."""
    words = Consent.objects.filter(
        customer=OuterRef("customer"), purpose=Purpose.RECORDING, channel=Channel.VOICE
    )
    return Subquery(words.order_by("-recorded_at", "-pk").values("is_granted")[:1])


def due() -> QuerySet[Place]:
    """Calls that should be recorded and of which no recording was ever told."""
    begun = CallEvent.objects.filter(call=OuterRef("call"), kind=Kind.RECORDING_STARTED)
    agreed = _recordable().annotate(consented=_newest_word()).filter(consented=True)
    return agreed.filter(~Exists(begun)).select_related("call")


def is_to_be_asked(place: Place) -> bool:
    """Whether the call would be recorded if its customer agreed, and they were never asked."""
    this = _recordable().filter(pk=place.pk)
    return this.annotate(consented=_newest_word()).filter(consented=None).exists()


def keep_word(*, place: Place, by: User, is_granted: bool) -> None:
    """What the customer answered to QUESTION; agreed to, the recording starts at once.

    Raises RecordingNotAsked: answered already, or there is nothing to be recorded.
    """
    with transaction.atomic():
        customers = Customer.objects.select_for_update(of=("self",), no_key=True)
        if place.customer_id is None:
            raise RecordingNotAsked
        customer = customers.get(pk=place.customer_id)
        if not is_to_be_asked(place):
            raise RecordingNotAsked
        customer.record_consent(
            by=by,
            purpose=Purpose.RECORDING,
            channel=Channel.VOICE,
            is_granted=is_granted,
            source=SOURCE,
            wording_version=WORDING,
        )
        panel_changed(panel="routing.phone", user_ids=[by.pk])
        if is_granted:
            transaction.on_commit(start_due, robust=True)


def start_due() -> int:
    """Ask for every recording that is due; how many were asked for. Asked twice, it is one."""
    asked = 0
    for place in due()[:AT_ONCE]:
        provider = named(place.call.gateway)
        if Capability.RECORDS not in provider.capabilities:
            continue
        try:
            provider.record(place.call.ref, how="start")
        except GatewayError as error:
            logger.warning("a call is not recorded: %s", error)
            continue
        asked += 1
    return asked


def pause(*, user: User) -> None:
    """Before a card number is read out. What the panel then says, an event must have told."""
    _ask(user, how="pause", verb="recording paused")


def resume(*, user: User) -> None:
    _ask(user, how="resume", verb="recording resumed")


def _ask(user: User, *, how: str, verb: str) -> None:
    leg = my_leg(user)
    if leg is None:
        raise CallGone
    if not state_of(leg.call):
        raise RuleBroken("This call is not being recorded.")
    try:
        named(leg.call.gateway).record(leg.call.ref, how=how)
    except CallRefused as error:
        raise CallGone from error
    except GatewayError as error:
        raise TelephoneSilent(str(error)) from error
    AuditEntry.record(by=user, verb=verb, subject=leg.call)


def visible_to(user: User) -> QuerySet[Recording]:
    """Recordings of the contacts and callers of this person's teams."""
    contacts = Interaction.objects.visible_to(user).filter(call__isnull=False)
    callers = Place.objects.visible_to(user)
    return Recording.objects.filter(
        Q(call__in=contacts.values("call")) | Q(call__in=callers.values("call"))
    )


def listen(*, user: User, recording: Recording) -> None:
    """Write down that this person hears it; agents hear none."""
    if user.is_agent:
        raise NotAllowed("Recordings are for supervisors.")
    AuditEntry.record(
        by=user, verb="recording heard", subject=recording, detail={"call": recording.call_id}
    )


def may_hear(*, user: User, recording: Recording) -> bool:
    """Whether their listening was written down, not long ago."""
    return AuditEntry.objects.filter(
        by=user,
        verb="recording heard",
        subject_type=Recording._meta.label_lower,
        subject_id=recording.pk,
        at__gte=timezone.now() - HEARD_FOR,
    ).exists()


def path_of(recording: Recording) -> Path | None:
    """Where the sound is; None when there is none, or its name leads elsewhere."""
    path = Path(settings.RECORDINGS_ROOT) / recording.file
    is_plain = Path(recording.file).name == recording.file
    return path if is_plain and path.is_file() else None


def forget_old() -> int:
    """Delete what is older than the installation keeps; how many recordings went.

    Files first: a row without its file is deleted next time, a file without its row would stay.
    Files that never had a row (an event was lost) go by their age.
    """
    bound = timezone.now() - timedelta(days=settings.RECORDING_DAYS)
    count = 0
    while batch := list(Recording.objects.filter(started_at__lt=bound)[:AT_ONCE]):
        for recording in batch:
            if path := path_of(recording):
                path.unlink(missing_ok=True)
        count += Recording.objects.filter(pk__in=[one.pk for one in batch]).delete()[0]
    oldest = time.time() - timedelta(days=settings.RECORDING_DAYS).total_seconds()
    for path in Path(settings.RECORDINGS_ROOT).glob("*.wav"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
    return count
