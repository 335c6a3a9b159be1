"""Who comes to the bank, what do they hold, how long do they stay? As chance has it.

Half of the customers came within the two years that the past tells of, evenly, up to yesterday;
the others were here before. The risk of leaving is a rate: higher in the first half-year, and
higher where things went badly, so that each cohort thins out as real ones do.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from intake.seeding.profiles import Held, Profile

WATCHED = 730  # days: the past that is told
ELDEST = 13 * 365
NEWCOMERS = 0.5
EARLY_DAYS, EARLY_RISK, RISK = 180, 0.045 / 30, 0.026 / 30  # a day
SAVED = 0.18  # of those who stayed once wished to leave
SEGMENTS = ("personal",) * 7 + ("student",) + ("premier",) * 2
MOODS = (0.15, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
FOREIGN_SPEND = (0, 0, 0, 150, 400, 900, 2500)
PERMITS = (("service", "survey", "marketing"),) * 7 + (("service", "survey"),) * 2 + (("service",),)


def phone(number: int) -> str:
    """A number of the range that is kept free for drama: +44 20 7946 0000 to 0999 (Ofcom)."""
    return f"+4420794600{number % 100:02d}" if number < 100 else f"+442079460{number % 1000:03d}"


def mail(name: str, number: int | None = None) -> str:
    local = ".".join(
        "".join(letter for letter in part if letter.isalnum()) for part in name.lower().split()
    )
    return f"{local}{'' if number is None else number}@example.com"


def drawn(
    number: int,
    name: str,
    team_id: int,
    today: date,
    random: Random,
    *,
    email: str = "",
    is_business: bool = False,
    stays: bool = False,
) -> Profile:
    """A customer as chance has them; who `stays` never leaves."""
    mood = random.choice(MOODS)
    days = _days_here(random)
    since = today - timedelta(days=days)
    left_on = None if stays else _left_on(since, today, mood, random)
    saved_on = None
    if left_on is None and days > 30 and random.random() < SAVED:
        ago = random.randrange(2, min(days - 10, WATCHED))
        saved_on = _workday(today - timedelta(days=ago))
    return Profile(
        name=name,
        team_id=team_id,
        external_id=f"NB-{number:06d}",
        phone=phone(100 + number),
        email=email or mail(name),
        since=since,
        born_on=None if is_business else _birthday(random),
        holdings=_holdings(since, left_on or today, random, is_business=is_business),
        segment="business" if is_business else random.choice(SEGMENTS),
        kind="organisation" if is_business else "person",
        figures={
            "annual_income": str(random.randrange(12, 90) * 1000),
            "foreign_spend": str(random.choice(FOREIGN_SPEND)),
        },
        permits=random.choice(PERMITS),
        contacts=random.randrange(3, 10),
        mood=mood,
        left_on=left_on,
        saved_on=saved_on,
    )


def _days_here(random: Random) -> int:
    if random.random() < NEWCOMERS:
        return random.randrange(1, WATCHED)
    return random.randrange(WATCHED, ELDEST)


def _left_on(since: date, today: date, mood: float, random: Random) -> date | None:
    """The day on which the risk that they bore since they are watched became too much."""
    patience = random.expovariate(1.6 - 1.2 * mood)
    begun = max(since, today - timedelta(days=WATCHED))
    if begun > since:
        days = patience / RISK
    elif patience < EARLY_DAYS * EARLY_RISK:
        days = patience / EARLY_RISK
    else:
        days = EARLY_DAYS + (patience - EARLY_DAYS * EARLY_RISK) / RISK
    if days >= (today - begun).days:
        return None
    left_on = _workday(begun + timedelta(days=int(days)))
    return left_on if left_on > since else None


def _workday(day: date) -> date:
    """That day, or the Friday before a weekend."""
    return day - timedelta(days=max(day.weekday() - 4, 0))


def _birthday(random: Random) -> date:
    return date(1940 + random.randrange(66), 1 + random.randrange(12), 1 + random.randrange(28))


def _holdings(since: date, until: date, random: Random, *, is_business: bool) -> list[Held]:
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
    later = since + (until - since) * random.random()
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
