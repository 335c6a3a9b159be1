"""How do contacts of a record become rows, with what was said, needed and offered in them?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from intake.importing.lookups import Lookups
from intake.importing.mapping import ContactRecord, CustomerRecord
from intake.importing.tables import CONTACT_COLUMNS, Tables
from interactions.models import Interaction, TimelineKind
from needs.models import Need
from offers.models import OfferStatus


@dataclass(slots=True)
class Noted:
    """A new contact with its key and its customer's."""

    pk: int
    customer: int
    contact: ContactRecord


@dataclass(frozen=True, slots=True)
class Contacts:
    """Adds the contacts of one source that are not known yet."""

    source: str
    lookups: Lookups
    tables: Tables

    def add(self, told: list[tuple[int, CustomerRecord]]) -> None:
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
        fresh = [
            Noted(self._interaction(customer, contact), customer, contact)
            for key, (customer, contact) in wanted.items()
            if key not in known
        ]
        self._needs(fresh)
        for noted in fresh:
            self._message(noted)
            self._offer(noted)
            for line in self._lines(noted):
                self.tables.timeline.add(noted.customer, noted.pk, noted.contact.opened_at, *line)

    def _interaction(self, customer: int, contact: ContactRecord) -> int:
        return self.tables.interactions.add(
            customer,
            self.lookups.check("contact_reasons", contact.contact_reason),
            self.lookups.check("wrap_up_codes", contact.wrap_up_code),
            *(getattr(contact, name) for name in CONTACT_COLUMNS),
        )

    def _message(self, noted: Noted) -> None:
        if noted.contact.message:
            self.tables.messages.add(noted.pk, noted.contact.message, noted.contact.opened_at)

    def _needs(self, fresh: list[Noted]) -> None:
        """The last word on each kind of need; one that is open already stays as it is."""
        newest = {
            (
                noted.customer,
                self.lookups.need_type(noted.contact.need_type, noted.contact.need_name),
            ): noted
            for noted in fresh
            if noted.contact.need_type
        }
        if not newest:
            return
        customers = {customer for customer, _ in newest}
        open_needs = set(
            Need.objects.open()
            .filter(customer__in=customers)
            .values_list("customer_id", "need_type_id")
        )
        for (customer, need_type), noted in newest.items():
            if (customer, need_type) not in open_needs:
                self.tables.needs.add(
                    customer, noted.pk, need_type, noted.contact.evidence, noted.contact.opened_at
                )

    def _offer(self, noted: Noted) -> None:
        contact = noted.contact
        if contact.product:
            self.tables.offers.add(
                noted.customer,
                noted.pk,
                self.lookups.check("products", contact.product),
                contact.offer_status,
                contact.offer_because,
                contact.opened_at,
                contact.closed_at,
            )

    def _lines(self, noted: Noted) -> Iterator[tuple[str, str, str, str]]:
        """Kind, title, detail and channel of each entry of the timeline."""
        contact = noted.contact
        yield (
            TimelineKind.CONTACT.value,
            (contact.subject or "Contact")[:200],
            (contact.summary or contact.message)[:300],
            contact.channel,
        )
        if contact.need_type:
            title = f"Need: {contact.need_name}"[:200]
            yield TimelineKind.NEED.value, title, contact.evidence[:300], ""
        if contact.product:
            name = self.lookups.product_names[contact.product]
            word = OfferStatus(contact.offer_status).label.lower()
            title = f"Offer {word}: {name}"[:200]
            yield TimelineKind.OFFER.value, title, contact.offer_because[:300], ""
