"""Who are the customers of Northgate Bank? Forty by name, the others drawn from chance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from intake.seeding.names import BUSINESSES, FIRST, LAST, NAMED
from intake.seeding.population import drawn, mail, phone
from intake.seeding.profiles import Held, Profile

OTHERS = 400


def years_before(today: date, years: float) -> date:
    return today - timedelta(days=round(365.25 * years))


def told_by_name(team_id: int, today: date) -> dict[str, Profile]:
    """The customers whom the day tells of, with the figures that their stories need."""

    def profile(name: str, number: int, years: float, held: list[Held], **rest: object) -> Profile:
        since = years_before(today, years)
        return Profile(
            name=name,
            team_id=team_id,
            external_id=f"NB-{number:06d}",
            phone=phone(100 + number),
            email=mail(name),
            since=since,
            born_on=date(1955 + (number * 7) % 45, 1 + number % 12, 1 + number % 28),
            holdings=held,
            is_told=True,
            **rest,  # type: ignore[arg-type]
        )

    def account(years: float, balance: str, charge: str = "5.00") -> Held:
        return Held("everyday-account", years_before(today, years), balance, "1.00", charge)

    ada = profile(
        "Ada Byron",
        1,
        11.2,
        [
            account(11.2, "1240.55", "0"),
            Held("instant-saver", years_before(today, 9), "8500", "0.60"),
            Held("classic-card", years_before(today, 6), "0", "24.90"),
            Held("home-insurance", years_before(today, 4), "0"),
        ],
        segment="premier",
        figures={"annual_income": "46000", "foreign_spend": "600"},
        contacts=9,
        mood=0.95,
    )
    ben = profile(
        "Ben King",
        2,
        3.4,
        [
            account(3.4, "312.80", "12.50"),
            Held("classic-card", years_before(today, 2), "2350", "24.90"),
        ],
        figures={"annual_income": "27500", "foreign_spend": "1800"},
        contacts=8,
        mood=0.2,
    )
    cy = profile(
        "Cy Dunn",
        3,
        6.1,
        [
            account(6.1, "2210.00"),
            Held("instant-saver", years_before(today, 5), "4000", "0.60"),
        ],
        figures={"annual_income": "31000"},
        permits=("service",),
        contacts=5,
        mood=0.7,
    )
    dorothy = profile(
        "Dorothy Lane",
        4,
        24.0,
        [
            account(24, "3890.10", "0"),
            Held("instant-saver", years_before(today, 15), "21400", "0.60"),
        ],
        figures={"annual_income": "17800"},
        vulnerable_since=today - timedelta(days=70),
        vulnerable_because="Husband died in the summer; asks to speak slowly and by phone.",
        contacts=7,
        mood=0.8,
    )
    eve = profile(
        "Eve Nolan",
        5,
        8.3,
        [
            account(8.3, "640.00"),
            Held("instant-saver", years_before(today, 8), "6200", "0.60"),
        ],
        figures={"annual_income": "38500", "foreign_spend": "2400"},
        contacts=7,
        mood=0.3,
    )
    return {person.name: person for person in (ada, ben, cy, dorothy, eve)}


def everybody(*, everyday: int, business: int, today: date, random: Random) -> Iterator[Profile]:
    """The whole base in a fixed order: the same customers for the same day."""
    told = told_by_name(everyday, today)
    for number, name in enumerate(NAMED, start=1):
        yield told.get(name) or drawn(number, name, everyday, today, random, stays=True)
    names = [f"{first} {last}" for first in FIRST for last in LAST]
    random.shuffle(names)
    for number, name in enumerate(names[:OTHERS], start=len(NAMED) + 1):
        address = mail(name, number)
        yield drawn(number, name, everyday, today, random, email=address)
    for number, name in enumerate(BUSINESSES, start=900):
        yield drawn(
            number,
            name,
            business,
            today,
            random,
            email=mail(name, number),
            is_business=True,
            stays=True,
        )
