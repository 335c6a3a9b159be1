"""What does the provider say to a leg of ours, question by question, and which key was an answer?

Nothing is remembered between two requests but rows: what is asked is an event, and so is an
answer. The same request again gets the same words and writes nothing.
"""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from twilio.twiml.voice_response import VoiceResponse

from telephony.gateway import CallRefused
from telephony.models import Call, CallEvent
from telephony.protocol import Kind
from telephony.spoken import SPOKEN
from telephony.taking_in import take_in
from telephony.twilio import addresses
from telephony.twilio.telling import DROP_ASKED, GATEWAY, PROMPTS_ASKED, QUESTIONS_ASKED, event

if TYPE_CHECKING:
    from telephony.switch.scripts import Questionnaire

OURS: Final = Path(__file__).resolve().parents[1] / "prompts"
BEFORE: Final = 0  # the step of what comes before the questions
WAIT_LEAST: Final = 1  # seconds, the provider's bound
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")


def sound(name: str) -> Path | None:
    """The file of this prompt: what administrators uploaded first, then ours."""
    if not NAME.fullmatch(name):
        return None
    folders = (Path(settings.MEDIA_ROOT) / "prompts", OURS)
    return next((file for folder in folders if (file := folder / f"{name}.wav").is_file()), None)


def read(questionnaire: dict[str, Any]) -> Questionnaire:
    """The questionnaire, when it can be asked. Raises CallRefused."""
    from telephony.switch.scripts import Questionnaire  # noqa: PLC0415  (it brings NumPy with it)

    try:
        asked = Questionnaire.read(questionnaire)
    except (KeyError, TypeError, ValueError) as error:
        raise CallRefused(f"These questions cannot be asked: {error}") from error
    prompts = [
        *asked.before,
        *asked.after,
        *asked.stopped,
        *(one.prompt for one in asked.questions),
    ]
    _check([*prompts, *([asked.sorry] if asked.sorry else [])])
    return asked


def begin_questions(call: Call, leg: str, questionnaire: dict[str, Any]) -> str:
    """Keep what is to be asked; the name under which the provider fetches it."""
    read(questionnaire)
    return _keep(call, leg, QUESTIONS_ASKED, {"questionnaire": questionnaire})


def begin_prompts(call: Call, leg: str, prompts: Sequence[str]) -> str:
    _check(prompts)
    return _keep(call, leg, PROMPTS_ASKED, {"prompts": list(prompts)})


def _keep(call: Call, leg: str, kind: str, detail: dict[str, Any]) -> str:
    name = uuid.uuid4().hex
    take_in(call_key=str(call.key), events=[event(kind, event_id=name, leg=leg, **detail)])
    return name


def _kept(call: Call, name: str) -> CallEvent:
    """Raises CallEvent.DoesNotExist."""
    return call.events.get(gateway=GATEWAY, event_id=name)


def prompts(call: Call, leg: str, asked: str) -> VoiceResponse:
    """An announcement to one leg; afterwards the provider says that it was made."""
    said = VoiceResponse()
    _play(said, _kept(call, asked).detail["prompts"])
    said.redirect(addresses.of_leg("said", call, leg, asked), method="POST")
    return said


def prompts_done(call: Call, leg: str, asked: str) -> VoiceResponse:
    detail = {"prompts": _kept(call, asked).detail["prompts"]}
    _tell(call, leg, Kind.PROMPT_DONE, f"{asked}-done", detail)
    return VoiceResponse()


def question(call: Call, leg: str, asked: str, step: int, attempt: int) -> VoiceResponse:
    """What is said at this step, and some seconds for a key; the key cuts the words short.

    Step 0 is what comes before the questions, then each question is one, and the last is what
    comes after them. Raises IndexError for a step that is none.
    """
    all_of_it = _asked(call, asked)
    names, seconds = _words_at(all_of_it, step, attempt)
    if not names:
        return answer(call, leg, asked, step, attempt, key="")
    said = VoiceResponse()
    gather = said.gather(
        action=addresses.of_leg("answer", call, leg, asked, step, attempt),
        method="POST",
        input="dtmf",
        num_digits=1,
        timeout=seconds,
        finish_on_key="",
        action_on_empty_result=True,
    )
    _play(gather, names)
    return said


def _words_at(all_of_it: Questionnaire, step: int, attempt: int) -> tuple[Sequence[str], int]:
    """Prompts, and the seconds for a key after them. Raises IndexError."""
    if step == BEFORE:
        return all_of_it.before, WAIT_LEAST
    if step == _after(all_of_it):
        return all_of_it.after, WAIT_LEAST
    one = all_of_it.questions[step - 1]
    sorry = [all_of_it.sorry] if attempt > 1 and all_of_it.sorry else []
    return [*sorry, one.prompt], math.ceil(all_of_it.seconds)


def _after(all_of_it: Questionnaire) -> int:
    return len(all_of_it.questions) + 1


def answer(call: Call, leg: str, asked: str, step: int, attempt: int, *, key: str) -> VoiceResponse:
    """Take the key, or its absence, and say what comes next. Raises IndexError."""
    all_of_it = _asked(call, asked)
    if step > _after(all_of_it):
        raise IndexError("no such step")
    if key and key == all_of_it.stop_key:
        detail = {"question": "stop", "key": key, "tries": 1}
        _tell(call, leg, Kind.ANSWER_GIVEN, f"{asked}-stop", detail)
        return _end(call, leg, asked, all_of_it.stopped)
    if step == BEFORE:  # a key is no answer yet: whoever pressed one hears all of it again
        is_heard = not key or attempt >= all_of_it.tries
        return question(call, leg, asked, *((step + 1, 1) if is_heard else (step, attempt + 1)))
    if step == _after(all_of_it):
        return _end(call, leg, asked, ())
    one = all_of_it.questions[step - 1]
    is_answer = bool(key) and key in one.keys
    if not is_answer and attempt < all_of_it.tries:
        return question(call, leg, asked, step, attempt + 1)
    detail = {"question": one.code, "key": key if is_answer else "", "tries": attempt}
    _tell(call, leg, Kind.ANSWER_GIVEN, f"{asked}-{step}", detail)
    if one.is_needed and not is_answer:
        return _end(call, leg, asked, ())
    return question(call, leg, asked, step + 1, 1)


def _asked(call: Call, asked: str) -> Questionnaire:
    """Raises CallEvent.DoesNotExist."""
    return read(_kept(call, asked).detail["questionnaire"])


def _end(call: Call, leg: str, asked: str, names: Sequence[str]) -> VoiceResponse:
    said = VoiceResponse()
    _play(said, names)
    said.redirect(addresses.of_leg("questions_done", call, leg, asked), method="POST")
    return said


def questions_done(call: Call, leg: str, asked: str) -> VoiceResponse:
    """All was asked, or stopped: the leg is among the others again, or the call ends with it."""
    all_of_it = _asked(call, asked)
    given = call.events.filter(kind=Kind.ANSWER_GIVEN, event_id__startswith=f"{asked}-")
    found = {one.detail["question"]: one.detail["key"] for one in given}
    is_stopped = found.pop("stop", None) is not None
    answers = {code: key for code, key in found.items() if key}
    detail = {
        "answers": answers,
        "is_stopped": is_stopped,
        "is_complete": len(answers) == len(all_of_it.questions),
    }
    _tell(call, leg, Kind.QUESTIONS_DONE, f"{asked}-done", detail)
    return _hung_up() if all_of_it.ends else together(call, leg)


def together(call: Call, leg: str) -> VoiceResponse:
    """Into the conference of the call; or hang up, when the call is over with us."""
    if call.is_over:
        return _hung_up()
    said, is_customer = VoiceResponse(), leg == call.customer_leg
    said.dial().conference(
        call.key.hex,
        participant_label=leg,
        beep="false",
        start_conference_on_enter=True,
        end_conference_on_exit=is_customer,
        status_callback=addresses.of_call("conference_told", call),
        status_callback_event="start end join leave hold",
    )
    return said


def _hung_up() -> VoiceResponse:
    said = VoiceResponse()
    said.hangup()
    return said


def to_arrival(call: Call) -> VoiceResponse:
    """Whoever calls us hears music among the others; or is refused, when nobody takes calls."""
    refused = call.events.filter(gateway=GATEWAY, kind=DROP_ASKED, leg=call.customer_leg)
    if call.is_over or refused.exists():
        said = VoiceResponse()
        said.reject()
        return said
    return together(call, call.customer_leg)


def _tell(call: Call, leg: str, kind: Kind, name: str, detail: dict[str, Any]) -> None:
    take_in(call_key=str(call.key), events=[event(kind, event_id=name, leg=leg, **detail)])
    call.refresh_from_db()


def _check(names: Sequence[str]) -> None:
    unknown = [name for name in names if sound(name) is None and name not in SPOKEN]
    if unknown:
        raise CallRefused(f"There is no prompt called {unknown[0]}.")


def _play(here: Any, names: Sequence[str]) -> None:
    """A prompt is a sound of ours; where its file is missing, the provider speaks its words.

    `here` is an element of the provider's library, whose verbs have no types.
    """
    for name in names:
        if sound(name):
            here.play(addresses.of_sound(name))
        else:
            here.say(SPOKEN[name])
