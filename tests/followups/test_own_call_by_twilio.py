"""A follow-up by voice over the telephone network: the same questionnaire, by the provider."""

from __future__ import annotations

import hashlib

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from followups import tasks
from followups.models import Answer, Attempt, FollowUp, FollowUpStatus, Way
from interactions.models import Interaction
from service.models import ServiceRequest
from telephony.models import Call
from telephony.twilio import asking
from tests.cast import Cast, assemble
from tests.followups.scenes import default_policy, owed
from tests.followups.test_survival import at_a_place_where_it_is_noon
from tests.telephony.twilio import conftest
from tests.telephony.twilio.provider import Phone, Provider

provider = conftest.provider  # the fixture


@pytest.fixture
def cast(provider: Provider, settings: Settings) -> Cast:
    """Ada is owed a follow-up by voice."""
    settings.TELEPHONY_GATEWAY = "twilio"
    cast = assemble()
    default_policy(ways=[Way.VOICE, Way.AGENT])
    at_a_place_where_it_is_noon(cast.ada)
    cast.ada.refresh_from_db()
    owed(cast, cast.ada, due_at=timezone.now())
    return cast


def rings(provider: Provider) -> Phone:
    tasks.sweep()
    for _ in range(2):
        tasks.call_by_voice()
    (call,) = Call.objects.all()
    (phone,) = provider.phones.values()
    assert phone.label == call.customer_leg
    provider.ring(phone)
    return phone


def answers(provider: Provider, phone: Phone, *, by: str) -> None:
    """The phone is in its conference before we are told that it answered."""
    before, provider.telling = len(provider.told), "later"
    provider.answer(phone, by=by)
    provider.telling = "at once"
    for webhook in provider.told[before:]:
        provider.deliver(webhook)


def presses(provider: Provider, phone: Phone, prompt: str, key: str) -> None:
    """Wait for that prompt, then press the key."""
    sound = hashlib.sha1((asking.OURS / f"{prompt}.wav").read_bytes()).hexdigest()
    while phone.heard[-1] != sound:
        provider.press(phone, "")
    provider.press(phone, key)


def test_a_no_by_key_is_an_owned_request(provider: Provider, cast: Cast) -> None:
    phone = rings(provider)
    answers(provider, phone, by="human")
    presses(provider, phone, "survey-go-on", "1")
    presses(provider, phone, "survey-as_expected", "1")
    presses(provider, phone, "survey-as_promised", "2")
    presses(provider, phone, "survey-met_expectations", "1")
    presses(provider, phone, "survey-thanks", "")
    assert phone.status == "completed"
    follow_up = FollowUp.objects.get()
    assert follow_up.status == FollowUpStatus.ANSWERED
    assert list(Answer.objects.order_by("pk").values_list("is_yes", flat=True)) == [
        *(True, False, True)
    ]
    assert ServiceRequest.objects.get().owner == cast.sam
    assert Interaction.objects.get(is_follow_up=True).call == Call.objects.get()


@pytest.mark.parametrize(("by", "outcome"), [("machine_start", "machine"), ("human", "silent")])
def test_who_presses_nothing_is_asked_nothing(
    provider: Provider, cast: Cast, by: str, outcome: str
) -> None:
    phone = rings(provider)
    answers(provider, phone, by=by)
    while phone.status == "in-progress":
        provider.press(phone, "")
    attempt = Attempt.objects.get()
    assert attempt.outcome == outcome


def test_busy_is_what_the_provider_says(provider: Provider, cast: Cast) -> None:
    provider.end(rings(provider), "busy")
    follow_up = FollowUp.objects.get()
    assert Attempt.objects.get().outcome == "busy"
    assert follow_up.status == FollowUpStatus.PLANNED
