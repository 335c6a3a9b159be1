"""CSV files: what comes in, what is refused, and that nothing is half-written."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from itertools import islice
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, Team
from customers.models import Consent, ContactPoint, Customer, Holding
from followups.models import FollowUp
from intake.importing import running
from intake.importing.errors import FileRefused, MappingWrong
from intake.importing.mapping import RowMapping
from intake.importing.reading import Row
from intake.importing.running import AlreadyBegun, FileImport
from intake.importing.values import Calendar, back
from intake.models import ImportRun
from interactions.models import Interaction, Message, TimelineEntry
from needs.models import Need, NeedType
from offers.models import Offer
from products.models import Product

pytestmark = pytest.mark.django_db

PROJECT = Path(__file__).resolve().parents[2]
DATA = PROJECT.parent / "shared" / "data"
TODAY = date(2026, 11, 20)
MAPPING = """
source = "paper"
team = "Everyday banking"

[file]
delimiter = ";"
columns = ["id", "name", "phone", "mail", "months", "left", "fee", "said", "took"]

[customer]
external_id = "{id}"
name = "{name}"
customer_since = { before = "as_of", months = "months" }

[customer.figures]
fee = { column = "fee", as = "decimal" }

[[contact_points]]
channel = "voice"
value = "{phone}"

[[consents]]
purpose = "survey"
channel = "voice"
is_granted = { column = "mail", choices = { yes = true, no = false } }

[[holdings]]
external_id = "plan"
product = "plan"
opened_on = { before = "as_of", months = "months" }
is_cancelled = { column = "left", choices = { yes = true, no = false } }
cancelled_on = { before = "as_of", plus = 3 }
cancelled_because = "Not told"
monthly_charge = { column = "fee", as = "decimal" }

[[interactions]]
when = { column = "said", is_not = "" }
external_id = "{id}-1"
channel = "chat"
direction = "inbound"
contact_reason = "asked"
wrap_up_code = "noted"
opened_on = { before = "as_of", plus = 2 }
lasted_seconds = 120

[interactions.message]
body = "{said}"

[interactions.need]
need_type = "lower_fees"
evidence = "{said}"

[interactions.offer]
product = "plan"
status = { column = "took", choices = { y = "accepted", n = "declined" } }
because = "Not told"

[products.plan]
name = "Plan"
category = "plans"
category_name = "Plans"
summary = "A plan."

[contact_reasons.asked]
name = "Asked"
intent = "question"

[wrap_up_codes.noted]
name = "Noted"
outcome = "resolved"
"""
HEADER = "id;name;phone;mail;months;left;fee;said;took"
GOOD = (
    "A1;Ann Hall;020 7946 0201;yes;14;no;12.50;fees are too high;n",
    "A2;Bob Hill;020 7946 0202;no;3;yes;9;;n",
    'A3;"Cox, Cat";020 7946 0203;yes;40;no;;"says ""hello""\nand more";y',
)


@pytest.fixture(autouse=True)
def team() -> Team:
    return Team.objects.create(name="Everyday banking")


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "paper.toml"
    path.write_text(MAPPING)
    return path


def written(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "paper.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def run(mapping: Path, file: Path, *options: str) -> str:
    out = StringIO()
    call_command(
        "import_records",
        str(file),
        "--mapping",
        str(mapping),
        "--as-of",
        TODAY.isoformat(),
        "--errors",
        str(file.with_suffix(".errors")),
        *options,
        stdout=out,
    )
    return out.getvalue()


def errors_of(file: Path) -> list[list[str]]:
    with file.with_suffix(".errors").open(newline="", encoding="utf-8") as told:
        return list(csv.reader(told))


def nothing_came_in() -> bool:
    models = (Customer, Holding, Interaction, Product, ImportRun, NeedType)
    return not any(model._default_manager.exists() for model in models)


def test_a_row_becomes_a_customer_with_all_that_it_tells(mapping: Path, tmp_path: Path) -> None:
    told = run(mapping, written(tmp_path, *GOOD))
    assert "3 rows read, 3 customers added, 0 changed, 0 rows left out" in told
    ann = Customer.objects.get(source="paper", external_id="A1")
    assert (ann.name, ann.customer_since) == ("Ann Hall", date(2025, 9, 20))
    assert ann.figures == {"fee": "12.50"}
    assert ContactPoint.objects.get(customer=ann).value == "+442079460201"
    assert Consent.objects.get(customer=ann).is_granted
    holding = Holding.objects.get(customer=ann)
    assert (holding.opened_on, holding.cancelled_on) == (date(2025, 9, 20), None)
    assert holding.monthly_charge == Decimal("12.50")
    contact = Interaction.objects.get(customer=ann)
    assert contact.closed_at is not None
    assert (contact.closed_at - contact.opened_at).seconds == 120
    assert Message.objects.get(interaction=contact).body == "fees are too high"
    assert Need.objects.get(customer=ann).need_type.code == "lower-fees"
    assert Offer.objects.get(customer=ann).status == "declined"
    assert TimelineEntry.objects.filter(customer=ann).count() == 3
    assert AuditEntry.objects.filter(verb="records imported").count() == 1


def test_who_left_has_a_holding_that_ended_with_a_reason(mapping: Path, tmp_path: Path) -> None:
    run(mapping, written(tmp_path, *GOOD))
    bob = Holding.objects.get(customer__external_id="A2")
    assert (bob.cancelled_on, bob.cancelled_because) == (date(2026, 11, 17), "Not told")
    assert not Interaction.objects.filter(customer__external_id="A2").exists()


def test_quoted_delimiters_and_lines_are_part_of_the_cell(mapping: Path, tmp_path: Path) -> None:
    run(mapping, written(tmp_path, *GOOD))
    cat = Customer.objects.get(external_id="A3")
    assert cat.name == "Cox, Cat"
    assert Message.objects.get(interaction__customer=cat).body == 'says "hello"\nand more'


def test_words_that_look_like_the_end_of_a_copy_come_in_whole(
    mapping: Path, tmp_path: Path
) -> None:
    said = 'first\n\\.\n\\N, a tab\t and "quotes"'
    cell = said.replace('"', '""')
    run(mapping, written(tmp_path, f'A1;Ann;020 7946 0201;yes;14;no;1;"{cell}";n', GOOD[1]))
    assert Message.objects.get().body == said
    assert Customer.objects.count() == 2


def test_a_row_told_twice_adds_its_contact_and_need_once(mapping: Path, tmp_path: Path) -> None:
    told = run(mapping, written(tmp_path, GOOD[0], GOOD[0]))
    assert "2 rows read, 1 customers added, 0 changed, 0 rows left out" in told
    for model in (ContactPoint, Consent, Holding, Interaction, Message, Need, Offer):
        assert model._default_manager.count() == 1, model


def test_the_past_owes_nobody_a_follow_up(mapping: Path, tmp_path: Path) -> None:
    run(mapping, written(tmp_path, *GOOD))
    assert FollowUp.objects.count() == 0


def test_the_same_file_again_changes_nothing(mapping: Path, tmp_path: Path) -> None:
    file = written(tmp_path, *GOOD)
    run(mapping, file)
    models = (Customer, ContactPoint, Consent, Holding, Interaction, Offer, Need, TimelineEntry)
    before = [model._default_manager.count() for model in models]
    told = run(mapping, file)
    assert "0 customers added, 0 changed, 0 rows left out" in told
    assert [model._default_manager.count() for model in models] == before


def test_a_known_customer_is_changed_and_consent_keeps_its_history(
    mapping: Path, tmp_path: Path
) -> None:
    run(mapping, written(tmp_path, *GOOD))
    changed = "A1;Ann Hall-Reid;020 7946 0299;no;14;yes;14;fees are too high;n"
    told = run(mapping, written(tmp_path, changed))
    assert "0 customers added, 1 changed" in told
    ann = Customer.objects.get(external_id="A1")
    assert ann.name == "Ann Hall-Reid"
    assert ContactPoint.objects.filter(customer=ann).count() == 2
    words = Consent.objects.filter(customer=ann).order_by("pk").values_list("is_granted", flat=True)
    assert list(words) == [True, False]
    holding = Holding.objects.get(customer=ann)
    assert (holding.cancelled_on, holding.monthly_charge) == (date(2026, 11, 17), Decimal("14.00"))


def test_a_dry_run_writes_nothing(mapping: Path, tmp_path: Path) -> None:
    told = run(mapping, written(tmp_path, *GOOD), "--dry-run")
    assert "3 rows: 3 customers to add, 0 known, 0 rows with errors. Nothing was written." in told
    assert nothing_came_in()


@pytest.mark.parametrize(
    ("row", "column", "advice"),
    [
        ("B1;Eve;020 7946 0204;yes;x;no;1;;n", "months", "no whole number"),
        ("B1;Eve;020 7946 0204;yes;-4;no;1;;n", "months", "cannot be"),
        ("B1;Eve;020 7946 0204;maybe;4;no;1;;n", "mail", "not one of yes, no"),
        ("B1;Eve;12;yes;4;no;1;;n", "value", "phone number"),
        ("B1;Eve;020 7946 0204;yes;4;no;much;;n", "fee", "no number"),
        ("B1;Eve;020 7946 0204;yes;4;no;NaN;;n", "fee", "no number"),
        ("B1;;020 7946 0204;yes;4;no;1;;n", "", "names no customer"),
        (f"B1;{'E' * 161};020 7946 0204;yes;4;no;1;;n", "name", "160 characters"),
        ("B1;Eve;020 7946 0204;yes;4;no;1;hello;maybe", "took", "not one of y, n"),
        ("B1;Eve;020 7946 0204;yes;0;yes;1;;n", "cancelled_on", "before it began"),
        ("B1;Eve;020 7946 0204;yes;4;no;1", "", "7 cells where the header has 9"),
        ("B1;E\x00ve;020 7946 0204;yes;4;no;1;;n", "name", "NUL"),
    ],
)
def test_a_bad_row_is_told_and_left_out_and_the_others_come_in(
    mapping: Path, tmp_path: Path, row: str, column: str, advice: str
) -> None:
    file = written(tmp_path, GOOD[0], row, GOOD[1])
    told = run(mapping, file)
    assert "3 rows read, 2 customers added, 0 changed, 1 rows left out" in told
    header, error = errors_of(file)
    assert header == ["line", "column", "what to do"]
    assert error[:2] == ["3", column]
    assert advice in error[2]
    assert set(Customer.objects.values_list("external_id", flat=True)) == {"A1", "A2"}
    assert Holding.objects.count() == 2


def test_a_row_that_the_database_refuses_is_told_and_the_batch_comes_in(
    mapping: Path, tmp_path: Path
) -> None:
    mapping.write_text(MAPPING.replace('name = "{name}"', 'name = "{name}"\ncountry = "{took}"'))
    file = written(
        tmp_path,
        "A1;Ann;+44 20 7946 0201;yes;14;no;1;;GB",
        "A2;Bob;+44 20 7946 0202;yes;14;no;1;;gb",
        "A3;Cat;+44 20 7946 0203;yes;14;no;1;;IE",
    )
    told = run(mapping, file)
    assert "2 customers added, 0 changed, 1 rows left out" in told
    assert errors_of(file)[1] == [
        "3",
        "",
        "The database's rule customer_country_iso refuses this row.",
    ]


def test_bytes_of_another_encoding_are_told(mapping: Path, tmp_path: Path) -> None:
    file = written(tmp_path, GOOD[0])
    file.write_bytes(file.read_bytes() + "B1;Zoë;020 7946 0204;yes;4;no;1;;n\n".encode("latin-1"))
    assert "1 customers added, 0 changed, 1 rows left out" in run(mapping, file)
    assert errors_of(file)[1][:2] == ["3", "name"]


def test_a_file_without_a_column_is_refused(mapping: Path, tmp_path: Path) -> None:
    file = written(tmp_path, GOOD[0], header=HEADER.replace(";fee", ";price"))
    with pytest.raises(CommandError, match="lacks the columns fee"):
        run(mapping, file)
    assert nothing_came_in()


def test_the_wrong_delimiter_is_guessed_at_in_the_advice(mapping: Path, tmp_path: Path) -> None:
    file = written(tmp_path, header=HEADER.replace(";", ","))
    with pytest.raises(CommandError, match="is “;” the right delimiter"):
        run(mapping, file)


def test_a_quote_never_closed_refuses_the_file_whole(mapping: Path, tmp_path: Path) -> None:
    file = written(tmp_path, GOOD[0], 'B1;"Eve;020 7946 0204;yes;4;no;1;;n', GOOD[1])
    with pytest.raises(CommandError, match="broken at line 3"):
        run(mapping, file)
    assert nothing_came_in()


def test_an_unknown_product_is_refused_before_anything_is_written(
    mapping: Path, tmp_path: Path
) -> None:
    mapping.write_text(MAPPING.replace("[products.plan]", "[products.other]"))
    with pytest.raises(CommandError, match="“plan” is not among the products"):
        run(mapping, written(tmp_path, *GOOD))
    assert nothing_came_in()


def test_an_unknown_team_is_refused(mapping: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no team “Nowhere”"):
        run(mapping, written(tmp_path, *GOOD), "--team", "Nowhere")
    assert nothing_came_in()


def test_a_mapping_that_speaks_of_no_column_is_refused(mapping: Path) -> None:
    mapping.write_text(MAPPING.replace("{name}", "{nickname}"))
    with pytest.raises(MappingWrong, match="nickname"):
        RowMapping(mapping)


class Stopped(Exception):
    """The process was killed here."""


def stop_after(rows: int) -> running.Advanced:
    done = 0

    def advanced(count: int) -> None:
        nonlocal done
        done += count
        if done >= rows:
            raise Stopped

    return advanced


def test_a_stopped_import_goes_on_behind_its_last_batch(
    mapping: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    file = written(tmp_path, *GOOD)
    known = RowMapping(mapping)
    first = FileImport(known, known.file(file), TODAY)
    begun = first.begin(resume=False, restart=False)
    with pytest.raises(Stopped):
        list(first.write(begun, team="Everyday banking", advanced=stop_after(2)))
    assert Customer.objects.count() == 2
    with pytest.raises(AlreadyBegun, match="stopped after 2 rows"):
        first.begin(resume=False, restart=False)
    told = run(mapping, file, "--resume")
    assert "3 rows read, 3 customers added" in told
    assert Customer.objects.count() == 3
    assert ImportRun.objects.get().finished_at is not None


def test_a_batch_that_fails_leaves_no_progress_behind(
    mapping: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, *GOOD)
    known = RowMapping(mapping)
    file_import = FileImport(known, known.file(file), TODAY)
    begun = file_import.begin(resume=False, restart=False)

    def broken(*_: object) -> None:
        raise Stopped

    monkeypatch.setattr("intake.importing.contacts.Contacts.add", broken)
    with pytest.raises(Stopped):
        list(file_import.write(begun, team="Everyday banking", advanced=lambda _: None))
    begun.refresh_from_db()
    assert (begun.rows_done, Customer.objects.count(), Holding.objects.count()) == (0, 0, 0)


def test_a_refused_file_never_begins(mapping: Path, tmp_path: Path) -> None:
    known = RowMapping(mapping)
    file = written(tmp_path, 'B1;"Eve')
    with pytest.raises(FileRefused):
        FileImport(known, known.file(file), TODAY).check(advanced=lambda _: None)
    assert ImportRun.objects.count() == 0


def test_the_calendar_follows_months_and_weekdays_in_file_order() -> None:
    calendar = Calendar(starts=date(2008, 5, 1), month="month", weekday="day")
    told = [("may", "mon"), ("may", "mon"), ("may", "tue"), ("may", "mon"), ("jun", "fri")]
    told += [("dec", "wed"), ("mar", "thu")]
    days = [
        calendar.next(Row(number, number, {"month": month, "day": day}))
        for number, (month, day) in enumerate(told)
    ]
    assert [f"{day:%Y-%m-%d}" for day in days] == [
        "2008-05-05", "2008-05-05", "2008-05-06", "2008-05-12", "2008-06-06",
        "2008-12-03", "2009-03-05",
    ]  # fmt: skip


def test_months_before_the_31st_end_with_their_month() -> None:
    assert back(date(2026, 3, 31), "months", 1) == date(2026, 2, 28)
    assert back(date(2024, 2, 29), "years", 1) == date(2023, 2, 28)
    assert back(date(2026, 1, 15), "months", 13) == date(2024, 12, 15)


def head(file: Path, rows: int, tmp_path: Path) -> Path:
    if not file.exists():
        pytest.skip(f"{file.relative_to(DATA)} is not here; see docs on the data sets")
    path = tmp_path / file.name
    with file.open(encoding="utf-8", newline="") as source:
        path.write_text("".join(islice(source, rows + 1)), encoding="utf-8")
    return path


def test_bank_contacts_become_customers_with_a_call_and_the_offer(tmp_path: Path) -> None:
    file = head(DATA / "bank_marketing" / "contacts.csv", 300, tmp_path)
    told = run(PROJECT / "mappings" / "bank_marketing.toml", file)
    assert "300 rows read, 300 customers added, 0 changed, 0 rows left out" in told
    assert Interaction.objects.filter(external_id="000001").get().opened_at.date() == date(
        2008, 5, 5
    )
    assert Offer.objects.filter(product__code="term-deposit").count() == 300
    with file.open(newline="") as source:
        took = [row["y"] for row in csv.DictReader(source, delimiter=";")].count("yes")
    assert Offer.objects.filter(status="accepted").count() == took
    assert Holding.objects.filter(product__code="term-deposit").count() == took


def test_subscribers_become_customers_whose_holdings_ended_where_they_left(tmp_path: Path) -> None:
    file = head(DATA / "telco_churn" / "subscribers.csv", 300, tmp_path)
    run(PROJECT / "mappings" / "telco_churn.toml", file)
    with file.open(newline="") as source:
        rows = list(csv.DictReader(source))
    contracts = Holding.objects.filter(external_id="contract")
    assert contracts.count() == 300
    left = [row for row in rows if row["Churn"] == "Yes"]
    assert contracts.exclude(cancelled_on=None).count() == len(left)
    first = contracts.get(customer__external_id=rows[0]["customerID"])
    assert first.monthly_charge == Decimal(rows[0]["MonthlyCharges"])
    assert "gender" not in first.customer.figures


def test_questions_become_contacts_with_their_words_and_need(tmp_path: Path) -> None:
    file = head(DATA / "banking77" / "train.csv", 50, tmp_path)
    run(PROJECT / "mappings" / "banking77.toml", file)
    need = Need.objects.get(customer__external_id="000001")
    assert need.need_type.code == "card-arrival"
    assert need.interaction is not None
    assert need.evidence == Message.objects.get(interaction=need.interaction).body
    assert isinstance(need.stated_at, datetime)
