"""Prepared statements give what the ORM gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import NotSupportedError, connection, transaction
from django.db.models import QuerySet, Value

from accounts.models import Team
from accounts.prepared import NOBODY, Prepared, PreparedModels
from interactions.models import Interaction
from tests import cast as people

Queries = Callable[[int], AbstractContextManager[object]]
pytestmark = pytest.mark.django_db

CONTACTS: PreparedModels[Interaction] = PreparedModels(
    Interaction,
    lambda *, customer: Interaction.objects.filter(customer=customer).annotate(mark=Value("seen")),
    {"customer": NOBODY},
    related=["customer", "customer__team", "agent", "wrap_up_code"],
    extra=["mark"],
)


def by_orm(customer: int) -> QuerySet[Interaction]:
    return Interaction.objects.filter(customer=customer).select_related("customer__team", "agent")


def test_objects_come_whole_with_what_they_refer_to(
    django_assert_num_queries: Queries,
) -> None:
    cast = people.assemble()
    cast.ada.figures = {"annual_income": "46000"}
    cast.ada.save()
    contact = people.contact(cast, cast.ada)
    with django_assert_num_queries(1):
        (found,) = CONTACTS.rows(customer=cast.ada.pk)
        told = (found.customer.team.name, str(found.agent), found.wrap_up_code)
    assert told == (cast.team.name, "Sam", None)
    assert found.customer.figures == {"annual_income": "46000"}
    assert found.mark == "seen"  # type: ignore[attr-defined]
    for field in Interaction._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(by_orm(cast.ada.pk).get(), field.attname)
    found.subject = "changed"
    found.save()
    contact.refresh_from_db()
    assert contact.subject == "changed"


def test_nobody_elses_rows_come() -> None:
    cast = people.assemble()
    people.contact(cast, cast.ada)
    assert CONTACTS.rows(customer=cast.ben.pk) == []
    assert CONTACTS.rows(customer=NOBODY) == []


def test_values_are_parameters_and_never_text_of_the_statement() -> None:
    cast = people.assemble()
    named: Prepared = Prepared(
        lambda *, name: type(cast.ada).objects.filter(name=name).values_list("name", "figures"),
        {"name": "nobody's name"},
    )
    assert named.rows(name="' or 1 = 1 --") == []
    ((name, figures),) = named.rows(name="Ada Byron")
    assert (name, json.loads(figures)) == ("Ada Byron", {})


def test_postgresql_plans_the_statement_once_a_connection() -> None:
    teams = Prepared(
        lambda *, name: Team.objects.filter(name=name).values_list("pk"), {"name": "no team"}
    )
    for name in ("Cardiff", "Leeds"):
        teams.rows(name=name)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements where name = %s", [teams.name])
        assert cursor.fetchone() == (1,)


def test_a_changed_column_is_met_by_planning_anew() -> None:
    teams = Prepared(
        lambda *, name: Team.objects.filter(name=name).values_list("name"), {"name": "no team"}
    )
    assert teams.rows(name="Cardiff") == []
    with connection.cursor() as cursor:
        cursor.execute("alter table accounts_team alter column name type text")
    with pytest.raises(NotSupportedError), transaction.atomic():
        teams.rows(name="Cardiff")
    assert teams.rows(name="Cardiff") == []
