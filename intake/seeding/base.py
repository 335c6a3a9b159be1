"""Who are the customers of Northgate Bank? Forty by name, the others drawn from chance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from intake.seeding.names import BUSINESSES, FIRST, LAST, NAMED
from intake.seeding.past import Held, Profile

OTHERS = 320
SEGMENTS = ("personal",) * 7 + ("student",) + ("premier",) * 2


def phone(number: int) -> str:
    """A number of the range that is kept free for drama: +44 20 7946 0000 to 0999 (Ofcom)."""
    return f"+4420794600{number % 100:02d}" if number < 100 else f"+442079460{number % 1000:03d}"


def years_before(today: date, years: float) -> date:
    return today - timedelta(days=round(365.25 * years))


def mail(name: str, number: int | None = None) -> str:
    local = ".".join(
        "".join(letter for letter in part if letter.isalnum()) for part in name.lower().split()
    )
    return f"{local}{'' if number is None else number}@example.com"


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
        yield told.get(name) or drawn(number, name, everyday, today, random)
    names = [f"{first} {last}" for first in FIRST for last in LAST]
    random.shuffle(names)
    for number, name in enumerate(names[:OTHERS], start=len(NAMED) + 1):
        yield drawn(number, name, everyday, today, random)
    for number, name in enumerate(BUSINESSES, start=900):
        yield drawn(number, name, business, today, random, is_business=True)


def drawn(
    number: int,
    name: str,
    team_id: int,
    today: date,
    random: Random,
    *,
    is_business: bool = False,
    source: str = "seed",
) -> Profile:
    """A customer as chance has them. A bad mood makes leaving likelier."""
    years = random.choice((0.06, 0.15, 0.3, 0.6, 0.9, 1.3, 1.6, 1.9, 3, 5, 8, 13)) * (
        0.7 + random.random() * 0.6
    )
    since = years_before(today, years)
    mood = random.choice((0.15, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95))
    chance = random.random()
    leaves = years > 0.4 and chance < 0.24 - 0.2 * mood
    return Profile(
        name=name,
        team_id=team_id,
        external_id=f"NB-{number:06d}",
        phone=phone(100 + number),
        email=mail(name, number if number > len(NAMED) else None),
        since=since,
        born_on=None
        if is_business
        else date(1940 + random.randrange(66), 1 + random.randrange(12), 1 + random.randrange(28)),
        holdings=_holdings(since, today, random, is_business=is_business),
        segment="business" if is_business else random.choice(SEGMENTS),
        kind="organisation" if is_business else "person",
        source=source,
        figures={
            "annual_income": str(random.randrange(12, 90) * 1000),
            "foreign_spend": str(random.choice((0, 0, 0, 150, 400, 900, 2500))),
        },
        permits=random.choice(
            (("service", "survey", "marketing"),) * 7
            + (("service", "survey"),) * 2
            + (("service",),)
        ),
        contacts=random.randrange(3, 10),
        mood=mood,
        leaves=leaves,
        is_saved=not leaves and chance < 0.34,
    )


def _holdings(since: date, today: date, random: Random, *, is_business: bool) -> list[Held]:
    if is_business:
        balance = str(random.randrange(400, 60_000))
        charge = str(random.choice((6, 9, 14, 22)))
        return [Held("business-account", since, balance, "0", charge)]
    held = [
        Held(
            "everyday-account",
            since,
            f"{random.randrange(20, 4000)}.{random.randrange(100):02d}",
            "1.00",
            random.choice(("0", "0", "5.00", "8.00")),
        )
    ]
    later = since + (today - since) * random.random()
    chance = random.random()
    if chance < 0.35:
        held.append(Held("instant-saver", later, str(random.randrange(100, 18_000)), "0.60"))
    elif chance < 0.5:
        held.append(Held("saver-plus", later, str(random.randrange(500, 25_000)), "3.10"))
    if random.random() < 0.4:
        debt = random.choice((0, 0, 350, 900, 2400, 4800))
        held.append(Held("classic-card", later, str(debt), "24.90"))
    if random.random() < 0.12:
        held.append(Held("home-insurance", later, "0"))
    return held
