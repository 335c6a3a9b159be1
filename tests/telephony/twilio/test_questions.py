"""Questions by the provider's TwiML: keys, wrong keys, silence, the stop key, and a replay."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from telephony.gateway import CallRefused
from telephony.models import Call, CallEvent
from telephony.protocol import Kind
from telephony.reconciling import lost
from telephony.spoken import SPOKEN
from telephony.taking_in import take_in
from telephony.twilio import asking
from telephony.twilio.adapter import TwilioGateway
from tests.telephony.twilio.provider import Phone, Provider, Webhook
from tests.telephony.twilio.story import agent_answers, customer_answers, everything

QUESTIONS: dict[str, Any] = {
    "before": ["survey-greeting"],
    "questions": [
        {"code": "as_expected", "prompt": "survey-as_expected", "keys": "12"},
        {"code": "as_promised", "prompt": "survey-as_promised", "keys": "12"},
    ],
    "after": ["survey-thanks"],
    "stopped": ["survey-stopped"],
    "sorry": "survey-sorry",
    "stop_key": "9",
    "tries": 3,
    "seconds": 3.2,
}


@pytest.fixture
def customer(provider: Provider, twilio: TwilioGateway, call: Call, sam: User) -> Phone:
    """Asked, after they have talked with Sam."""
    agent_answers(provider, twilio, call, sam)
    found = customer_answers(provider, twilio, call)
    twilio.ask(call.ref, leg=call.customer_leg, questionnaire=QUESTIONS)
    return found


def heard(phone: Phone) -> list[str]:
    """The names of the sounds that were really fetched."""
    names = {
        hashlib.sha1(file.read_bytes()).hexdigest(): file.stem
        for file in asking.OURS.glob("survey-*.wav")
    }
    return [names[sound] for sound in phone.heard]


def told(call: Call, kind: Kind) -> list[dict[str, Any]]:
    events = call.events.filter(kind=kind).order_by("pk")
    return list(events.values_list("detail", flat=True))


def test_answers_are_given_by_keys_and_the_customer_is_back_in_the_call(
    provider: Provider, call: Call, customer: Phone
) -> None:
    assert heard(customer) == ["survey-greeting"]
    assert customer.waits == 1
    provider.press(customer, "")
    assert heard(customer)[1:] == ["survey-as_expected"]
    assert customer.waits == 4
    assert "join" not in provider.told[-1].fields.get("StatusCallbackEvent", "")
    assert [one.status for one in provider.phones.values()] == ["in-progress", "in-progress"]
    provider.press(customer, "1")
    provider.press(customer, "7")
    assert heard(customer)[2:] == ["survey-as_promised", "survey-sorry", "survey-as_promised"]
    provider.press(customer, "2")
    assert heard(customer)[-1] == "survey-thanks"
    provider.press(customer, "")
    assert told(call, Kind.ANSWER_GIVEN) == [
        {"question": "as_expected", "key": "1", "tries": 1},
        {"question": "as_promised", "key": "2", "tries": 2},
    ]
    assert told(call, Kind.QUESTIONS_DONE) == [
        {
            "answers": {"as_expected": "1", "as_promised": "2"},
            "is_stopped": False,
            "is_complete": True,
        }
    ]
    assert customer.is_in
    provider.end(customer)
    assert [one.status for one in provider.phones.values()] == ["completed", "completed"]


def test_silence_is_no_answer(provider: Provider, call: Call, customer: Phone) -> None:
    for _ in range(8):
        provider.press(customer, "")
    assert told(call, Kind.QUESTIONS_DONE) == [
        {"answers": {}, "is_stopped": False, "is_complete": False}
    ]
    assert [one["key"] for one in told(call, Kind.ANSWER_GIVEN)] == ["", ""]


def test_the_stop_key_ends_everything_at_once(
    provider: Provider, call: Call, customer: Phone
) -> None:
    provider.press(customer, "")
    provider.press(customer, "1")
    provider.press(customer, "9")
    assert heard(customer)[-1] == "survey-stopped"
    assert [one["question"] for one in told(call, Kind.ANSWER_GIVEN)] == ["as_expected", "stop"]
    assert told(call, Kind.QUESTIONS_DONE)[0] == {
        "answers": {"as_expected": "1"},
        "is_stopped": True,
        "is_complete": False,
    }


def test_the_same_answer_again_writes_nothing(
    provider: Provider, call: Call, customer: Phone
) -> None:
    provider.press(customer, "")
    action = customer.gather
    provider.press(customer, "1")
    before = everything()
    fields = {"CallSid": customer.sid, "Digits": "1"}
    assert provider.deliver(Webhook(action, fields)) == 200
    assert provider.deliver(Webhook(action, fields), token="guessed") == 403
    assert provider.deliver(Webhook(action, fields | {"Digits": "2"})) == 200
    assert everything() == before
    beyond = action.replace("/1/1/", "/9/1/")
    assert provider.deliver(Webhook(beyond, fields)) == 400
    unknown = action.replace(action.split("/")[-5], "0" * 32)
    assert provider.deliver(Webhook(unknown, fields)) == 404
    assert everything() == before


def test_a_call_that_is_over_with_us_is_hung_up(
    provider: Provider, twilio: TwilioGateway, call: Call, customer: Phone
) -> None:
    provider.telling = "never"
    agent = next(one for one in provider.phones.values() if one is not customer)
    provider.end(agent)
    take_in(call_key=str(call.key), events=[lost(call)])
    for _ in range(8):
        provider.press(customer, "")
    assert customer.status == "completed"


def test_an_announcement_is_heard_and_told(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User
) -> None:
    agent_answers(provider, twilio, call, sam)
    customer = customer_answers(provider, twilio, call)
    twilio.say(call.ref, leg=call.customer_leg, prompts=["survey-thanks"])
    assert heard(customer) == ["survey-thanks"]
    assert told(call, Kind.PROMPT_DONE) == [{"prompts": ["survey-thanks"]}]
    assert customer.is_in


def test_words_are_spoken_where_a_sound_is_missing(
    *,
    provider: Provider,
    twilio: TwilioGateway,
    call: Call,
    sam: User,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    monkeypatch.setattr(asking, "sound", lambda _: None)
    agent_answers(provider, twilio, call, sam)
    customer = customer_answers(provider, twilio, call)
    twilio.say(call.ref, leg=call.customer_leg, prompts=["survey-thanks"])
    assert customer.heard == [SPOKEN["survey-thanks"]]


@pytest.mark.parametrize(
    "wrong", [{"questions": []}, {"sorry": "no-such-sound"}, {"tries": 99}, {"colour": "red"}]
)
def test_what_cannot_be_asked_is_refused_before_anybody_hears_it(
    provider: Provider, twilio: TwilioGateway, call: Call, wrong: dict[str, Any]
) -> None:
    with pytest.raises(CallRefused):
        twilio.ask(call.ref, leg=call.customer_leg, questionnaire=QUESTIONS | wrong)
    assert provider.asked == []
    assert not CallEvent.objects.exists()


@pytest.mark.parametrize("key", ["1", "", "7"])
def test_nothing_is_asked_without_the_key_that_is_needed(
    provider: Provider, twilio: TwilioGateway, call: Call, sam: User, key: str
) -> None:
    agent_answers(provider, twilio, call, sam)
    phone = customer_answers(provider, twilio, call)
    first = {"code": "go_on", "prompt": "survey-go-on", "keys": "1", "is_needed": True}
    asked = QUESTIONS | {"questions": [first, *QUESTIONS["questions"]]}
    twilio.ask(call.ref, leg=call.customer_leg, questionnaire=asked)
    goes_on = key == "1"
    provider.press(phone, "")
    for _ in range(1 if goes_on else 3):
        provider.press(phone, key)
    assert ("survey-as_expected" in heard(phone)) is goes_on
    assert "survey-thanks" not in heard(phone)
    assert bool(told(call, Kind.QUESTIONS_DONE)) is not goes_on
