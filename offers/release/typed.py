"""What did somebody type into the rules of a product, and what does it say?

A requirement is a card of one stage: one condition, or several of which one is enough. All cards
must hold. Whatever is typed comes back with its error beside it; nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.errors import RuleBroken
from products.criteria import NotACriterion, comparison_for, sentence
from products.fields import read_written, written
from products.models import Stage
from products.vocabulary import COMPARISONS, FACTS, NUMERIC, WORDS, Kind

MOST_CARDS, MOST_CONDITIONS = 40, 10
PLACE = re.compile(r"^fact-(\d{1,3})-(\d{1,3})$")
DOING = re.compile(r"^(add|or|remove):([a-z]+|\d{1,3})(?::(\d{1,3}))?$")
LONGEST = 200


@dataclass(slots=True)
class Condition:
    """A fact, a comparison and a value as typed; `error` says what is wrong with them."""

    fact: str = ""
    comparison: str = ""
    value: str = ""
    error: str = ""

    @property
    def kind(self) -> str:
        return FACTS[self.fact].kind.value if self.fact in FACTS else ""

    @property
    def comparisons(self) -> list[tuple[str, str]]:
        possible = COMPARISONS[FACTS[self.fact].kind] if self.fact in FACTS else ()
        return [(one.value, WORDS[one]) for one in possible]

    @property
    def unit(self) -> str:
        if self.fact not in FACTS:
            return ""
        return "£" if FACTS[self.fact].kind == Kind.MONEY else FACTS[self.fact].unit

    @property
    def hint(self) -> str:
        if self.fact in FACTS and FACTS[self.fact].kind not in {*NUMERIC, Kind.YES_NO}:
            return "a word, or several between commas"
        return ""

    def read(self, currency: str) -> dict[str, Any] | None:
        """As content keeps it; None with `error` set when it makes no sense."""
        try:
            if self.fact not in FACTS:
                raise NotACriterion("Choose what to look at.")
            comparison_for(FACTS[self.fact], self.comparison)
            value = read_written(self.fact, self.value)
            sentence(fact=self.fact, comparison=self.comparison, value=value, currency=currency)
        except NotACriterion as error:
            self.error = str(error)
            return None
        return {"fact": self.fact, "comparison": self.comparison, "value": value}


@dataclass(slots=True)
class Card:
    """One requirement: any of its conditions is enough; `because` is told when none holds."""

    stage: str
    because: str = ""
    conditions: list[Condition] = field(default_factory=list)
    error: str = ""

    def read(self, currency: str) -> list[dict[str, Any]]:
        found = [condition.read(currency) for condition in self.conditions]
        if not self.because.strip():
            self.error = "Write what the agent is told when this does not hold."
        elif len(self.because) > LONGEST:
            self.error = f"Tell it in {LONGEST} characters."
        return [
            {"stage": self.stage, "because": self.because.strip(), **one} for one in found if one
        ]


@dataclass(slots=True)
class Typed:
    """All cards of a product, in the order of the stages."""

    cards: list[Card]

    @property
    def has_errors(self) -> bool:
        return any(card.error or any(one.error for one in card.conditions) for card in self.cards)

    def rules(self, currency: str) -> list[dict[str, Any]]:
        """The rules as content keeps them, those without errors; errors stand on the cards."""
        rules: list[dict[str, Any]] = []
        for number, card in enumerate(self.cards, start=1):
            either = number if len(card.conditions) > 1 else None
            rules += [{**rule, "either": either} for rule in card.read(currency)]
        return rules

    def of_stages(self) -> list[tuple[Stage, list[tuple[int, Card]]]]:
        placed = list(enumerate(self.cards))
        return [
            (stage, [(place, card) for place, card in placed if card.stage == stage])
            for stage in Stage
        ]

    def do(self, doing: str) -> None:
        """Add a card to a stage, a condition to a card, or remove one. Raises RuleBroken."""
        match = DOING.match(doing)
        if match is None:
            raise RuleBroken("That cannot be done with rules. Add, or, or remove a condition.")
        verb, where, which = match.groups()
        if verb == "add" and where in Stage.values and len(self.cards) < MOST_CARDS:
            self.cards.append(Card(where, conditions=[Condition()]))
        elif verb == "or" and (card := self._card(where)) is not None:
            if len(card.conditions) < MOST_CONDITIONS:
                card.conditions.append(Condition())
        elif verb == "remove" and which is not None and (card := self._card(where)) is not None:
            del card.conditions[int(which) : int(which) + 1]
            self.cards = [one for one in self.cards if one.conditions]

    def _card(self, place: str) -> Card | None:
        known = place.isdigit() and int(place) < len(self.cards)
        return self.cards[int(place)] if known else None


def of_content(rules: Iterable[Mapping[str, Any]]) -> Typed:
    """The draft's rules as they would be typed."""
    cards: dict[object, Card] = {}
    for place, rule in enumerate(rules):
        either = rule["either"]
        key = ("single", place) if either is None else (rule["stage"], either)
        card = cards.setdefault(key, Card(rule["stage"], rule["because"]))
        card.conditions.append(Condition(rule["fact"], rule["comparison"], written(rule["value"])))
    return Typed(_in_order(cards.values()))


def _in_order(cards: Iterable[Card]) -> list[Card]:
    order = list(Stage.values)
    return sorted(cards, key=lambda card: order.index(card.stage))


def of_post(posted: Mapping[str, str]) -> Typed:
    """What stands in the form; a comparison that the fact does not know becomes its first."""
    places = sorted(
        tuple(map(int, match.groups())) for name in posted if (match := PLACE.match(name))
    )
    cards: dict[int, Card] = {}
    for number, place in places[: MOST_CARDS * MOST_CONDITIONS]:
        stage = posted.get(f"stage-{number}", "")
        if stage not in Stage.values:
            continue
        card = cards.setdefault(number, Card(stage, posted.get(f"because-{number}", "")))
        if len(card.conditions) < MOST_CONDITIONS:
            card.conditions.append(_condition(posted, f"{number}-{place}"))
    return Typed(_in_order(cards.values())[:MOST_CARDS])


def _condition(posted: Mapping[str, str], place: str) -> Condition:
    typed = Condition(
        fact=posted.get(f"fact-{place}", ""),
        comparison=posted.get(f"comparison-{place}", ""),
        value=posted.get(f"value-{place}", "")[:LONGEST],
    )
    possible = [value for value, _ in typed.comparisons]
    if possible and typed.comparison not in possible:
        typed.comparison = possible[0]
    return typed
