"""How do records become rows? By batches: what is new is copied in, what is known is changed.

Known means the same source and external id. Contacts, offers, needs and messages are the past:
they are added once and never rewritten. Consents are history: a new row where the word changed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.models import Consent, ContactPoint, Customer, Holding
from intake.importing.contacts import Contacts
from intake.importing.errors import RowError
from intake.importing.lookups import Lookups
from intake.importing.mapping import CustomerRecord, HoldingRecord
from intake.importing.tables import CUSTOMER_COLUMNS, HOLDING_COLUMNS, Defaults, Tables

CHANGING = tuple(name for name in CUSTOMER_COLUMNS if name != "external_id")
Told = list[tuple[int, CustomerRecord]]  # each record with its customer's key


@dataclass(slots=True)
class Written:
    """What became of a batch."""

    added: int = 0
    changed: int = 0
    errors: tuple[RowError, ...] = ()


@dataclass(slots=True)
class Batch:
    """Some records with the source and wording that they share."""

    source: str
    wording: str
    consent_source: str
    lookups: Lookups
    tables: Tables = field(init=False)
    contacts: Contacts = field(init=False)
    customer_cells: Defaults = field(init=False)
    holding_cells: Defaults = field(init=False)

    def __post_init__(self) -> None:
        self.tables = Tables(
            source=self.source,
            team=self.lookups.team,
            wording=self.wording,
            consent_source=self.consent_source,
        )
        self.contacts = Contacts(self.source, self.lookups, self.tables)
        self.customer_cells = Defaults(Customer, CUSTOMER_COLUMNS)
        self.holding_cells = Defaults(Holding, HOLDING_COLUMNS)

    def write(self, records: list[CustomerRecord]) -> Written:
        """Write them in one transaction; when the database refuses, find out which row it was."""
        try:
            with transaction.atomic():
                return self._write(records)
        except IntegrityError as error:
            self.tables.clear()
            if len(records) == 1:
                return Written(errors=(self._refused(records[0], error),))
        total = Written()
        for record in records:
            part = self.write([record])
            total.added += part.added
            total.changed += part.changed
            total.errors += part.errors
        return total

    def _refused(self, record: CustomerRecord, error: IntegrityError) -> RowError:
        rule = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        return RowError(
            record.line, "", f"The database's rule {rule or 'of its own'} refuses this row."
        )

    def _write(self, records: list[CustomerRecord]) -> Written:
        newest = {record.external_id: record for record in records}
        known = {
            customer.external_id: customer
            for customer in Customer.objects.select_for_update().filter(
                source=self.source, external_id__in=newest
            )
        }
        changed = [
            customer for key, customer in known.items() if self._change(customer, newest[key])
        ]
        Customer.objects.bulk_update(changed, CHANGING)
        fresh = {key: self._add(record) for key, record in newest.items() if key not in known}
        keys = {key: customer.pk for key, customer in known.items()} | fresh
        told = [(keys[record.external_id], record) for record in records]
        here = {customer.pk for customer in known.values()}
        self._points(told, here)
        self._consents(told, here)
        self._holdings(told, here)
        self.contacts.add(told)
        self.tables.write()
        return Written(added=len(fresh), changed=len(changed))

    def _add(self, record: CustomerRecord) -> int:
        cells = record.fields | {"figures": json.dumps(record.fields["figures"])}
        return self.tables.customers.add(*self.customer_cells.row(cells), timezone.now())

    def _change(self, customer: Customer, record: CustomerRecord) -> bool:
        is_changed = False
        for name in CHANGING:
            if name in record.fields and getattr(customer, name) != record.fields[name]:
                setattr(customer, name, record.fields[name])
                is_changed = True
        return is_changed

    def _points(self, told: Told, here: set[int]) -> None:
        wanted = {
            (customer, channel, value): None
            for customer, record in told
            for channel, value in record.points
        }
        known = set(
            ContactPoint.objects.filter(customer__in=here).values_list(
                "customer_id", "channel", "value"
            )
        )
        for key in wanted:
            if key not in known:
                self.tables.points.add(*key)

    def _consents(self, told: Told, here: set[int]) -> None:
        given = {
            (customer, purpose, channel): is_granted
            for customer, record in told
            for purpose, channel, is_granted in record.consents
        }
        kept = {
            (row.customer_id, row.purpose, row.channel): row.is_granted
            for row in Consent.objects.filter(customer__in=here).current()
        }
        for key, is_granted in given.items():
            if kept.get(key) != is_granted:
                self.tables.consents.add(*key, is_granted, timezone.now())

    def _holdings(self, told: Told, here: set[int]) -> None:
        wanted = {
            (customer, holding.external_id): holding
            for customer, record in told
            for holding in record.holdings
        }
        known = {
            (row.customer_id, row.external_id): row
            for row in Holding.objects.filter(customer__in=here)
        }
        for key, holding in wanted.items():
            if key not in known:
                product = self.lookups.check("products", holding.product)
                cells = self.holding_cells.row(self._holding_fields(holding))
                self.tables.holdings.add(*key, product, *cells)
        changed = [
            row for key, row in known.items() if key in wanted and self._changed(row, wanted[key])
        ]
        Holding.objects.bulk_update(changed, HOLDING_COLUMNS)

    def _holding_fields(self, holding: HoldingRecord) -> dict[str, Any]:
        return {
            "opened_on": holding.opened_on,
            "cancelled_on": holding.cancelled_on,
            "cancelled_because": holding.cancelled_because,
            **holding.figures,
        }

    def _changed(self, row: Holding, holding: HoldingRecord) -> bool:
        fields = self._holding_fields(holding)
        different = {name for name, value in fields.items() if getattr(row, name) != value}
        for name in different:
            setattr(row, name, fields[name])
        return bool(different)
