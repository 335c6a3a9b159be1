"""How do records become rows? By batches: what is new is added, what is known is changed.

Known means the same source and external id. Contacts, offers, needs and messages are the past:
they are added once and never rewritten. Consents are history: a new row where the word changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from customers.models import Consent, ContactPoint, Customer, Holding
from intake.importing.errors import RowError
from intake.importing.lookups import Lookups
from intake.importing.mapping import ContactRecord, CustomerRecord, HoldingRecord
from interactions.models import Direction, Interaction, Message, TimelineEntry, TimelineKind
from needs.models import Need, NeedSource
from offers.models import Offer, OfferStatus

CHANGING = (
    "name",
    "kind",
    "segment",
    "country",
    "time_zone",
    "born_on",
    "customer_since",
    "figures",
)
HOLDING_CHANGES = (
    "opened_on",
    "cancelled_on",
    "cancelled_because",
    "currency",
    "balance",
    "annual_rate",
    "monthly_charge",
    "reference",
)


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

    def write(self, records: list[CustomerRecord]) -> Written:
        """Write them in one transaction; when the database refuses, find out which row it was."""
        try:
            with transaction.atomic():
                return self._write(records)
        except IntegrityError as error:
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
        fresh = [self._customer(record) for key, record in newest.items() if key not in known]
        Customer.objects.bulk_create(fresh)
        changed = [
            customer for key, customer in known.items() if self._change(customer, newest[key])
        ]
        Customer.objects.bulk_update(changed, CHANGING)
        customers = known | {customer.external_id: customer for customer in fresh}
        told = [(customers[record.external_id], record) for record in records]
        self._points(told)
        self._consents(told)
        self._holdings(told)
        self._contacts(told)
        return Written(added=len(fresh), changed=len(changed))

    def _customer(self, record: CustomerRecord) -> Customer:
        return Customer(team_id=self.lookups.team, source=self.source, **record.fields)

    def _change(self, customer: Customer, record: CustomerRecord) -> bool:
        is_changed = False
        for name in CHANGING:
            if name in record.fields and getattr(customer, name) != record.fields[name]:
                setattr(customer, name, record.fields[name])
                is_changed = True
        return is_changed

    def _points(self, told: list[tuple[Customer, CustomerRecord]]) -> None:
        ContactPoint.objects.bulk_create(
            [
                ContactPoint(customer=customer, channel=channel, value=value)
                for customer, record in told
                for channel, value in record.points
            ],
            ignore_conflicts=True,
        )

    def _consents(self, told: list[tuple[Customer, CustomerRecord]]) -> None:
        given = {
            (customer.pk, purpose, channel): is_granted
            for customer, record in told
            for purpose, channel, is_granted in record.consents
        }
        if not given:
            return
        current = Consent.objects.filter(customer__in={key[0] for key in given}).current()
        kept = {(row.customer_id, row.purpose, row.channel): row.is_granted for row in current}
        Consent.objects.bulk_create(
            Consent(
                customer_id=key[0],
                purpose=key[1],
                channel=key[2],
                is_granted=is_granted,
                source=self.consent_source,
                wording_version=self.wording,
            )
            for key, is_granted in given.items()
            if kept.get(key) != is_granted
        )

    def _holdings(self, told: list[tuple[Customer, CustomerRecord]]) -> None:
        wanted = {
            (customer.pk, holding.external_id): holding
            for customer, record in told
            for holding in record.holdings
        }
        if not wanted:
            return
        known = {
            (row.customer_id, row.external_id): row
            for row in Holding.objects.filter(customer__in={key[0] for key in wanted})
        }
        Holding.objects.bulk_create(
            Holding(
                customer_id=key[0],
                external_id=holding.external_id,
                product_id=self.lookups.check("products", holding.product),
                **self._holding_fields(holding),
            )
            for key, holding in wanted.items()
            if key not in known
        )
        changed = [
            row for key, row in known.items() if key in wanted and self._changed(row, wanted[key])
        ]
        Holding.objects.bulk_update(changed, HOLDING_CHANGES)

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

    def _contacts(self, told: list[tuple[Customer, CustomerRecord]]) -> None:
        wanted = {
            contact.external_id: (customer, contact)
            for customer, record in told
            for contact in record.contacts
        }
        known = set(
            Interaction.objects.filter(source=self.source, external_id__in=wanted).values_list(
                "external_id", flat=True
            )
        )
        fresh = [pair for key, pair in wanted.items() if key not in known]
        if not fresh:
            return
        interactions = Interaction.objects.bulk_create(
            [self._interaction(customer, contact) for customer, contact in fresh]
        )
        pairs = [(row, contact) for row, (_, contact) in zip(interactions, fresh, strict=True)]
        Message.objects.bulk_create(
            Message(
                interaction=row,
                direction=Direction.INBOUND,
                body=contact.message,
                sent_at=contact.opened_at,
            )
            for row, contact in pairs
            if contact.message
        )
        self._needs(pairs)
        self._offers(pairs)
        TimelineEntry.objects.bulk_create(
            entry for row, contact in pairs for entry in self._lines(row, contact)
        )

    def _interaction(self, customer: Customer, contact: ContactRecord) -> Interaction:
        return Interaction(
            customer=customer,
            source=self.source,
            external_id=contact.external_id,
            channel=contact.channel,
            direction=contact.direction,
            contact_reason_id=self.lookups.check("contact_reasons", contact.contact_reason),
            wrap_up_code_id=self.lookups.check("wrap_up_codes", contact.wrap_up_code),
            subject=contact.subject,
            summary=contact.summary,
            opened_at=contact.opened_at,
            closed_at=contact.closed_at,
        )

    def _needs(self, pairs: list[tuple[Interaction, ContactRecord]]) -> None:
        rows = [
            Need(
                customer_id=row.customer_id,
                interaction=row,
                need_type_id=self.lookups.need_type(contact.need_type, contact.need_name),
                source=NeedSource.STATED,
                strength=1,
                evidence=contact.evidence,
                stated_at=contact.opened_at,
            )
            for row, contact in pairs
            if contact.need_type
        ]
        if not rows:
            return
        open_needs = set(
            Need.objects.open()
            .filter(customer__in={row.customer_id for row in rows})
            .values_list("customer_id", "need_type_id")
        )
        fresh = {
            (row.customer_id, row.need_type_id): row
            for row in rows
            if (row.customer_id, row.need_type_id) not in open_needs
        }
        Need.objects.bulk_create(fresh.values())

    def _offers(self, pairs: list[tuple[Interaction, ContactRecord]]) -> None:
        Offer.objects.bulk_create(
            Offer(
                customer_id=row.customer_id,
                interaction=row,
                product_id=self.lookups.check("products", contact.product),
                status=contact.offer_status,
                because=contact.offer_because,
                presented_at=contact.opened_at,
                answered_at=contact.closed_at,
            )
            for row, contact in pairs
            if contact.product
        )

    def _lines(self, row: Interaction, contact: ContactRecord) -> list[TimelineEntry]:
        def line(kind: TimelineKind, title: str, detail: str, channel: str = "") -> TimelineEntry:
            return TimelineEntry(
                customer_id=row.customer_id,
                interaction=row,
                at=contact.opened_at,
                kind=kind,
                channel=channel,
                title=title[:200],
                detail=detail[:300],
            )

        lines = [
            line(
                TimelineKind.CONTACT,
                contact.subject or "Contact",
                contact.summary or contact.message,
                contact.channel,
            )
        ]
        if contact.need_type:
            lines.append(line(TimelineKind.NEED, f"Need: {contact.need_name}", contact.evidence))
        if contact.product:
            name = self.lookups.product_names[contact.product]
            word = OfferStatus(contact.offer_status).label.lower()
            lines.append(line(TimelineKind.OFFER, f"Offer {word}: {name}", contact.offer_because))
        return lines
