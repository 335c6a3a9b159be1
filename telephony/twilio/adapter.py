"""The gateway to Twilio-compatible providers: one of their conferences for each call of ours.

A wish that we end a leg is written down before, because the provider does not say why one ended.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
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
    NotCapable,
    Received,
)
from telephony.models import Call, CallerId
from telephony.own_phone import readable
from telephony.protocol import Cause, Ear, Kind, Party
from telephony.taking_in import take_in
from telephony.twilio import addresses, asking, dialling, legs, looking, telling
from telephony.twilio.asked import NotThere, client, in_our_words

TOKEN_SECONDS: Final = 3600
RING_LEAST: Final = 15  # seconds, as the law of outbound calls has it
RING_MOST: Final = 600  # the provider's bound


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

    def prepare(self) -> None:
        with suppress(GatewayError):  # without an account there is nobody to ask
            client()

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
        dialling.dial(
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
        sid = looking.sid_of(call, leg)
        asked = telling.event(telling.DROP_ASKED, event_id=f"{leg}-drop", leg=leg, cause=cause)
        take_in(call_key=ref.key, events=[asked])
        self._complete(sid)

    def end(self, ref: CallRef, *, cause: Cause) -> None:
        call = _call(ref)
        asked = telling.event(telling.END_ASKED, event_id=f"{call.key.hex}-end", cause=cause)
        take_in(call_key=ref.key, events=[asked])
        self._complete(*legs.known(call).values())
        if not legs.was_customer_dialled(call):
            ended = telling.event(
                Kind.CALL_ENDED,
                event_id=f"{call.key.hex}-ended",
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
        sid = looking.sid_of(call, leg)
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
            how["call_sid_to_coach"] = looking.sid_of(call, legs.agent_leg(call))
        if leg in legs.known(call):
            self._change(call, leg, **how)
        else:
            self._dial_user(
                *(call, leg, user), party=Party.SUPERVISOR, timeout=_seconds(RING_LEAST), **how
            )
        told = telling.event(Kind.LEG_EAR, event_id=f"{leg}-ear-{time.time_ns()}", leg=leg, ear=ear)
        take_in(call_key=ref.key, events=[told])

    # -- what became of it --------------------------------------------------------------------

    def told(self, ref: CallRef) -> list[Received] | None:
        """What we were not told yet about every leg that the provider still knows.

        None when it knows none, and nothing of the call can be on its way there any more.
        """
        return looking.told(_call(ref))

    def end_leftovers(self, call: Call) -> int:
        """End what goes on at the provider although it is over with us; how many legs."""
        sids = legs.leftovers(call)
        self._complete(*sids)
        return len(sids)

    # -- asking the provider ------------------------------------------------------------------

    def _dial_user(self, call: Call, leg: str, user: int, *, party: Party, **how: Any) -> None:
        dialling.dial(
            call,
            leg,
            to=phone_of(user),
            from_=call.caller_id or _caller_id() or call.remote_number or identity(user),
            end_conference_on_exit=False,
            status_callback=addresses.of_leg("leg_told", call, leg, party=party, user=user),
            **how,
        )

    def _change(self, call: Call, leg: str, **how: Any) -> None:
        """Change how a leg takes part. Raises NotThere when it is in no conference."""
        conference = looking.conference_of(call)
        if not conference:
            raise NotThere("This leg is not in the call any more.")
        sid = looking.sid_of(call, leg)
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


def _call(ref: CallRef) -> Call:
    call = Call.objects.filter(key=ref.key).first()
    if call is None:
        raise CallRefused("This call is not known.")
    return call


def _caller_id() -> str:
    shown = CallerId.for_calls()
    return shown.number if shown else ""


def _seconds(ring: float) -> int:
    return min(max(round(ring), 5), RING_MOST)
