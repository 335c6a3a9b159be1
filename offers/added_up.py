"""How are the many rows of each customer added up once, and read beside the customers?

A correlated subquery is asked again for every customer: a million times over the whole base. Here
the rows are grouped by customer in one pass, and the sums joined to the customers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from django.db.models import Field, QuerySet
from django.db.models.expressions import Col, Expression
from django.db.models.sql.constants import LOUTER

from customers.models import Customer

BY = "customer_id"


class AddedUp(NamedTuple):
    """Rows of one kind, and what is added up of them, by name; the names are columns then."""

    rows: QuerySet[Any]
    sums: Mapping[str, Expression]

    def grouped(self) -> QuerySet[Any, Any]:
        """One row a customer that has any."""
        rows = self.rows.order_by().values(BY)
        return cast("QuerySet[Any, Any]", rows.annotate(**self.sums).values(BY, *self.sums))


class Beside:
    """The join of rows that were added up; Django's joins know tables alone."""

    join_type = LOUTER
    filtered_relation = None
    nullable = True

    def __init__(self, alias: str, parent: str, rows: QuerySet[Any, Any]) -> None:
        self.table_name = self.table_alias = alias
        self.parent_alias = parent
        self.rows = rows

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        sql, parameters = self.rows.query.get_compiler(connection=connection).as_sql()
        quote = compiler.quote_name_unless_alias
        alias, parent = quote(self.table_alias), quote(self.parent_alias)
        on = f'{parent}."id" = {alias}.{quote(BY)}'
        return f"{self.join_type} ({sql}) {alias} ON ({on})", tuple(parameters)

    def relabeled_clone(self, change_map: Mapping[str, str]) -> Beside:
        alias = change_map.get(self.table_alias, self.table_alias)
        return Beside(alias, change_map.get(self.parent_alias, self.parent_alias), self.rows)

    def promote(self) -> Beside:
        return self

    def demote(self) -> Beside:
        """Never an inner join: who has no rows is a customer all the same."""
        return self


def read_beside(customers: QuerySet[Customer], found: Mapping[str, AddedUp]) -> QuerySet[Customer]:
    """The customers with these sums beside them, to be named by `column`."""
    beside = customers.all()
    query = cast("Any", beside.query)
    parent = query.get_initial_alias()
    for alias, added_up in found.items():
        query.alias_map[alias] = Beside(alias, parent, added_up.grouped())
        query.alias_refcount[alias] = 1
    return beside


def column(alias: str, name: str, field: Field[Any, Any]) -> Col:
    """One of the sums; NULL where the customer has no such rows."""
    named = cast("Any", field).clone()
    named.set_attributes_from_name(name)
    return Col(alias, named, named)
