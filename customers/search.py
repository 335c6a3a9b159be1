"""Which customers does somebody mean by what they typed?

Whole keys and beginnings go to plain indexes, never through trigrams: a whole e-mail address is
300 times slower there. Only a fragment that begins no name asks the trigram index, and only a
text that is nowhere asks for names one typo away. What is asked at every key press is prepared:
Django builds it once a process and PostgreSQL plans it once a connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, reduce
from inspect import signature
from itertools import islice
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import Col
from django.db.models.functions import Lower, Reverse
from django.db.models.lookups import In

from accounts.prepared import NOBODY, Prepared
from customers.contact_points import PHONES, Channel, NotAnAddress, normalise
from customers.names import (
    LAST_WORD_KEY,
    LONGEST,
    NAME_KEY,
    SHORTEST,
    NameWord,
    is_one_typo,
    spellings,
)

if TYPE_CHECKING:
    from customers.models import CustomerQuerySet

LONGEST_TEXT = 100  # characters; nobody's name or address is found better by more
SHORTEST_TEXT = 2
SHORTEST_TAIL = 4  # digits
SHORTEST_PART = 3  # letters; a trigram needs three
MOST_CORRECTIONS = 10
LAST_CHARACTER = chr(0x10FFFF)  # sorts after everything else in byte order
PHONE_LIKE = re.compile(r"[\d\s+()./-]+")

Build = Callable[..., QuerySet[Any, Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """One customer found; `channel` and `shown` tell the contact point that matched, or nothing.

    `shown` is whole only when the whole address was typed, else masked: a search by four digits
    must not read out anybody's number.
    """

    id: int
    name: str
    segment: str
    channel: str = ""
    shown: str = ""


def find(customers: CustomerQuerySet, text: str, limit: int) -> list[Found]:
    """At most `limit` of `customers`, best first; nothing for a text too short to mean anybody.

    `customers` are what `visible_to` gives: everybody, or those of some teams.
    """
    typed = tidy(text)
    asked = Asked(customers, _teams_of(customers), limit)
    if len(typed) < SHORTEST_TEXT or asked.teams == ():
        return []
    return list(islice(_distinct(_ways(asked, typed)), limit))


@dataclass(frozen=True, slots=True)
class Asked:
    """Who may be found, how many, and whether they are limited to some teams."""

    customers: CustomerQuerySet
    teams: tuple[int, ...] | None
    limit: int

    def rows(self, build: Build, **typed: str) -> list[tuple[Any, ...]]:
        """The rows of one kind of key, by the statement prepared for so many teams."""
        teams = self.teams or ()
        known = {f"team_{place}": team for place, team in enumerate(teams)}
        among = None if self.teams is None else len(teams)
        statement = _statement(self.customers.model, build, among, self.limit)
        return statement.rows(**known, **typed)


def _teams_of(customers: CustomerQuerySet) -> tuple[int, ...] | None:
    """The teams that `visible_to` has limited them to; None when it has not."""
    match customers.query.where.children:
        case []:
            return None
        case [In(lhs=Col(target=target), rhs=teams)] if target.name == "team":
            return tuple(teams)
    raise TypeError("Search what visible_to gives: other conditions would be lost.")


@cache
def _statement(model: type[Model], build: Build, teams: int | None, limit: int) -> Prepared:
    """The statement of one kind of key among so many teams; names stand in for what is typed."""
    nobodies = {f"team_{place}": NOBODY - place for place in range(teams or 0)}
    typed = {name: f"\x02{name}" for name in list(signature(build).parameters)[1:]}

    def built(**values: Any) -> QuerySet[Any, Any]:
        customers: QuerySet[Any] = model._default_manager.all()
        if teams is not None:
            customers = customers.filter(team__in=[values[name] for name in nobodies])
        return build(customers, **{name: values[name] for name in typed})[:limit]

    return Prepared(built, {**nobodies, **typed})


def tidy(text: str) -> str:
    """Lower case, one space between words, without control characters, cut to a sane length."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST_TEXT])
    return " ".join(printable.split())[:LONGEST_TEXT].strip().lower()


def masked(channel: str, value: str) -> str:
    """The last four digits of a phone, the first letter and the domain of an e-mail address."""
    if channel in PHONES:
        return "•••• " + value[-4:]
    first, domain = value[:1], value.partition("@")[2]
    return f"{first}•••@{domain}" if channel == Channel.EMAIL else f"{first}•••"


def _distinct(found: Iterable[Found]) -> Iterator[Found]:
    seen: set[int] = set()
    for one in found:
        if one.id not in seen:
            seen.add(one.id)
            yield one


def _ways(asked: Asked, typed: str) -> Iterator[Found]:
    """From the surest to the least sure; the next is asked only while nothing was found."""
    if "@" in typed:
        yield from _by_email(asked, typed)
        return
    if PHONE_LIKE.fullmatch(typed) and sum(c.isdigit() for c in typed) >= SHORTEST_TAIL:
        yield from _by_phone(asked, typed)
        return
    by_name = _by_name(asked, typed)
    yield from by_name or _by_parts(asked, typed) or _by_typo(asked, typed)


def _by_email(asked: Asked, typed: str) -> list[Found]:
    if exact := asked.rows(_email_is, typed=typed):
        return [Found(*row) for row in exact]
    return [_hidden(row) for row in asked.rows(_email_starts, **_range(typed))]


def _by_phone(asked: Asked, typed: str) -> list[Found]:
    for number in _e164(typed):
        if exact := asked.rows(_phone_is, typed=number):
            return [Found(*row) for row in exact]
    digits = re.sub(r"\D", "", typed)
    for tail in dict.fromkeys((digits, digits.lstrip("0"))):  # a trunk 0 is no part of E.164
        if len(tail) >= SHORTEST_TAIL and (ending := asked.rows(_phone_ends, **_range(tail[::-1]))):
            return [_hidden(row) for row in ending]
    return []


def _by_name(asked: Asked, typed: str) -> list[Found]:
    """By the start of the name, and of its last word."""
    found = [Found(*row) for row in asked.rows(_name_starts, **_range(typed))]
    if " " not in typed:
        found += [Found(*row) for row in asked.rows(_last_word_starts, **_range(typed))]
    return found


def _e164(typed: str) -> Iterator[str]:
    try:
        yield normalise(Channel.VOICE, typed)
    except NotAnAddress:
        return


def _range(start: str) -> dict[str, str]:
    """Everything that begins so, as a range in byte order."""
    return {"first": start, "last": start + LAST_CHARACTER}


def _hidden(row: tuple[Any, ...]) -> Found:
    pk, name, segment, channel, value = row
    return Found(pk, name, segment, channel, masked(channel, value))


# --- Statements that are prepared -------------------------------------------------------------


def _reached(customers: QuerySet[Any], **only: Any) -> QuerySet[Any, Any]:
    """Each customer beside each of the contact points, by one and the same join."""
    reached = customers.annotate(
        channel=F("contact_points__channel"), address=F("contact_points__value")
    )
    found: QuerySet[Any] = reached.filter(**only)
    return found.values_list("pk", "name", "segment", "channel", "address")


def _email_is(customers: QuerySet[Any], typed: str) -> QuerySet[Any, Any]:
    return _reached(customers, channel=Channel.EMAIL.value, address=typed)


def _email_starts(customers: QuerySet[Any], first: str, last: str) -> QuerySet[Any, Any]:
    mail = _reached(customers, channel=Channel.EMAIL.value, address__gte=first, address__lt=last)
    return mail.order_by("address")


def _phone_is(customers: QuerySet[Any], typed: str) -> QuerySet[Any, Any]:
    return _reached(customers, channel__in=PHONES, address=typed)


def _phone_ends(customers: QuerySet[Any], first: str, last: str) -> QuerySet[Any, Any]:
    backwards = customers.alias(backwards=Reverse("contact_points__value"))
    ending = _reached(backwards, channel__in=PHONES, backwards__gte=first, backwards__lt=last)
    return ending.order_by("backwards")


def _name_starts(customers: QuerySet[Any], first: str, last: str) -> QuerySet[Any, Any]:
    return _keyed(customers.alias(key=NAME_KEY), first, last)


def _last_word_starts(customers: QuerySet[Any], first: str, last: str) -> QuerySet[Any, Any]:
    return _keyed(customers.alias(key=LAST_WORD_KEY), first, last)


def _keyed(customers: QuerySet[Any], first: str, last: str) -> QuerySet[Any, Any]:
    starting = customers.filter(key__gte=first, key__lt=last)
    return starting.order_by("key").values_list("pk", "name", "segment")


# --- Statements that depend on how many words were typed --------------------------------------


def _named(customers: QuerySet[Any], limit: int) -> list[Found]:
    return [Found(*row) for row in customers.values_list("pk", "name", "segment")[:limit]]


def _by_parts(asked: Asked, typed: str) -> list[Found]:
    """Every word somewhere in the name, in any order; short words only beside a longer one."""
    words = sorted(typed.replace(",", " ").split(), key=len, reverse=True)
    if not words or len(words[0]) < SHORTEST_PART:
        return []
    lowered = asked.customers.alias(lowered=Lower("name"))
    for word in words:
        lowered = lowered.filter(lowered__contains=word)
    return sorted(_named(lowered, asked.limit), key=lambda found: found.name)


def _by_typo(asked: Asked, typed: str) -> list[Found]:
    """Names whose first or last word is one typo away from a word typed."""
    words = typed.split()
    corrected = {word: _corrections(word) for word in {words[0], words[-1]}}
    firsts, lasts = corrected[words[0]], corrected[words[-1]]
    if len(words) > 1:
        firsts, lasts = firsts or words[:1], lasts or words[-1:]
        condition: Q | None = Q(last__in=lasts) & reduce(or_, map(_first_is, firsts))
    else:
        condition = reduce(or_, map(_first_is, firsts), Q(last__in=lasts)) if lasts else None
    if condition is None:
        return []
    keyed = asked.customers.alias(key=NAME_KEY, last=LAST_WORD_KEY)
    return _named(keyed.filter(condition), asked.limit)


def _first_is(word: str) -> Q:
    return Q(key__gte=word + " ", key__lt=word + "!")


def _corrections(word: str) -> list[str]:
    """Words of names one typo away from `word`, itself included where it is one."""
    if not SHORTEST <= len(word) <= LONGEST:
        return []
    sharing = NameWord.objects.filter(spellings__overlap=spellings(word))
    near = sharing.values_list("word", flat=True)[:100]
    return sorted({one for one in near if is_one_typo(one, word)})[:MOST_CORRECTIONS]
