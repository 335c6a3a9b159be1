"""Into which tables do new records go? Copied together, with every trigger and check in place."""

from __future__ import annotations

from typing import Any, Final

from customers.models import Consent, ContactPoint, Customer, Holding
from intake.copying import Cell, Table, default_cell, write_all
from interactions.models import Direction, Interaction, Message, TimelineEntry
from needs.models import Need, NeedSource
from offers.models import Offer

CUSTOMER_COLUMNS: Final = (
    "external_id",
    "name",
    "kind",
    "segment",
    "country",
    "region",
    "time_zone",
    "born_on",
    "customer_since",
    "figures",
)
HOLDING_COLUMNS: Final = (
    "opened_on",
    "cancelled_on",
    "cancelled_because",
    "currency",
    "balance",
    "annual_rate",
    "monthly_charge",
    "reference",
)
CONTACT_COLUMNS: Final = (
    "external_id",
    "channel",
    "direction",
    "subject",
    "summary",
    "opened_at",
    "closed_at",
)
IDS_AT_ONCE = 2000  # what a small file leaves unused


class Tables:
    """New rows of one source on their way into the database."""

    def __init__(self, *, source: str, team: int, wording: str, consent_source: str) -> None:
        def table(model: Any, columns: str, **always: Cell) -> Table:
            return Table(model, columns, always=always, block=IDS_AT_ONCE)

        self.customers = table(
            Customer, f"{' '.join(CUSTOMER_COLUMNS)} created_at", team_id=team, source=source
        )
        self.points = table(ContactPoint, "customer_id channel value")
        self.consents = table(
            Consent,
            "customer_id purpose channel is_granted recorded_at",
            source=consent_source,
            wording_version=wording,
        )
        self.holdings = table(
            Holding, f"customer_id external_id product_id {' '.join(HOLDING_COLUMNS)}"
        )
        self.interactions = table(
            Interaction,
            f"customer_id contact_reason_id wrap_up_code_id {' '.join(CONTACT_COLUMNS)}",
            source=source,
        )
        self.messages = table(
            Message, "interaction_id body sent_at", direction=Direction.INBOUND.value
        )
        self.needs = table(
            Need,
            "customer_id interaction_id need_type_id evidence stated_at",
            source=NeedSource.STATED.value,
            strength=1,
        )
        self.offers = table(
            Offer,
            "customer_id interaction_id product_id status because presented_at answered_at",
        )
        self.timeline = table(
            TimelineEntry, "customer_id interaction_id at kind title detail channel"
        )
        self._all = [table for table in vars(self).values() if isinstance(table, Table)]

    def write(self) -> None:
        write_all(self._all)

    def clear(self) -> None:
        for table in self._all:
            table.clear()


class Defaults:
    """What columns hold of which a record says nothing."""

    def __init__(self, model: Any, columns: tuple[str, ...]) -> None:
        self._cells = {name: default_cell(model._meta.get_field(name)) for name in columns}

    def row(self, told: dict[str, Any]) -> tuple[Cell, ...]:
        return tuple(told.get(name, cell) for name, cell in self._cells.items())
