"""What does a country's file say? Every line is checked, and a wrong one is refused by its name."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, Final, cast

from customers.lawful.dated import Calendar, NoCalendar, calendar_of
from customers.lawful.edition import (
    DAYS,
    Edition,
    Line,
    Region,
    Register,
    Source,
    Span,
    Week,
    week_in_words,
    within,
)

ELSEWHERE: Final = "*"
SPANS: Final[Mapping[str, tuple[int, ...]]] = {
    **{day: (place,) for place, day in enumerate(DAYS)},
    "monday_to_friday": (0, 1, 2, 3, 4),
    "monday_to_saturday": (0, 1, 2, 3, 4, 5),
    "every_day": tuple(range(7)),
}
WAYS: Final = ("agent", "voice", "sms", "email")
PURPOSES: Final = ("service", "survey", "marketing")
LAYERS: Final = ("global", "internal")
OUTCOMES: Final = ("no_answer", "machine", "silent", "partial", "broken_off", "busy", "sent")
READ: Final = ("the text", "a summary", "nothing: cited from memory")
HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
LENGTH: Final = re.compile(r"(\d{1,3}) (hour|minute)s?")
TOP: Final = {
    *("country", "name", "valid_from", "sources", "adult", "hours", "holidays", "consent"),
    *("attempts", "layers", "registers", "regions"),
}


class LawUnclear(Exception):
    """A file of rules that cannot be kept as it stands: where, and what to do."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place}: {what}")


def read(path: Path) -> Edition:
    """The file as an edition. Raises LawUnclear with the line's name and what to do."""
    content = path.read_bytes()
    try:
        told = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LawUnclear(path.name, f"this is no TOML: {error}") from error
    digest = hashlib.sha256(content).hexdigest()[:8]
    return _File(path.name, told).edition(digest)


class _File:
    """One file being read; `lines` collects what is shown, in the order of the file."""

    def __init__(self, name: str, told: dict[str, Any]) -> None:
        self.name, self.told = name, told
        self.sources: dict[str, Source] = {}
        self.used: set[str] = set()
        self.lines: list[Line] = []

    def edition(self, digest: str) -> Edition:
        self._only(self.told, TOP, "")
        country = self._text(self.told, "country", "")
        if not re.fullmatch(r"[A-Z]{2}|\*", country):
            raise self._unclear("country", "give two capital letters (ISO 3166-1), or *")
        valid_from = self.told.get("valid_from")
        if type(valid_from) is not date:
            raise self._unclear("valid_from", "give a day, such as 2026-11-23")
        self._sources()
        adult = self._adult(self._part(self.told, "adult", ""), "adult")
        week = self._week(self._part(self.told, "hours", ""), "hours")
        edition = Edition(
            country=country,
            name=self._text(self.told, "name", ""),
            valid_from=valid_from,
            version=f"{country} {valid_from} {digest}",
            adult_years=adult,
            week=week,
            **self._holidays(country),
            needs_consent=self._consent(),
            **self._attempts(),
            layers=self._layers(),
            registers=dict(self._registers()),
            lines=tuple(self.lines),
            regions=dict(self._regions(country, week)),
        )
        if unused := self.sources.keys() - self.used:
            raise self._unclear("sources", f"no line names {', '.join(sorted(unused))}")
        return edition

    def _sources(self) -> None:
        for code, told in self._part(self.told, "sources", "").items():
            place = f"sources.{code}"
            self._only(told, {"text", "where", "read"}, place)
            read_how = self._text(told, "read", place)
            if read_how not in READ:
                raise self._unclear(f"{place}.read", f"say one of {', '.join(READ)}")
            self.sources[code] = Source(
                self._text(told, "text", place), self._text(told, "where", place), read_how
            )

    def _adult(self, told: dict[str, Any], place: str) -> int:
        self._only(told, {"years", "source"}, place)
        years = self._number(told, "years", place, least=1, most=30)
        self._line("Adults", f"From {years} years on; nobody younger is asked.", told, place)
        return years

    def _week(self, told: dict[str, Any], place: str) -> Week:
        self._only(told, {*SPANS, "source"}, place)
        week: dict[int, Span | None] = {}
        for name in told.keys() - {"source"}:
            for day in SPANS[name]:
                if day in week:
                    raise self._unclear(f"{place}.{name}", f"{DAYS[day]} stands here twice")
                week[day] = self._span(told[name], f"{place}.{name}")
        if missing := [name for day, name in enumerate(DAYS) if day not in week]:
            raise self._unclear(place, f"say the hours of {', '.join(missing)} too, or “none”")
        whole = tuple(week[day] for day in range(7))
        self._line("Hours", week_in_words(whole), told, place)
        return whole

    def _span(self, told: Any, place: str) -> Span | None:
        if told == "none":
            return None
        found = HOURS.fullmatch(told) if isinstance(told, str) else None
        if found is None:
            raise self._unclear(place, "write it like “09:00-20:00”, or “none”")
        start, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
        if start >= end:
            raise self._unclear(place, "the end has to come after the start, on the same day")
        return start, end

    def _holidays(self, country: str) -> dict[str, Any]:
        told = self._part(self.told, "holidays", "")
        self._only(told, {"calendar", "rest", "source"}, "holidays")
        calendar, rest = self._text(told, "calendar", "holidays"), told.get("rest")
        if not isinstance(rest, bool):
            raise self._unclear("holidays.rest", "say true or false")
        if calendar != ELSEWHERE:
            self._calendar(calendar, "", "holidays.calendar")
        elif country != ELSEWHERE:
            raise self._unclear("holidays.calendar", "name the calendar of the country")
        says = "Nobody is called on a public holiday." if rest else "As on other days."
        self._line("Public holidays", says, told, "holidays")
        return {"calendar": calendar, "rests_on_holidays": rest}

    def _calendar(self, country: str, region: str, place: str) -> Calendar:
        try:
            return calendar_of(country, region)
        except NoCalendar as error:
            raise self._unclear(place, f"there is no calendar of {country} {region}") from error

    def _consent(self) -> dict[str, bool]:
        told, found = self._part(self.told, "consent", ""), {}
        self._only(told, set(WAYS), "consent")
        for way in WAYS:
            part, place = self._part(told, way, "consent"), f"consent.{way}"
            self._only(part, {"needed", "source"}, place)
            if not isinstance(part.get("needed"), bool):
                raise self._unclear(f"{place}.needed", "say true or false")
            found[way] = part["needed"]
            says = "Only with the customer's consent." if found[way] else "Unless withdrawn."
            self._line(f"Consent: {way}", says, part, place)
        return cast("dict[str, bool]", found)

    def _attempts(self) -> dict[str, Any]:
        told = self._part(self.told, "attempts", "")
        self._only(told, {"most", "most_a_day", "gaps", "source"}, "attempts")
        most = self._number(told, "most", "attempts", least=1, most=20)
        a_day = self._number(told, "most_a_day", "attempts", least=1, most=20)
        gaps = self._part(told, "gaps", "attempts")
        self._only(gaps, set(OUTCOMES), "attempts.gaps")
        found = {name: self._length(gaps.get(name), f"attempts.gaps.{name}") for name in OUTCOMES}
        self._line("Attempts", f"At most {most}, and {a_day} within 24 hours.", told, "attempts")
        apart = ", ".join(f"{name.replace('_', ' ')} {gaps[name]}" for name in OUTCOMES)
        self._line("Gap after an attempt", f"{apart}.", told, "attempts")
        return {"most_attempts": most, "most_a_day": a_day, "gaps": found}

    def _length(self, told: Any, place: str) -> timedelta:
        found = LENGTH.fullmatch(told) if isinstance(told, str) else None
        if found is None:
            raise self._unclear(place, "write it like “24 hours” or “30 minutes”")
        return timedelta(minutes=int(found[1]) * (60 if found[2] == "hour" else 1))

    def _layers(self) -> dict[str, frozenset[str]]:
        told = self._part(self.told, "layers", "")
        self._only(told, set(LAYERS), "layers")
        found = {}
        for layer in LAYERS:
            part, place = self._part(told, layer, "layers"), f"layers.{layer}"
            self._only(part, {"concerns", "source"}, place)
            found[layer] = self._purposes(part, place)
            says = f"Forbids calls for {', '.join(sorted(found[layer]))}."
            self._line(f"Do not call: {layer}", says, part, place)
        return found

    def _registers(self) -> Iterator[tuple[str, Register]]:
        for code, told in self.told.get("registers", {}).items():
            place = f"registers.{code}"
            self._only(told, {"name", "concerns", "days", "source", "scope"}, place)
            days = self._number(told, "days", place, least=1, most=366)
            concerns, name = self._purposes(told, place), self._text(told, "name", place)
            says = f"Forbids calls for {', '.join(sorted(concerns))}; at most {days} days old."
            self._line(f"Register: {name}", says, told, place)
            scope = {"source": told.get("scope")}
            self._line(f"Register: {name}", "What it concerns.", scope, f"{place}.scope")
            yield code, Register(code, name, concerns, timedelta(days=days))

    def _regions(self, country: str, week: Week) -> Iterator[tuple[str, Region]]:
        taken: set[str] = set()
        for code, told in self.told.get("regions", {}).items():
            place = f"regions.{code}"
            self._only(told, {"name", "area_codes", "hours", "adult", "no_holidays"}, place)
            if not re.fullmatch(rf"{country}-[A-Z0-9]{{1,3}}", code):
                raise self._unclear(place, f"a region of {country} is written {country}-XX")
            self._calendar(country, code[3:], place)
            codes = told.get("area_codes", [])
            if not all(isinstance(one, str) and one.isdecimal() for one in codes):
                raise self._unclear(f"{place}.area_codes", "give digits as text")
            if again := taken.intersection(codes):
                raise self._unclear(f"{place}.area_codes", f"{min(again)} stands here twice")
            taken.update(codes)
            yield code, self._region(code, told, place, week)

    def _region(self, code: str, told: dict[str, Any], place: str, country_week: Week) -> Region:
        self.lines = []
        week = adult = None
        if "hours" in told:
            week = self._week(told["hours"], f"{place}.hours")
            if not within(week, country_week):
                raise self._unclear(f"{place}.hours", "they are longer than the country's")
        if "adult" in told:
            adult = self._adult(told["adult"], f"{place}.adult")
        if "no_holidays" in told:
            says = "Nobody is called on a legal holiday."
            self._line("Public holidays", says, told["no_holidays"], f"{place}.no_holidays")
        return Region(
            code=code,
            name=self._text(told, "name", place),
            area_codes=tuple(told.get("area_codes", ())),
            week=week,
            adult_years=adult,
            has_no_holiday_calls="no_holidays" in told,
            lines=tuple(self.lines),
        )

    def _purposes(self, told: dict[str, Any], place: str) -> frozenset[str]:
        concerns = told.get("concerns")
        if not isinstance(concerns, list) or not concerns or not set(concerns) <= set(PURPOSES):
            raise self._unclear(f"{place}.concerns", f"name some of {', '.join(PURPOSES)}")
        return frozenset(concerns)

    def _line(self, about: str, says: str, told: dict[str, Any], place: str) -> None:
        code = told.get("source")
        if code not in self.sources:
            raise self._unclear(f"{place}.source", "name one of the sources of this file")
        self.used.add(code)
        self.lines.append(Line(about, says, self.sources[code]))

    def _part(self, told: dict[str, Any], name: str, place: str) -> dict[str, Any]:
        part = told.get(name)
        if not isinstance(part, dict):
            raise self._unclear(f"{place}.{name}".strip("."), "this part is missing")
        return part

    def _text(self, told: dict[str, Any], name: str, place: str) -> str:
        text = told.get(name)
        if not isinstance(text, str) or not text.strip():
            raise self._unclear(f"{place}.{name}".strip("."), "this text is missing")
        return text

    def _number(self, told: dict[str, Any], name: str, place: str, *, least: int, most: int) -> int:
        number = told.get(name)
        if type(number) is not int or not least <= number <= most:
            raise self._unclear(f"{place}.{name}", f"give a whole number from {least} to {most}")
        return number

    def _only(self, told: Any, known: set[str], place: str) -> None:
        if not isinstance(told, dict):
            raise self._unclear(place, "this has to be a table")
        if unknown := told.keys() - known:
            raise self._unclear(f"{place}.{min(unknown)}".strip("."), "nobody knows this word here")

    def _unclear(self, place: str, what: str) -> LawUnclear:
        return LawUnclear(f"{self.name}, {place}", what)
