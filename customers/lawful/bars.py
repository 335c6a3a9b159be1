"""Whom and which number does the law of a place keep us from, whatever the hour? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from customers.lawful.book import Law

# A date begins up to 14 hours earlier, and ends up to 12 hours later, somewhere than in London.
FIRST_DATE: Final = timedelta(hours=14)
LAST_DATE: Final = timedelta(hours=-12)


class Bar(StrEnum):
    """What stands against it; the words of follow-ups' rules and of offers are theirs."""

    BEREAVED = "bereaved"
    MINOR = "minor"
    LEFT = "left"
    DO_NOT_CALL = "do_not_call"
    REGISTERED = "registered"
    REGISTER_TOO_OLD = "register_too_old"


def bar_of_person(
    law: Law,
    *,
    born_on: date | None,
    bereaved_since: date | None,
    left_on: date | None,
    at: datetime,
) -> Bar | None:
    """Why nobody gets in touch with this person of our own accord; None where nothing bars it."""
    if bereaved_since is not None:
        return Bar.BEREAVED
    if born_on and _age(born_on, (at + LAST_DATE).date()) < law.adult_years:
        return Bar.MINOR
    if left_on and left_on <= (at + FIRST_DATE).date():
        return Bar.LEFT
    return None


def bar_of_number(
    law: Law,
    *,
    purpose: str,
    layers: Mapping[str, datetime],
    told_at: datetime | None,
    register_days: Mapping[str, date],
    at: datetime,
) -> Bar | None:
    """Why this number is not called for that purpose; None where nothing bars it.

    `layers`: since when each do-not-call layer holds it. `told_at`: the customer's own word on it.
    `register_days`: of which day each public register on file is. One that is too old is none.
    """
    for layer, since in layers.items():
        if law.bars(layer, purpose=purpose, since=since, told_at=told_at):
            return Bar.REGISTERED if layer.startswith("register:") else Bar.DO_NOT_CALL
    for register in law.registers_for(purpose):
        day = register_days.get(register.layer)
        if day is not None and (at + FIRST_DATE).date() - day > register.longest_age:
            return Bar.REGISTER_TOO_OLD
    return None


def _age(born_on: date, day: date) -> int:
    birthday_is_to_come = (day.month, day.day) < (born_on.month, born_on.day)
    return day.year - born_on.year - birthday_is_to_come
