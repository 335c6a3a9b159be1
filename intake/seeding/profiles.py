"""What is known of a customer before their past is written?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Held:
    """One holding of a profile; rates in per cent a year, money in pounds."""

    product: str
    opened_on: date
    balance: str = "0"
    annual_rate: str = "0"
    monthly_charge: str = "0"


@dataclass(slots=True)
class Profile:
    """A customer; `mood` from 0 to 1 tells how well it went with them.

    Who wished to leave either did, on `left_on`, or stayed after the talk of `saved_on`.
    """

    name: str
    team_id: int
    external_id: str
    phone: str
    email: str
    since: date
    born_on: date | None
    holdings: list[Held]
    segment: str = "personal"
    kind: str = "person"
    source: str = "seed"
    figures: dict[str, str] = field(default_factory=dict)
    permits: tuple[str, ...] = ("service", "survey", "marketing")
    vulnerable_since: date | None = None
    vulnerable_because: str = ""
    contacts: int = 6
    mood: float = 0.75
    left_on: date | None = None
    saved_on: date | None = None
    is_told: bool = False  # the day tells this customer's needs; chance adds none
    has_words: bool = True
