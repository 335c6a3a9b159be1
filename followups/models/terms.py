"""What does one follow-up policy say, as it was published? Plain values, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import time
from typing import TYPE_CHECKING, Any, Final

from customers.contact_points import Channel
from followups.models.asked import (
    BY_WAY,
    Question,
    Way,
    answered_by_key,
    in_words,
    ways_in_words,
)
from interactions.models import Outcome

if TYPE_CHECKING:
    from followups.models.policy import FollowUpPolicy

Names = Mapping[str, str]
COLUMNS: Final = {"request_type": "problem_request_type_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One policy. An empty criterion fits every contact; `reasons` and `segments` are codes.

    The delay is `delay_minutes` by the clock, unless `delay_working_days` is given. `id` is its
    row, `request_type` that of a problem heard.
    """

    id: int
    name: str
    reasons: tuple[str, ...]
    channels: tuple[str, ...]
    outcomes: tuple[str, ...]
    segments: tuple[str, ...]
    delay_minutes: int
    delay_working_days: int | None
    window_start: time
    window_end: time
    questions: tuple[str, ...]
    ways: tuple[str, ...]
    max_attempts: int
    retry_minutes: int
    lapse_days: int
    review_days: int
    sample_percent: int
    cool_down_days: int
    asks_by_voice: bool
    request_type: int | None

    @classmethod
    def of(cls, policy: FollowUpPolicy) -> Terms:
        """What the row says now."""
        kept = {one.name: getattr(policy, COLUMNS.get(one.name, one.name)) for one in fields(cls)}
        return cls(**{name: _read("", value) for name, value in kept.items()})

    def columns(self) -> dict[str, Any]:
        """The columns of its row, but for the id."""
        kept = {COLUMNS.get(name, name): value for name, value in asdict(self).items()}
        del kept["id"]
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Terms:
        """From what a version keeps."""
        return cls(**{one.name: _read(one.name, kept[one.name]) for one in fields(cls)})

    def written(self) -> dict[str, Any]:
        """As a version keeps it."""
        return {name: _written(value) for name, value in asdict(self).items()}

    @property
    def fits_all(self) -> bool:
        return not (self.reasons or self.channels or self.outcomes or self.segments)

    @property
    def questions_by_voice(self) -> list[str]:
        """Those of its questions that a yes or no by key can answer, where it asks so at all."""
        return answered_by_key(self.questions if self.asks_by_voice else [])

    def whom(self, reasons: Names) -> str:
        """Which contacts it is for; `reasons` are the names of contact reasons by their codes."""
        if self.fits_all:
            return "any other contact"
        parts = [
            _among(
                [f"“{reasons.get(code, code.replace('-', ' '))}”" for code in self.reasons],
                "any contact",
            )
        ]
        if self.channels:
            parts.append("by " + _among([Channel(one).label.lower() for one in self.channels]))
        if self.outcomes:
            parts.append("that ended " + _among([f"“{Outcome(o).label}”" for o in self.outcomes]))
        if self.segments:
            parts.append("with customers of " + _among(list(self.segments)))
        return " ".join(parts)

    @property
    def delay(self) -> str:
        """When it asks, from the end of the contact on."""
        if self.delay_working_days is None:
            return f"{in_words(self.delay_minutes)} after"
        if self.delay_working_days == 0:
            return "on the same working day, else on the next, after"
        if self.delay_working_days == 1:
            return "on the next working day after"
        return f"{self.delay_working_days} working days after"

    def summary(self, reasons: Names) -> str:
        """The policy as a few sentences."""
        count = len(self.questions)
        times = "once" if self.max_attempts == 1 else f"at most {self.max_attempts} times"
        each = " each way" if len(self.ways) > 1 else ""
        again = "" if self.max_attempts == 1 else f", {in_words(self.retry_minutes)} apart"
        delay = self.delay[:1].upper() + self.delay[1:]
        said = [
            f"{delay} {self.whom(reasons)}, ask {count} question{'' if count == 1 else 's'} "
            f"{ways_in_words(self.ways)} between {self.window_start:%H:%M} and "
            f"{self.window_end:%H:%M} at the customer's place; try {times}{each}{again}; give up "
            f"{in_words(self.lapse_days * 24 * 60)} later.",
            f"When all is well, look at the needs again after {self.review_days} days.",
        ]
        if self.sample_percent < 100:
            said.append(f"Only {self.sample_percent} % of these contacts are drawn.")
        if self.cool_down_days:
            days = in_words(self.cool_down_days * 24 * 60)
            said.append(f"Whoever was asked less than {days} before is left alone.")
        if self.questions_by_voice:
            said.append("An automatic voice asks right after a call; who answers is not called.")
        return " ".join(said)

    def told(self, reasons: Names, types: Mapping[int, str]) -> dict[str, str]:
        """Each thing it says under its label, for telling two versions apart; `types` are the
        names of request types by their ids.
        """
        by_clock = self.delay_working_days is None
        return {
            "name": self.name,
            "for": self.whom(reasons),
            "asks": self.delay.removesuffix(" after") + (" after the contact" if by_clock else ""),
            "hours": f"{self.window_start:%H:%M} to {self.window_end:%H:%M}",
            "questions": "; ".join(str(Question(one).label) for one in self.questions),
            "ways": ", then ".join(BY_WAY[Way(one)] for one in self.ways),
            "tries": f"{self.max_attempts} each way, {in_words(self.retry_minutes)} apart",
            "gives up after": in_words(self.lapse_days * 24 * 60),
            "next look at the needs": f"after {self.review_days} days",
            "sample": f"{self.sample_percent} %",
            "cool-down": f"{self.cool_down_days} days",
            "voice right after a call": "yes" if self.asks_by_voice else "no",
            "request for a problem": self._opens(types),
        }

    def _opens(self, types: Mapping[int, str]) -> str:
        """The request that a problem opens."""
        if self.request_type is None:
            return "the usual one"
        name = types.get(self.request_type)
        return f"“{name}”" if name else "one of a type that is no longer kept"


def _among(names: list[str], nothing: str = "") -> str:
    return " or ".join(names) or nothing


def _read(name: str, value: Any) -> Any:
    if name.startswith("window_"):
        return time.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value


def _written(value: Any) -> Any:
    if isinstance(value, time):
        return value.isoformat("minutes")
    return list(value) if isinstance(value, tuple) else value
