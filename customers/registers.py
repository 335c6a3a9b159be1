"""How is an edition of a public do-not-call register taken in, and gone on with when it stopped?

Numbers come a line each, perhaps with more columns behind a comma. A batch is one transaction that
also moves the place where the import goes on. The edition before stays in force until the last
line is in; only then numbers that stand in the register no longer are let go.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from accounts.errors import RuleBroken
from customers.contact_points import Channel, NotAnAddress, normalise
from customers.lawful import editions
from telephony.models import REGISTER, RegisterImport, SuppressionEntry

BATCH: Final = 5000
UPSERT: Final = """
INSERT INTO telephony_suppressionentry (number, layer, reason, at, taken_from_id)
SELECT number, %(layer)s, %(reason)s, %(at)s, %(edition)s FROM unnest(%(numbers)s) AS number
ON CONFLICT (number, layer) DO UPDATE SET taken_from_id = excluded.taken_from_id
"""


class UnknownRegister(RuleBroken):
    """No country's rules name this register."""


class OlderThanKnown(RuleBroken):
    """A newer edition of the register is in force already."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that is left out; the number itself is not repeated, for it is somebody's."""

    line: int
    what: str


@dataclass(slots=True)
class Taken:
    """How many lines were read, numbers kept, lines left out, numbers let go."""

    lines: int = 0
    kept: int = 0
    faulty: int = 0
    let_go: int = 0
    went_on_from: int = 0


def country_of(register: str) -> str:
    """The country whose rules name this register. Raises UnknownRegister."""
    known = {
        code: country for country, (newest, *_) in editions().items() for code in newest.registers
    }
    if register not in known:
        raise UnknownRegister(
            f"“{register[:20]}” is no register that the rules name. "
            f"Known are {', '.join(sorted(known))}."
        )
    return known[register]


def check(path: Path, *, register: str, told: Callable[[Fault], None]) -> Taken:
    """Read every line and change nothing. Raises UnknownRegister, OSError, UnicodeDecodeError."""
    country, taken = country_of(register), Taken()
    for batch in _batched(_lines(path)):
        taken.kept += len(_numbers(batch, country=country, taken=taken, told=told))
    return taken


def take(
    path: Path, *, register: str, as_of: date, source: str, told: Callable[[Fault], None]
) -> Taken:
    """Take this edition in; one that stopped goes on behind its last whole batch.

    The same file again changes nothing. Raises UnknownRegister, OlderThanKnown, OSError,
    UnicodeDecodeError.
    """
    country, taken = country_of(register), Taken()
    newest = RegisterImport.days_of().get(f"{REGISTER}{register}")
    if newest and as_of < newest:
        raise OlderThanKnown(f"The edition of {newest:%d %b %Y} is in force already.")
    edition, _ = RegisterImport.objects.get_or_create(
        register=register,
        digest=_digest(path),
        defaults={"as_of": as_of, "source": source[:120]},
    )
    if edition.finished_at is not None:
        return taken
    taken.went_on_from = edition.lines_done
    rest = (line for line in _lines(path) if line[0] > edition.lines_done)
    try:
        for batch in _batched(rest):
            _keep(edition, batch, country=country, taken=taken, told=told)
    except UnicodeDecodeError:
        RegisterImport.objects.filter(pk=edition.pk, lines_done=0).delete()
        raise
    taken.let_go = _finish(edition)
    return taken


def _keep(
    edition: RegisterImport,
    batch: Iterable[tuple[int, str]],
    *,
    country: str,
    taken: Taken,
    told: Callable[[Fault], None],
) -> None:
    """One batch and the place behind it: both or neither."""
    faulty = taken.faulty
    numbers = _numbers(batch, country=country, taken=taken, told=told)
    layer = f"{REGISTER}{edition.register}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            UPSERT,
            {
                "numbers": sorted(numbers),
                "layer": layer,
                "reason": edition.source,
                "at": timezone.now(),
                "edition": edition.pk,
            },
        )
        edition.lines_done = max(edition.lines_done, taken.lines + taken.went_on_from)
        edition.kept += len(numbers)
        edition.faulty += taken.faulty - faulty
        edition.save(update_fields=["lines_done", "kept", "faulty"])
    taken.kept += len(numbers)


def _finish(edition: RegisterImport) -> int:
    with transaction.atomic():
        gone = SuppressionEntry.objects.filter(layer=f"{REGISTER}{edition.register}")
        let_go, _ = gone.exclude(taken_from=edition).delete()
        edition.finished_at = timezone.now()
        edition.save(update_fields=["finished_at"])
    return let_go


def _numbers(
    batch: Iterable[tuple[int, str]],
    *,
    country: str,
    taken: Taken,
    told: Callable[[Fault], None],
) -> set[str]:
    found = set()
    for line, text in batch:
        taken.lines += 1
        try:
            found.add(normalise(Channel.VOICE, text[:40], country=country))
        except NotAnAddress:
            taken.faulty += 1
            told(Fault(line, "This is no phone number. Write digits, with the area code."))
    return found


def _batched(lines: Iterator[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    while batch := list(islice(lines, BATCH)):
        yield batch


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Line number and first column of each line, empty lines too; a heading counts as a fault."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.reader(file), start=1):
            yield line, row[0] if row else ""


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
