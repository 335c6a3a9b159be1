"""Which customers does somebody mean by what they typed?

Whole keys and beginnings go to plain indexes, never through trigrams: a whole e-mail address is
300 times slower there. Only a fragment that begins no name asks the trigram index, and only a
text that is nowhere asks for names one typo away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower, Reverse

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

Columns = tuple[int, str, str, str, str]


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
    """At most `limit` of `customers`, best first; nothing for a text too short to mean anybody."""
    typed = tidy(text)
    if len(typed) < SHORTEST_TEXT:
        return []
    return list(islice(_distinct(_ways(customers, typed, limit)), limit))


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


def _ways(customers: CustomerQuerySet, typed: str, limit: int) -> Iterator[Found]:
    """From the surest to the least sure; the next is asked only while nothing was found."""
    if "@" in typed:
        yield from _by_email(customers, typed, limit)
        return
    if PHONE_LIKE.fullmatch(typed) and sum(c.isdigit() for c in typed) >= SHORTEST_TAIL:
        yield from _by_phone(customers, typed, limit)
        return
    by_name = [*_by_name_start(customers, typed, limit), *_by_last_word(customers, typed, limit)]
    yield from by_name or _by_parts(customers, typed, limit) or _by_typo(customers, typed, limit)


def _by_email(customers: CustomerQuerySet, typed: str, limit: int) -> list[Found]:
    mail = _reached(customers).filter(channel=Channel.EMAIL)
    if exact := _points(mail.filter(address=typed), limit):
        return [Found(*row) for row in exact]
    starting = mail.filter(address__gte=typed, address__lt=typed + LAST_CHARACTER)
    return [_hidden(row) for row in _points(starting.order_by("address"), limit)]


def _by_phone(customers: CustomerQuerySet, typed: str, limit: int) -> list[Found]:
    phones = _reached(customers).filter(channel__in=PHONES)
    for number in _e164(typed):
        if exact := _points(phones.filter(address=number), limit):
            return [Found(*row) for row in exact]
    digits = re.sub(r"\D", "", typed)
    for tail in dict.fromkeys((digits, digits.lstrip("0"))):  # a trunk 0 is no part of E.164
        if len(tail) >= SHORTEST_TAIL and (ending := _ending(phones, tail, limit)):
            return [_hidden(row) for row in ending]
    return []


def _ending(phones: QuerySet[Any], tail: str, limit: int) -> list[Columns]:
    backwards = phones.alias(backwards=Reverse("contact_points__value"))
    ending = backwards.filter(backwards__gte=tail[::-1], backwards__lt=tail[::-1] + LAST_CHARACTER)
    return _points(ending.order_by("backwards"), limit)


def _reached(customers: CustomerQuerySet) -> QuerySet[Any]:
    """Each customer beside each of the contact points, by one and the same join."""
    return customers.annotate(
        channel=F("contact_points__channel"), address=F("contact_points__value")
    )


def _e164(typed: str) -> Iterator[str]:
    try:
        yield normalise(Channel.VOICE, typed)
    except NotAnAddress:
        return


def _points(reached: QuerySet[Any], limit: int) -> list[Columns]:
    return list(reached.values_list("pk", "name", "segment", "channel", "address")[:limit])


def _hidden(row: Columns) -> Found:
    pk, name, segment, channel, value = row
    return Found(pk, name, segment, channel, masked(channel, value))


def _named(customers: CustomerQuerySet, limit: int) -> list[Found]:
    return [Found(*row) for row in customers.values_list("pk", "name", "segment")[:limit]]


def _by_name_start(customers: CustomerQuerySet, typed: str, limit: int) -> list[Found]:
    keyed = customers.alias(key=NAME_KEY).filter(key__gte=typed, key__lt=typed + LAST_CHARACTER)
    return _named(keyed.order_by("key"), limit)


def _by_last_word(customers: CustomerQuerySet, typed: str, limit: int) -> list[Found]:
    if " " in typed:
        return []
    keyed = customers.alias(key=LAST_WORD_KEY)
    starting = keyed.filter(key__gte=typed, key__lt=typed + LAST_CHARACTER)
    return _named(starting.order_by("key"), limit)


def _by_parts(customers: CustomerQuerySet, typed: str, limit: int) -> list[Found]:
    """Every word somewhere in the name, in any order; short words only beside a longer one."""
    words = sorted(typed.replace(",", " ").split(), key=len, reverse=True)
    if not words or len(words[0]) < SHORTEST_PART:
        return []
    lowered = customers.alias(lowered=Lower("name"))
    for word in words:
        lowered = lowered.filter(lowered__contains=word)
    return sorted(_named(lowered, limit), key=lambda found: found.name)


def _by_typo(customers: CustomerQuerySet, typed: str, limit: int) -> list[Found]:
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
    keyed = customers.alias(key=NAME_KEY, last=LAST_WORD_KEY)
    return _named(keyed.filter(condition), limit)


def _first_is(word: str) -> Q:
    return Q(key__gte=word + " ", key__lt=word + "!")


def _corrections(word: str) -> list[str]:
    """Words of names one typo away from `word`, itself included where it is one."""
    if not SHORTEST <= len(word) <= LONGEST:
        return []
    sharing = NameWord.objects.filter(spellings__overlap=spellings(word))
    near = sharing.values_list("word", flat=True)[:100]
    return sorted({one for one in near if is_one_typo(one, word)})[:MOST_CORRECTIONS]
