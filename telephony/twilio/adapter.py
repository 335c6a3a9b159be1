"""The gateway to Twilio-compatible providers: one of their conferences for each call of ours.

A leg is dialled after a row said so (`dial.begun`), once. When no answer comes, the provider is
asked by the conference's name and the leg's label, which are ours; it is never dialled again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from telephony.gateway import (
    CallRef,
    CallRefused,
    Capability,
    Dialling,
    Direction,
    Gateway,
    GatewayError,
    GatewayUnavailable,
    NotCapable,
    Received,
)
from telephony.models import Call, CallerId
from telephony.own_phone import readable
from telephony.protocol import Cause, Ear, Kind, Party
from telephony.states import LegState
from telephony.taking_in import take_in
from telephony.twilio import addresses, asking, telling
from telephony.twilio.asked import NotDone, NotThere, Unanswered, client, in_our_words
from telephony.twilio.telling import BEGUN, GIVEN_UP, NOT_BEGUN

LOOKS: Final = 3  # how often the provider is asked whether it did what it did not answer to
BETWEEN_LOOKS: Final = 0.5  # seconds
IN_FLIGHT: Final = timedelta(seconds=60)  # a wish so young may still reach the provider
TOKEN_SECONDS: Final = 3600
RING_LEAST: Final = 15  # seconds, as the law of outbound calls has it
RING_MOST: Final = 600  # the provider's bound
LEG_EAR: Final = "leg.ear"


class TwilioGateway(Gateway):
    """Calls over the telephone network, by whoever speaks Twilio's language."""

    name = telling.GATEWAY
    capabilities = frozenset(
        {
            Capability.PLACES_CALLS,
            Capability.HOLDS,
            Capability.TRANSFERS,
            Capability.ASKS,
            Capability.MONITORS,
        }
    )
    asked_every = 30.0

    def dialling(self, number: str) -> Dialling:
        words = "You are connected first, then their phone rings."
        return Dialling(number=readable(number), link="", words=words)

    def client_session(self, user: int) -> dict[str, Any]:
        """An access token for the provider's library in the agent's browser, for an hour."""
        if not settings.TWILIO_KEY or not settings.TWILIO_KEY_SECRET:
            raise CallRefused("TWILIO_KEY and TWILIO_KEY_SECRET are not set.")
        from twilio.jwt.access_token import AccessToken  # noqa: PLC0415
        from twilio.jwt.access_token.grants import VoiceGrant  # noqa: PLC0415

        token = AccessToken(
            settings.TWILIO_ACCOUNT,
            settings.TWILIO_KEY,
            settings.TWILIO_KEY_SECRET,
            identity=identity(user),
            ttl=TOKEN_SECONDS,
        )
        token.add_grant(VoiceGrant(incoming_allow=True))
        return {
            "kind": self.name,
            "identity": identity(user),
            "token": token.to_jwt(),
            "seconds": TOKEN_SECONDS,
        }

    # -- calls and legs -----------------------------------------------------------------------

    def open(
        self, *, key: str, leg: str, direction: Direction, ring: float | None = None
    ) -> CallRef:
        """Their conference begins with its first leg: there is nothing to ask for before."""
        ref = CallRef(key=key)
        if direction is Direction.OUTBOUND and ring is not None:
            self.ring(ref, leg=leg, ring=ring)
        return ref

    def ring(self, ref: CallRef, *, leg: str, ring: float) -> None:
        call = _call(ref)
        caller = call.caller_id or _caller_id()
        if not call.remote_number or not caller:
            raise CallRefused("A call needs the customer's number and a verified caller id.")
        self._dial(
            call,
            leg,
            to=call.remote_number,
            from_=caller,
            timeout=_seconds(max(ring, RING_LEAST)),
            end_conference_on_exit=True,
            machine_detection="Enable",
            amd_status_callback=addresses.of_leg("answered_by", call, leg),
            status_callback=addresses.of_leg("leg_told", call, leg),
        )

    def invite(self, ref: CallRef, *, leg: str, user: int, ring: float) -> None:
        call = _call(ref)
        self._dial_user(call, leg, user, party=Party.AGENT, timeout=_seconds(ring))

    def accept(self, ref: CallRef, *, leg: str) -> None:
        """Nothing to ask for: our answer to the provider's question connects the caller."""

    def drop(self, ref: CallRef, *, leg: str, cause: Cause) -> None:
        call = _call(ref)
        sid = self._sid(call, leg)
        asked = telling.event(telling.DROP_ASKED, id=f"{leg}-drop", leg=leg, cause=cause)
        take_in(call_key=ref.key, events=[asked])
        self._complete(sid)

    def end(self, ref: CallRef, *, cause: Cause) -> None:
        call = _call(ref)
        asked = telling.event(telling.END_ASKED, id=f"{call.key.hex}-end", cause=cause)
        take_in(call_key=ref.key, events=[asked])
        self._complete(*self._known(call).values())
        if not _was_customer_dialled(call):
            ended = telling.event(
                Kind.CALL_ENDED,
                id=f"{call.key.hex}-ended",
                place=telling.number(timezone.now(), telling.LAST_OF_SECOND),
                cause=cause,
            )
            take_in(call_key=ref.key, events=[ended])

    def hold(self, ref: CallRef, *, leg: str, is_held: bool) -> None:
        self._change(_call(ref), leg, hold=is_held)

    def say(self, ref: CallRef, *, leg: str, prompts: Sequence[str]) -> None:
        call = _call(ref)
        asked = asking.begin_prompts(call, leg, prompts)
        self._change(call, leg, announce_url=addresses.of_leg("prompts", call, leg, asked))

    def ask(self, ref: CallRef, *, leg: str, questionnaire: dict[str, Any]) -> None:
        """The leg leaves the conference for the questions, which must not end by that."""
        call = _call(ref)
        asked = asking.begin_questions(call, leg, questionnaire)
        sid = self._sid(call, leg)
        with suppress(NotThere):
            self._change(call, leg, end_conference_on_exit=False)
        with in_our_words():
            client().calls(sid).update(
                url=addresses.of_leg("question", call, leg, asked, 0, 1), method="POST"
            )

    def send_digits(self, ref: CallRef, *, leg: str, keys: str) -> None:
        del ref, leg, keys
        raise NotCapable("This telephony sends no keys into a call.")

    def monitor(self, ref: CallRef, *, leg: str, user: int, ear: Ear) -> None:
        call = _call(ref)
        how: dict[str, Any] = {"muted": ear is Ear.LISTEN, "coaching": ear is Ear.WHISPER}
        if ear is Ear.WHISPER:
            how["call_sid_to_coach"] = self._sid(call, _agent_leg(call))
        if leg in self._known(call):
            self._change(call, leg, **how)
        else:
            self._dial_user(
                *(call, leg, user), party=Party.SUPERVISOR, timeout=_seconds(RING_LEAST), **how
            )
        told = telling.event(LEG_EAR, id=f"{leg}-ear-{time.time_ns()}", leg=leg, ear=ear)
        take_in(call_key=ref.key, events=[told])

    # -- what became of it --------------------------------------------------------------------

    def told(self, ref: CallRef) -> list[Received] | None:
        """What we were not told yet about every leg that the provider still knows.

        None when it knows none, and nothing of the call can be on its way there any more.
        """
        call = _call(ref)
        sids = self._known(call)
        conference = self._conference(call)
        for one in self._participants(conference):
            if one.label and one.call_sid:
                sids.setdefault(one.label, one.call_sid)
        found: list[Received] = []
        is_known = False
        for leg, sid in sids.items():
            with suppress(NotThere):
                found += self._told_of(call, leg, sid)
                is_known = True
        return found if is_known or _is_in_flight(call) else None

    def end_leftovers(self, call: Call) -> int:
        """End what goes on at the provider although it is over with us; how many legs."""
        sids = leftovers(call)
        self._complete(*sids)
        return len(sids)

    def _told_of(self, call: Call, leg: str, sid: str) -> list[Received]:
        with in_our_words():
            one = client().calls(sid).fetch()
            status = str(one.status or "")
            begun, ended = _time(one.start_time), _time(one.end_time)
            lasted = timedelta(seconds=int(one.duration or 0))
        events = list(call.events.filter(gateway=self.name, leg=leg))
        kinds = {known.kind for known in events}
        who = {"sid": sid} | _whose(call, leg)
        latest = max([known.at for known in events if known.detail.get("sid")], default=None)
        found: list[Received] = []
        if Kind.LEG_ADDED not in kinds:
            found += telling.in_words(
                call,
                leg,
                "initiated",
                id=f"{sid}-told-initiated",
                at=timezone.now(),
                within=0,
                **who,
            )
        is_over = status in telling.CAUSES
        was_answered = status in {"in-progress", "answered"} or (status == "completed" and lasted)
        if was_answered and Kind.LEG_ANSWERED not in kinds:
            at = ended - lasted if is_over and ended else begun or timezone.now()
            at = max(at, latest) if latest and not is_over else at
            found += telling.in_words(
                call, leg, "answered", id=f"{sid}-told-answered", at=at, within=2, **who
            )
        if is_over and Kind.LEG_LEFT not in kinds:
            at = ended or timezone.now()
            found += telling.in_words(
                call, leg, status, id=f"{sid}-told-{status}", at=at, within=900, **who
            )
        return found

    # -- asking the provider ------------------------------------------------------------------

    def _dial_user(self, call: Call, leg: str, user: int, *, party: Party, **how: Any) -> None:
        self._dial(
            call,
            leg,
            to=phone_of(user),
            from_=call.caller_id or _caller_id() or call.remote_number or identity(user),
            end_conference_on_exit=False,
            status_callback=addresses.of_leg("leg_told", call, leg, party=party, user=user),
            **how,
        )

    def _dial(self, call: Call, leg: str, **how: Any) -> None:
        """Claim and commit, dial, write down what came of it."""
        if not self._claimed(call, leg):
            self._found_again(call, leg)
            return
        try:
            with in_our_words():
                conference = client().conferences(call.key.hex)
                made = conference.participants.create(
                    label=leg,
                    beep="false",
                    start_conference_on_enter=True,
                    status_callback_event=["initiated", "ringing", "answered", "completed"],
                    conference_status_callback=addresses.of_call("conference_told", call),
                    conference_status_callback_event=["start", "end", "join", "leave", "hold"],
                    **how,
                )
            sid = made.call_sid or self._found_after(call, leg)
        except (NotDone, CallRefused):
            count = call.events.filter(kind=NOT_BEGUN, leg=leg).count()
            self._write(call, NOT_BEGUN, id=f"{leg}-refused-{count}", leg=leg)
            raise
        except Unanswered:
            sid = self._found_after(call, leg)
        self._added(call, leg, sid)

    def _claimed(self, call: Call, leg: str) -> bool:
        """Whether it is ours to dial: once, and once more after each refusal."""
        refused = call.events.filter(kind=NOT_BEGUN, leg=leg).count()
        return self._write(call, BEGUN, id=f"{leg}-begun-{refused}", leg=leg) == 1

    def _found_again(self, call: Call, leg: str) -> None:
        """This leg was begun before: it is there, or it is not, but it is not dialled again."""
        if leg in self._known(call):
            return
        if sid := self._look(call, leg):
            self._added(call, leg, sid)
            return
        begun = call.events.filter(kind=BEGUN, leg=leg).latest("received_at")
        if timezone.now() - begun.received_at < IN_FLIGHT:
            raise GatewayUnavailable("The provider has not said yet whether it dialled.")
        raise CallRefused("This was begun, the provider knows nothing of it; it is a new call now.")

    def _found_after(self, call: Call, leg: str) -> str:
        """After an answer that was lost. Raises GatewayUnavailable; the leg is not wanted then."""
        for look in range(LOOKS):
            if look:
                time.sleep(BETWEEN_LOOKS)
            with suppress(GatewayUnavailable):
                if sid := self._look(call, leg):
                    return sid
        self._write(call, GIVEN_UP, id=f"{leg}-given-up", leg=leg)
        raise GatewayUnavailable("The provider did not say whether it dialled. Nobody dials twice.")

    def _look(self, call: Call, leg: str) -> str:
        """The leg's name at the provider, as a webhook or the provider itself says; or nothing."""
        if sid := self._known(call).get(leg, ""):
            return sid
        for one in self._participants(self._conference(call)):
            if one.label == leg and one.call_sid:
                return str(one.call_sid)
        return ""

    def _conference(self, call: Call) -> str:
        with in_our_words():
            found = client().conferences.list(friendly_name=call.key.hex, limit=20)
            return next((str(one.sid) for one in found if str(one.status) != "completed"), "")

    def _participants(self, conference: str) -> list[Any]:
        if not conference:
            return []
        with suppress(NotThere), in_our_words():
            return list(client().conferences(conference).participants.list(limit=50))
        return []

    def _change(self, call: Call, leg: str, **how: Any) -> None:
        """Change how a leg takes part. Raises NotThere when it is in no conference."""
        conference = self._conference(call)
        if not conference:
            raise NotThere("This leg is not in the call any more.")
        sid = self._sid(call, leg)
        with in_our_words():
            client().conferences(conference).participants(sid).update(**how)

    def _complete(self, *sids: str) -> None:
        """End them all; one that has ended is ended. The first failure is told after all."""
        failed: GatewayError | None = None
        for sid in sids:
            try:
                with suppress(NotThere), in_our_words():
                    client().calls(sid).update(status="completed")
            except GatewayError as error:
                failed = failed or error
        if failed:
            raise failed

    def _sid(self, call: Call, leg: str) -> str:
        """Raises NotThere."""
        sid = self._look(call, leg)
        if not sid:
            raise NotThere("This leg is not in the call any more.")
        return sid

    def _known(self, call: Call) -> dict[str, str]:
        """Legs that have not left, with the provider's names for them."""
        return _named(call, left=False)

    def _added(self, call: Call, leg: str, sid: str) -> None:
        who = _whose(call, leg)
        self._write(call, Kind.LEG_ADDED, id=f"{sid}-made", leg=leg, place=0, sid=sid, **who)

    def _write(self, call: Call, kind: str, **of_it: Any) -> int:
        return take_in(call_key=str(call.key), events=[telling.event(kind, **of_it)])


def identity(user: int) -> str:
    """The agent's name at the provider: a number, since others read it."""
    return f"agent-{user}"


def phone_of(user: int) -> str:
    """Where the agent is rung: a number of their own, or the browser."""
    numbers: dict[str, str] = settings.TWILIO_AGENT_NUMBERS
    if numbers:
        name = User.objects.values_list("username", flat=True).get(pk=user)
        if number := numbers.get(name):
            return number
    return f"client:{identity(user)}"


def leftovers(call: Call) -> list[str]:
    """Legs that go on at the provider and should not: of a call that is over, or given up."""
    sids = _named(call, left=False)
    if call.is_over:
        return list(sids.values())
    given_up = call.events.filter(gateway=telling.GATEWAY, kind=GIVEN_UP)
    unwanted = set(given_up.values_list("leg", flat=True))
    return [sid for leg, sid in sids.items() if leg in unwanted]


def _named(call: Call, *, left: bool) -> dict[str, str]:
    events = call.events.filter(gateway=telling.GATEWAY).exclude(leg="")
    told = list(events.order_by("pk").values_list("leg", "kind", "detail__sid"))
    gone = {leg for leg, kind, _ in told if kind == Kind.LEG_LEFT}
    return {leg: str(sid) for leg, _, sid in told if sid and (leg in gone) is left}


def _was_customer_dialled(call: Call) -> bool:
    """Whether the customer's leg is, was or may be at the provider, which then tells its end."""
    of_theirs = call.events.filter(gateway=telling.GATEWAY, leg=call.customer_leg)
    if of_theirs.filter(detail__has_key="sid").exists():
        return True
    count = {kind: of_theirs.filter(kind=kind).count() for kind in (BEGUN, NOT_BEGUN, GIVEN_UP)}
    return count[BEGUN] > count[NOT_BEGUN] + count[GIVEN_UP]


def _is_in_flight(call: Call) -> bool:
    """Whether a wish about this call is so young that the provider may not know of it yet."""
    begun = call.events.filter(gateway=telling.GATEWAY, kind=BEGUN).order_by("-received_at")
    latest = begun.values_list("received_at", flat=True).first() or call.created_at
    return timezone.now() - latest < IN_FLIGHT


def _call(ref: CallRef) -> Call:
    call = Call.objects.filter(key=ref.key).first()
    if call is None:
        raise CallRefused("This call is not known.")
    return call


def _caller_id() -> str:
    shown = CallerId.for_calls()
    return shown.number if shown else ""


def _agent_leg(call: Call) -> str:
    """The leg of the agent who is whispered to. Raises NotThere."""
    legs = call.legs.filter(party=Party.AGENT, state__in=[LegState.TALKING, LegState.HELD])
    found = legs.values_list("key", flat=True).first()
    if found is None:
        raise NotThere("No agent is in this call.")
    return found


def _whose(call: Call, leg: str) -> dict[str, Any]:
    """Party and user of a leg, from what was told or asked before."""
    if leg == call.customer_leg:
        return {"party": Party.CUSTOMER}
    events = call.events.filter(leg=leg, detail__has_key="party").order_by("pk")
    detail = events.values_list("detail", flat=True).first() or {}
    return {name: detail[name] for name in ("party", "user") if name in detail}


def _seconds(ring: float) -> int:
    return min(max(round(ring), 5), RING_MOST)


def _time(at: datetime | None) -> datetime | None:
    return telling.aware(at) if isinstance(at, datetime) else None
