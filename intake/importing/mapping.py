"""What does a row of this file mean? A mapping file read and checked before any row is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.utils.text import slugify

from customers.contact_points import Channel, NotAnAddress, normalise
from customers.models import Customer, Holding, Purpose, RegionElsewhere, fitting_region
from intake.importing import values
from intake.importing.checks import check_lengths, one_of
from intake.importing.errors import BadValue, MappingWrong
from intake.importing.reading import Source
from intake.importing.values import Calendar, Moment, Test, Value
from interactions.models import Direction, Interaction
from offers.models import OfferStatus

CUSTOMER_FIELDS: Final = (
    "external_id",
    "name",
    "kind",
    "segment",
    "country",
    "region",
    "time_zone",
    "born_on",
    "customer_since",
)
CHANNELS: Final = tuple(Channel.values)
PURPOSES: Final = tuple(Purpose.values)
DIRECTIONS: Final = tuple(Direction.values)
HOLDING_FIELDS: Final = ("currency", "balance", "annual_rate", "monthly_charge", "reference")


@dataclass(slots=True)
class HoldingRecord:
    external_id: str
    product: str
    opened_on: date
    cancelled_on: date | None
    cancelled_because: str
    figures: dict[str, Any]


@dataclass(slots=True)
class ContactRecord:
    """One interaction with what was said, needed and offered in it."""

    external_id: str
    channel: str
    direction: str
    contact_reason: str
    wrap_up_code: str
    subject: str
    summary: str
    opened_at: datetime
    closed_at: datetime
    message: str = ""
    need_type: str = ""
    need_name: str = ""
    evidence: str = ""
    product: str = ""
    offer_status: str = ""
    offer_because: str = ""


@dataclass(slots=True)
class CustomerRecord:
    """Everything that one row tells of one customer."""

    line: int
    external_id: str
    fields: dict[str, Any]
    points: list[tuple[str, str]] = field(default_factory=list)
    consents: list[tuple[str, str, bool]] = field(default_factory=list)
    holdings: list[HoldingRecord] = field(default_factory=list)
    contacts: list[ContactRecord] = field(default_factory=list)

    def codes(self) -> Iterator[tuple[str, str]]:
        """The configured rows that it refers to: what kind, and which."""
        for holding in self.holdings:
            yield "products", holding.product
        for contact in self.contacts:
            yield "contact_reasons", contact.contact_reason
            yield "wrap_up_codes", contact.wrap_up_code
            if contact.product:
                yield "products", contact.product


@dataclass(frozen=True, slots=True)
class Part:
    """One list entry of the mapping: its values by name, and when it applies."""

    values: dict[str, Value]
    applies: Test

    def read(self, moment: Moment) -> dict[str, Any]:
        return {name: read(moment) for name, read in self.values.items()}


class RowMapping:
    """A mapping file: form of the file, meaning of a row, and what must exist beforehand."""

    def __init__(self, path: Path) -> None:
        """Raises MappingWrong."""
        try:
            self.text = path.read_bytes()
            told = tomllib.loads(self.text.decode())
        except (OSError, ValueError) as error:
            raise MappingWrong(f"{path}: {error}. Nothing was read.") from error
        self.told = told
        self.source: str = self._needed("source")
        self.team: str = self._needed("team")
        form = self._needed("file")
        self.columns: tuple[str, ...] = tuple(form["columns"])
        self.delimiter: str = form.get("delimiter", ",")
        self.encoding: str = form.get("encoding", "utf-8")
        self.customer = self._part(self._needed("customer"), "customer", skip=("figures",))
        self.figures = self._part(told["customer"].get("figures", {}), "customer.figures")
        self.points = self._parts("contact_points")
        self.consents = self._parts("consents")
        self.holdings = self._parts("holdings")
        self.contacts = self._parts("interactions", skip=("message", "need", "offer"))
        self.within = [
            {
                name: self._part(entry[name], f"interactions.{name}")
                for name in ("message", "need", "offer")
                if name in entry
            }
            for entry in told.get("interactions", [])
        ]
        for required in ("external_id", "name"):
            if required not in self.customer.values:
                raise MappingWrong(f"customer: {required} is missing.")

    def _needed(self, name: str) -> Any:
        if name not in self.told:
            raise MappingWrong(f"The mapping lacks “{name}”. See mappings/README.md.")
        return self.told[name]

    def _parts(self, name: str, skip: tuple[str, ...] = ()) -> list[Part]:
        return [
            self._part(entry, f"{name} {number}", skip=skip)
            for number, entry in enumerate(self.told.get(name, []), start=1)
        ]

    def _part(self, entry: Mapping[str, Any], where: str, skip: tuple[str, ...] = ()) -> Part:
        return Part(
            {
                name: values.value(spec, self.columns, where=f"{where}.{name}")
                for name, spec in entry.items()
                if name not in (*skip, "when")
            },
            values.test(entry.get("when"), self.columns, where=where),
        )

    def file(self, path: Path) -> Source:
        return Source(path, self.delimiter, self.encoding, self.columns)

    def calendar(self) -> Calendar | None:
        """The running calendar, where the file's rows stand in time order."""
        told = self.told.get("calendar")
        return Calendar(**told) if told else None

    def record(self, moment: Moment) -> CustomerRecord:
        """What the row tells. Raises BadValue with the column and what to do."""
        told = self.customer.read(moment)
        figures = {
            name: str(figure) if isinstance(figure, Decimal) else figure
            for name, figure in self.figures.read(moment).items()
            if figure not in (None, "")
        }
        fields = {name: told[name] for name in CUSTOMER_FIELDS if told.get(name) is not None}
        check_lengths(Customer, fields)
        if not fields.get("external_id") or not fields.get("name"):
            raise BadValue("", "The row names no customer. Fill in what identifies them.")
        country = fields.get("country", "GB")
        try:
            fitting_region(fields.get("region", ""), country=country)
        except RegionElsewhere as error:
            raise BadValue("region", str(error)) from error
        return CustomerRecord(
            line=moment.row.line,
            external_id=fields["external_id"],
            fields=fields | {"figures": figures},
            points=self._points(moment, country),
            consents=self._consents(moment),
            holdings=[
                self._holding(part.read(moment)) for part in self.holdings if part.applies(moment)
            ],
            contacts=[
                self._contact(moment, part.read(moment), within)
                for part, within in zip(self.contacts, self.within, strict=True)
                if part.applies(moment)
            ],
        )

    def _points(self, moment: Moment, country: str) -> list[tuple[str, str]]:
        points = []
        for part in self.points:
            told = part.read(moment)
            if not part.applies(moment) or not told["value"]:
                continue
            channel = one_of("channel", told["channel"], CHANNELS)
            try:
                points.append((channel, normalise(channel, told["value"], country=country)))
            except NotAnAddress as error:
                raise BadValue("value", str(error)) from error
        return points

    def _consents(self, moment: Moment) -> list[tuple[str, str, bool]]:
        return [
            (
                one_of("purpose", told["purpose"], PURPOSES),
                one_of("channel", told["channel"], CHANNELS),
                bool(told["is_granted"]),
            )
            for told in (part.read(moment) for part in self.consents if part.applies(moment))
        ]

    def _holding(self, told: dict[str, Any]) -> HoldingRecord:
        cancelled_on = told.get("cancelled_on") if told.get("is_cancelled", True) else None
        opened_on = told["opened_on"]
        figures = {name: told[name] for name in HOLDING_FIELDS if told.get(name) is not None}
        check_lengths(Holding, figures)
        if cancelled_on is not None and cancelled_on < opened_on:
            raise BadValue("cancelled_on", "It ended before it began. Check both dates.")
        return HoldingRecord(
            external_id=told["external_id"],
            product=told["product"],
            opened_on=opened_on,
            cancelled_on=cancelled_on,
            cancelled_because=told.get("cancelled_because", "") if cancelled_on else "",
            figures=figures,
        )

    def _contact(
        self, moment: Moment, told: dict[str, Any], within: dict[str, Part]
    ) -> ContactRecord:
        opened_at = values.office_time(moment, told["opened_on"])
        seconds = told.get("lasted_seconds") or 0
        if seconds < 0:
            raise BadValue("lasted_seconds", "A contact cannot last less than nothing.")
        contact = ContactRecord(
            external_id=told["external_id"],
            channel=one_of("channel", told["channel"], CHANNELS),
            direction=one_of("direction", told["direction"], DIRECTIONS),
            contact_reason=told["contact_reason"],
            wrap_up_code=told["wrap_up_code"],
            subject=told.get("subject", ""),
            summary=told.get("summary", ""),
            opened_at=opened_at,
            closed_at=opened_at + timedelta(seconds=seconds),
        )
        check_lengths(Interaction, {"subject": contact.subject, "summary": contact.summary})
        for name, part in within.items():
            if part.applies(moment):
                WITHIN[name](contact, part.read(moment))
        return contact


def _message(contact: ContactRecord, told: dict[str, Any]) -> None:
    if not told["body"]:
        raise BadValue("body", "The message is empty. Fill it in, or leave the row out.")
    contact.message = told["body"]


def _need(contact: ContactRecord, told: dict[str, Any]) -> None:
    contact.need_name = str(told["need_type"]).replace("_", " ").strip().capitalize()
    contact.need_type = slugify(contact.need_name)
    contact.evidence = told.get("evidence", "")[:300]
    if not 0 < len(contact.need_type) <= 50 or len(contact.need_name) > 80:
        raise BadValue("need_type", "The kind of need must have 1 to 50 letters.")


def _offer(contact: ContactRecord, told: dict[str, Any]) -> None:
    contact.product = told["product"]
    contact.offer_status = one_of("status", told["status"], OfferStatus.values)
    if contact.offer_status == OfferStatus.DECLINED:
        contact.offer_because = told.get("because", "")


WITHIN: Final = {"message": _message, "need": _need, "offer": _offer}
