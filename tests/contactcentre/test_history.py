"""History rows say who asked; statements that write none are left as they are."""

from __future__ import annotations

import pghistory
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pghistory.models import Events

from accounts.models import AuditEntry
from contactcentre.history import needs_to_know, told_where_it_is_kept
from products.models import Product
from tests import cast as people
from tests.followups.scenes import default_policy


@pytest.mark.parametrize(
    "sql",
    [
        'UPDATE "customers_customer" SET "name" = %s',
        'INSERT INTO "products_product" ("code") VALUES (%s)',
        'DELETE FROM "customers_contactpoint" WHERE true',
        "with changed as (update customers_customer set name = '') select 1",
        'TRUNCATE "customers_customer"',
        "update customers_customer set name = ''",
        b'UPDATE "customers_customer" SET "name" = %s',
    ],
)
def test_what_may_change_a_kept_row_is_told_who_asks(sql: str | bytes) -> None:
    assert needs_to_know(sql)


@pytest.mark.parametrize(
    "sql",
    [
        'INSERT INTO "accounts_auditentry" ("verb") VALUES (%s)',
        'UPDATE "interactions_interaction" SET "summary" = %s',
        'SAVEPOINT "s1"',
        'RELEASE SAVEPOINT "s1"',
        "EXECUTE needs_need_9 (7)",
    ],
)
def test_what_changes_no_kept_row_is_left_alone(sql: str) -> None:
    assert not needs_to_know(sql)


@pytest.mark.django_db
def test_a_changed_product_keeps_who_changed_it_and_where() -> None:
    saver = people.assemble().saver
    with pghistory.context(user=7, url="/admin/"), told_where_it_is_kept(), transaction.atomic():
        AuditEntry.record(by=None, verb="product renamed", subject=saver)
        Product.objects.filter(pk=saver.pk).update(name="Saver Extra")
    kept = Events.objects.tracks(saver).order_by("-pgh_id").first()
    assert kept is not None
    assert kept.pgh_data["name"] == "Saver Extra"
    assert kept.pgh_context == {"user": 7, "url": "/admin/"}


@pytest.mark.django_db
def test_a_wrap_up_tells_nobody_who_keeps_no_history(client: Client) -> None:
    default_policy(name="Everything else", delay_minutes=60)
    cast = people.assemble()
    interaction = people.contact(cast, cast.ada)
    client.force_login(cast.sam)
    said = {"wrap_up_code": cast.helped.pk, "summary": "Done."}
    with CaptureQueriesContext(connection) as queries:
        client.post(reverse("console:closure", args=[interaction.pk]), said)
    interaction.refresh_from_db()
    assert interaction.closed_at is not None
    assert [query["sql"] for query in queries if "set_config" in query["sql"]] == []
