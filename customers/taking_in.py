"""Whose protected attributes does a file tell? Checked whole before anything is written."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TextIO

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry, User
from customers.models import Customer
from customers.models.protected import ProtectedAttribute, ProtectedTrait

COLUMNS = ("source", "external_id", "attribute", "group")
MOST_LINES = 1_000_000
MOST_FAULTS = 20
AT_ONCE = 1_000
LONGEST_GROUP = 40


class NotTaken(Exception):
    """The file is wrong; `faults` say in which lines and what would do. Nothing was written."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class Told(NamedTuple):
    source: str
    external_id: str
    attribute: str
    group: str


def read(file: TextIO) -> list[Told]:
    """Lines of the columns source, external_id, attribute, group. Raises NotTaken."""
    reader = csv.DictReader(file)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise NotTaken([f"The first line must name the columns {', '.join(COLUMNS)}."])
    told, faults = [], []
    for number, row in enumerate(reader, start=2):
        line = Told(*((row[name] or "").strip() for name in COLUMNS))
        fault = _fault(line)
        if fault:
            faults.append(f"Line {number}: {fault}")
        told.append(line)
        if len(faults) >= MOST_FAULTS or number > MOST_LINES:
            break
    if len(told) > MOST_LINES:
        faults.append(f"More than {MOST_LINES:,} lines. Part the file.")
    if faults:
        raise NotTaken(faults)
    return told


def _fault(line: Told) -> str:
    if not line.external_id:
        return "external_id is empty. Name the customer by it."
    if line.attribute not in ProtectedAttribute.values:
        return f"“{line.attribute[:40]}” is none of {', '.join(ProtectedAttribute.values)}."
    if not 1 <= len(line.group) <= LONGEST_GROUP or not line.group.isprintable():
        return f"group must be a name of 1 to {LONGEST_GROUP} letters."
    return ""


def take(told: Sequence[Told], *, source: str, by: User | None) -> tuple[int, int]:
    """Keep what is told, in the place of what was; how many were kept, and how many unknown."""
    kept = unknown = 0
    with transaction.atomic():
        for start in range(0, len(told), AT_ONCE):
            part = told[start : start + AT_ONCE]
            traits = list(_traits(part, source=source))
            ProtectedTrait.objects.bulk_create(
                traits,
                update_conflicts=True,
                unique_fields=["customer", "attribute"],
                update_fields=["group", "source", "recorded_at"],
            )
            kept += len(traits)
            unknown += len(part) - len(traits)
        _audit(kept, by=by)
    return kept, unknown


def _traits(part: Iterable[Told], *, source: str) -> Iterator[ProtectedTrait]:
    """The last line counts where a customer is told of twice."""
    lines = {(line.source, line.external_id, line.attribute): line for line in part}
    ids = {line.external_id for line in lines.values()}
    known = {
        (customer.source, customer.external_id): customer
        for customer in Customer.objects.filter(external_id__in=ids).only("source", "external_id")
    }
    for line in lines.values():
        customer = known.get((line.source, line.external_id))
        if customer is not None:
            yield ProtectedTrait(
                customer=customer,
                attribute=line.attribute,
                group=line.group,
                source=source,
                recorded_at=timezone.now(),
            )


def _audit(kept: int, *, by: User | None) -> None:
    newest = ProtectedTrait.objects.order_by("-pk").first()
    if newest is not None:
        AuditEntry.record(
            by=by, verb="protected attributes taken in", subject=newest, detail={"rows": kept}
        )
