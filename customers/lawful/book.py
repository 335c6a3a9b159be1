"""Which rules hold at a place on a day: those of its region, its country, or the strictest?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, reduce
from pathlib import Path
from typing import Final

import phonenumbers

from customers.lawful.dated import NoCalendar, calendar_of, is_holiday
from customers.lawful.edition import Edition, Register, Span, Week, common
from customers.lawful.reading import ELSEWHERE, LawUnclear, read

FOLDER: Final = Path(__file__).parent / "countries"
REST: Final = "*"  # the part of a country in which no region's own rules hold
HUMAN: Final = frozenset({"agent"})  # ways in which a person talks
LIVE: Final = frozenset({"agent", "voice"})
PHONES: Final = frozenset({"agent", "voice", "sms"})  # ways that ring or sound where the phone is


@dataclass(frozen=True, eq=False)
class Law:
    """The rules of one place, from one edition. `rests_in`: (country, region) calendars whose
    holidays are kept free.
    """

    country: str
    region: str
    edition: Edition
    week: Week
    adult_years: int
    rests_in: tuple[tuple[str, str], ...]

    @property
    def version(self) -> str:
        """The exact content of the data that decided: “US 2026-11-23 1f3a9c2e”."""
        return self.edition.version

    def is_holiday(self, day: date) -> bool:
        return any(is_holiday(country, region, day) for country, region in self.rests_in)

    def span(self, day: date) -> Span | None:
        """From when until before when somebody may be called on that day; None: not at all."""
        return _span(self, day)

    def needs_consent(self, way: str) -> bool:
        return self.edition.needs_consent[way]

    @property
    def most_attempts(self) -> int:
        return self.edition.most_attempts

    @property
    def most_a_day(self) -> int:
        return self.edition.most_a_day

    def counts(self, outcome: str) -> bool:
        """Whether a try that ended so has disturbed somebody."""
        return outcome in self.edition.gaps

    def forbids(self, layer: str, purpose: str) -> bool:
        """Whether a number on this layer may not be called for that purpose.

        A register that this country's data do not know forbids everything: nobody has said what
        it concerns.
        """
        return purpose in _concerns(self.edition).get(layer, _EVERYTHING)

    def bars(self, layer: str, *, purpose: str, since: datetime, told_at: datetime | None) -> bool:
        """Whether a number on this layer `since` then may not be called for that purpose.

        A public register gives way to what the customer told us later, `told_at` (PECR reg. 21
        (4)); a list of ours does not.
        """
        gives_way = layer.startswith("register:") and told_at is not None and told_at > since
        return not gives_way and self.forbids(layer, purpose)

    def registers_for(self, purpose: str) -> tuple[Register, ...]:
        """The public registers that have to be looked into before a call for that purpose."""
        known = self.edition.registers.values()
        return tuple(one for one in known if purpose in one.concerns)

    def gap_after(self, outcome: str) -> timedelta:
        """How long nobody is tried again after a try that ended so."""
        return self.edition.gaps.get(outcome, timedelta())


_EVERYTHING: Final = frozenset({"service", "survey", "marketing"})


@lru_cache(maxsize=64)
def _concerns(edition: Edition) -> Mapping[str, frozenset[str]]:
    registers = {one.layer: one.concerns for one in edition.registers.values()}
    return {**edition.layers, **registers}


@lru_cache(maxsize=65536)
def _span(law: Law, day: date) -> Span | None:
    return None if law.is_holiday(day) else law.week[day.weekday()]


@lru_cache(maxsize=1)
def editions() -> Mapping[str, tuple[Edition, ...]]:
    """Every edition by country, the newest first. Raises LawUnclear."""
    return read_all(FOLDER)


def read_all(folder: Path) -> Mapping[str, tuple[Edition, ...]]:
    """The editions of a folder, by country, the newest first. Raises LawUnclear."""
    found: dict[str, list[Edition]] = {}
    for path in sorted(folder.glob("*.toml")):
        edition = read(path)
        alike = found.setdefault(edition.country, [])
        if any(edition.valid_from == other.valid_from for other in alike):
            raise LawUnclear(path.name, "another file says what holds from the same day on")
        alike.append(edition)
    if ELSEWHERE not in found:
        raise LawUnclear(folder.name, "the file for all other countries is missing")
    for alike in found.values():
        alike.sort(key=lambda one: one.valid_from, reverse=True)
    return {country: tuple(alike) for country, alike in found.items()}


def edition_of(country: str, day: date) -> Edition:
    """What holds on that day; before the first edition, the first one."""
    known = editions()
    alike = known.get(country) or known[ELSEWHERE]
    return next((one for one in alike if one.valid_from <= day), alike[-1])


@lru_cache(maxsize=8192)
def law_at(country: str, region: str, day: date) -> Law:
    """The rules for an address. A region that is empty, or none of its country, gets the strictest
    of all regions: nobody knows in which of them the customer is.
    """
    edition = edition_of(country, day)
    if edition.country == ELSEWHERE:
        return _law(edition, country, "", ((country, ""),))
    if region == REST or is_part(country, region):
        return _regional(edition, country, region)
    return _strictest(edition, country)


@lru_cache(maxsize=4096)
def is_part(country: str, region: str) -> bool:
    """Whether ISO 3166-2 knows this region as one of that country."""
    if not region.startswith(f"{country}-"):
        return False
    try:
        return region[3:] in calendar_of(country).subdivisions
    except NoCalendar:
        return False


def _regional(edition: Edition, country: str, region: str) -> Law:
    own = edition.regions.get(region)
    part = region[3:] if region != REST else ""
    rests = edition.rests_on_holidays or (own is not None and own.has_no_holiday_calls)
    return Law(
        country=country,
        region=region,
        edition=edition,
        week=own.week if own and own.week else edition.week,
        adult_years=own.adult_years if own and own.adult_years else edition.adult_years,
        rests_in=((edition.calendar, part),) if rests else (),
    )


def _strictest(edition: Edition, country: str) -> Law:
    regions = edition.regions.values()
    lawless = [one.code[3:] for one in regions if one.has_no_holiday_calls]
    base = ((edition.calendar, ""),) if edition.rests_on_holidays else ()
    return Law(
        country=country,
        region="",
        edition=edition,
        week=reduce(common, (one.week for one in regions if one.week), edition.week),
        adult_years=max([edition.adult_years, *(one.adult_years or 0 for one in regions)]),
        rests_in=base + tuple((edition.calendar, part) for part in lawless),
    )


def _law(edition: Edition, country: str, region: str, rests_in: tuple[tuple[str, str], ...]) -> Law:
    return Law(country, region, edition, edition.week, edition.adult_years, rests_in)


@lru_cache(maxsize=4096)
def country_of_number(start: str) -> str:
    """The country (ISO 3166-1) of numbers that begin so (“+1212”); empty where none is known."""
    for length in (1, 2, 3):
        digits = start[1 : 1 + length]
        countries = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(
            int(digits) if digits.isdecimal() else 0
        )
        if countries:
            if digits not in SHARED:
                return countries[0] if countries[0] != "001" else ""
            number = phonenumbers.PhoneNumber(int(digits), int(start[1 + length : 5] + "2345678"))
            return phonenumbers.region_code_for_number(number) or countries[0]
    return ""


SHARED: Final = frozenset({"1", "7"})  # calling codes of several countries of their own laws


@lru_cache(maxsize=65536)
def place_of_number(start: str) -> tuple[str, str]:
    """The country and region that the first five characters of a number (“+1401”) tell of."""
    country = country_of_number(start)
    edition = editions().get(country, (None,))[0]
    return country, _areas(edition).get(start[2:5], REST) if edition else ""


@lru_cache(maxsize=64)
def _areas(edition: Edition) -> Mapping[str, str]:
    return {area: one.code for one in edition.regions.values() for area in one.area_codes}
