"""How fast do customers come in from a CSV file, all that belongs to them included?"""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.db import connection, transaction

from bench.inside import Figure
from customers.models import ContactPoint, Holding
from intake.copying import trusted
from intake.importing.mapping import RowMapping
from intake.importing.running import FileImport
from intake.models import ImportRun
from intake.seeding.people import EVERYDAY
from interactions.models import Interaction, TimelineEntry

ROWS = 20_000
TARGET = 100_000 / 120  # rows a second: 100,000 customers in two minutes
SOURCE = "bench-import"
MAPPING = f"""
source = "{SOURCE}"
team = "{EVERYDAY}"
[file]
columns = ["id", "name", "phone", "mail", "balance", "months", "said"]
[customer]
external_id = "{{id}}"
name = "{{name}}"
customer_since = {{ before = "as_of", months = "months" }}
[[contact_points]]
channel = "voice"
value = "{{phone}}"
[[contact_points]]
channel = "email"
value = "{{mail}}"
[[holdings]]
external_id = "account"
product = "everyday-account"
opened_on = {{ before = "as_of", months = "months" }}
balance = {{ column = "balance", as = "decimal" }}
[[interactions]]
external_id = "{{id}}-1"
channel = "voice"
direction = "inbound"
contact_reason = "savings-rate"
wrap_up_code = "answered"
subject = "{{said}}"
opened_on = {{ before = "as_of", plus = 20 }}
lasted_seconds = 240
"""


def imported() -> Iterator[Figure]:
    """Checked and written; what an earlier run brought in is removed first."""
    _remove()
    with tempfile.TemporaryDirectory() as folder:
        mapping, file = Path(folder) / "mapping.toml", Path(folder) / "rows.csv"
        mapping.write_text(MAPPING)
        _write(file)
        told = RowMapping(mapping)
        began = time.perf_counter()
        file_import = FileImport(told, told.file(file), date(2026, 11, 1))
        checked = file_import.check(advanced=lambda _: None)
        run = file_import.begin(resume=False, restart=True)
        errors = list(file_import.write(run, team=EVERYDAY, advanced=lambda _: None))
        seconds = time.perf_counter() - began
    if errors or checked.rows != ROWS:
        raise RuntimeError(f"{len(errors)} of {checked.rows} rows did not come in.")
    title = f"import of {ROWS:,} customers with account and contact"
    yield Figure("import", title, ROWS / seconds, "rows/s", TARGET, at_least=True)


def _remove() -> None:
    """By plain statements: through the ORM it would take longer than the import."""
    with transaction.atomic(), trusted(), connection.cursor() as cursor:
        ours = "select id from customers_customer where source = %s"
        for model in (TimelineEntry, Interaction, ContactPoint, Holding):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"delete from {table} where customer_id in ({ours})", [SOURCE])
        cursor.execute("delete from customers_customer where source = %s", [SOURCE])
    ImportRun.objects.filter(source=SOURCE).delete()


def _write(file: Path) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["id", "name", "phone", "mail", "balance", "months", "said"])
        for number in range(ROWS):
            rows.writerow(
                [
                    f"B{number:06d}",
                    f"Imported Customer{number % 977}",
                    f"+4498{number:08d}",
                    f"imported.{number}@example.com",
                    f"{number % 9000}.50",
                    number % 120,
                    "what do you pay on savings",
                ]
            )
