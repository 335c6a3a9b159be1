"""What is a caller played, and which keys count as answers? Told frame by frame, without a clock.

Time is counted in frames of 20 ms, so that the same keys at the same frames give the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from telephony.protocol import Kind
from telephony.switch.sound import FRAME_SECONDS, SILENCE, Samples, frames

Tell = Callable[[Kind, dict[str, Any]], None]
Prompts = Callable[[str], Samples]

TRIES: Final = 2
SECONDS: Final = 6.0
TRIES_MOST, SECONDS_MOST, QUESTIONS_MOST, PROMPTS_MOST = 5, 30.0, 20, 20


class Script(Protocol):
    """Something that is played to one leg; nobody else hears or speaks to that leg meanwhile."""

    def tick(self, keys: Sequence[str]) -> Samples | None:
        """The next frame, given the keys pressed since the last; None when it is over."""


class Saying:
    """Prompts one after the other."""

    def __init__(self, names: Sequence[str], *, prompts: Prompts, tell: Tell) -> None:
        self.names, self.tell = list(names), tell
        self.frames = _played([prompts(name) for name in names])

    def tick(self, keys: Sequence[str]) -> Samples | None:
        del keys
        frame = next(self.frames, None)
        if frame is None:
            self.tell(Kind.PROMPT_DONE, {"prompts": self.names})
        return frame


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its prompt, and the keys that answer it.

    `is_needed`: without an answer to it nothing more is asked, or said.
    """

    code: str
    prompt: str
    keys: str
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Questions by voice, answered by keys.

    A key interrupts the prompt. Each question is asked up to `tries` times and waited for
    `seconds`; then it has no answer and the next one comes. `stop_key` ends everything at once.
    `sorry` is played after a key that is no answer, and after silence. With `ends` the call is
    over after the last word.
    """

    questions: tuple[Question, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()
    sorry: str = ""
    stop_key: str = ""
    tries: int = TRIES
    seconds: float = SECONDS
    ends: bool = False

    @classmethod
    def read(cls, said: dict[str, Any]) -> Questionnaire:
        """From a command's detail. Raises ValueError, TypeError or KeyError."""
        questions = tuple(Question(**one) for one in said["questions"])
        rest: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in said.items()
            if name != "questions"
        }
        made = cls(questions=questions, **rest)
        if not 1 <= len(questions) <= QUESTIONS_MOST:
            raise ValueError(f"Ask 1 to {QUESTIONS_MOST} questions.")
        if not 1 <= made.tries <= TRIES_MOST or not 0 < made.seconds <= SECONDS_MOST:
            raise ValueError("Tries or seconds are out of bounds.")
        return made


class Asking:
    """A questionnaire as it is being asked."""

    def __init__(self, asked: Questionnaire, *, prompts: Prompts, tell: Tell) -> None:
        self.asked, self.prompts, self.tell = asked, prompts, tell
        names = (
            *(one.prompt for one in asked.questions),
            *(*asked.before, *asked.after, *asked.stopped, *([asked.sorry] if asked.sorry else [])),
        )
        self.sounds = {name: prompts(name) for name in names}
        self.answers: dict[str, str] = {}
        self.is_stopped = False
        self.steps = self._go()
        self.keys: list[str] = []
        next(self.steps)

    def tick(self, keys: Sequence[str]) -> Samples | None:
        self.keys = list(keys)
        try:
            return next(self.steps)
        except StopIteration:
            self.tell(
                Kind.QUESTIONS_DONE,
                {
                    "answers": self.answers,
                    "is_stopped": self.is_stopped,
                    "is_complete": len(self.answers) == len(self.asked.questions),
                },
            )
            return None

    def _go(self) -> Iterator[Samples]:
        yield SILENCE
        yield from self._play(self.asked.before)
        for question in self.asked.questions:
            if not self.is_stopped:
                yield from self._ask(question)
            if question.is_needed and not self.is_stopped and question.code not in self.answers:
                return
        if not self.is_stopped:
            yield from self._play(self.asked.after)
        if self.is_stopped:
            yield from self._play(self.asked.stopped)

    def _ask(self, question: Question) -> Iterator[Samples]:
        """Play and wait, some times over; a key cuts in wherever it comes."""
        for attempt in range(1, self.asked.tries + 1):
            sounds = [self.sounds[question.prompt]]
            if attempt > 1 and self.asked.sorry:
                sounds.insert(0, self.sounds[self.asked.sorry])
            for frame in _played(sounds, wait=self.asked.seconds):
                yield frame
                key = self._pressed(question.keys)
                if self.is_stopped:
                    return
                if key and key in question.keys:
                    self.answers[question.code] = key
                    self._answered(question, key, attempt)
                    return
                if key:
                    break
        self._answered(question, "", self.asked.tries)

    def _answered(self, question: Question, key: str, attempt: int) -> None:
        detail = {"question": question.code, "key": key, "tries": attempt}
        self.tell(Kind.ANSWER_GIVEN, detail)

    def _pressed(self, valid: str) -> str:
        """A key of this frame, one that is an answer first; the stop key counts before any."""
        if self.asked.stop_key in self.keys and not self.is_stopped:
            self.is_stopped = True
            detail = {"question": "stop", "key": self.asked.stop_key, "tries": 1}
            self.tell(Kind.ANSWER_GIVEN, detail)
            return ""
        return next((key for key in self.keys if key in valid), "".join(self.keys[:1]))

    def _play(self, names: Sequence[str]) -> Iterator[Samples]:
        """Prompts that only the stop key cuts short."""
        for frame in _played([self.sounds[name] for name in names]):
            was_stopped = self.is_stopped
            self._pressed("")
            if self.is_stopped is not was_stopped:
                return
            yield frame


def _played(sounds: Sequence[Samples], *, wait: float = 0) -> Iterator[Samples]:
    for sound in sounds:
        yield from frames(sound)
    for _ in range(round(wait / FRAME_SECONDS)):
        yield SILENCE
