"""The store of protected attributes: filled from a file checked whole, read by the audit alone."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer, ProtectedTrait
from customers.taking_in import NotTaken, read
from tests.cast import Cast

ROOT = Path(__file__).parents[2]
HEAD = "source,external_id,attribute,group\n"
MAY_READ = {
    "customers/models/__init__.py",
    "customers/models/protected.py",
    "customers/taking_in.py",
    "offers/fairness/groups.py",
    "intake/seeding/traits.py",
}


@pytest.fixture
def known(cast: Cast) -> list[Customer]:
    return [
        Customer.objects.create(team=cast.team, name=name, source="core", external_id=number)
        for name, number in (("Ada Hart", "A-1"), ("Ben Reid", "B-2"))
    ]


def taken(tmp_path: Path, text: str, *more: str) -> str:
    path, told = tmp_path / "groups.csv", io.StringIO()
    path.write_text(text, encoding="utf-8")
    call_command("import_protected", str(path), "--source", "survey", *more, stdout=told)
    return told.getvalue()


@pytest.mark.django_db
def test_groups_are_kept_and_told_anew_they_change(known: list[Customer], tmp_path: Path) -> None:
    lines = "core,A-1,sex,women\ncore,B-2,sex,men\ncore,Z-9,sex,men\n"
    assert taken(tmp_path, HEAD + lines).startswith("2 kept; 1 of customers who are not known")
    taken(tmp_path, HEAD + "core,A-1,sex,prefers not to say\ncore,A-1,disability,disabled\n")
    kept = set(ProtectedTrait.objects.values_list("customer__name", "attribute", "group"))
    assert kept == {
        ("Ada Hart", "sex", "prefers not to say"),
        ("Ada Hart", "disability", "disabled"),
        ("Ben Reid", "sex", "men"),
    }


@pytest.mark.django_db
def test_a_dry_run_says_the_same_and_changes_nothing(known: list[Customer], tmp_path: Path) -> None:
    told = taken(tmp_path, HEAD + "core,A-1,sex,women\n", "--dry-run")
    assert told.startswith("1 would be kept; 0 of customers")
    assert not ProtectedTrait.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name,group\nAda,women\n", "must name the columns source, external_id, attribute, group"),
        (HEAD + "core,A-1,sex,women\ncore,B-2,shoe size,9\n", "Line 3: “shoe size” is none of sex"),
        (HEAD + "core,,sex,women\n", "Line 2: external_id is empty"),
        (HEAD + f"core,A-1,sex,{'w' * 41}\n", "Line 2: group must be a name of 1 to 40 letters"),
        (HEAD + "core,A-1,sex\n", "Line 2: group must be a name"),
    ],
)
def test_one_wrong_line_and_nothing_is_taken(
    known: list[Customer], tmp_path: Path, text: str, fault: str
) -> None:
    with pytest.raises(CommandError, match=re.escape(fault)):
        taken(tmp_path, text)
    assert not ProtectedTrait.objects.exists()


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="cannot be read as UTF-8"):
        call_command("import_protected", str(path), "--source", "survey")


def test_not_more_faults_than_anybody_reads() -> None:
    with pytest.raises(NotTaken) as told:
        read(io.StringIO(HEAD + "core,A-1,shoe size,9\n" * 5_000))
    assert len(told.value.faults) == 20


@pytest.mark.django_db
def test_a_customer_who_goes_takes_the_groups_along(known: list[Customer], tmp_path: Path) -> None:
    taken(tmp_path, HEAD + "core,A-1,sex,women\n")
    Customer.objects.filter(external_id="A-1").delete()
    assert not ProtectedTrait.objects.exists()


def test_nothing_but_the_audit_reads_the_store() -> None:
    """No decision, page, API, search, export or admin names it."""
    reading = {
        str(path.relative_to(ROOT))
        for app in ROOT.iterdir()
        if (app / "__init__.py").exists() and app.name not in ("tests", "bench")
        for path in app.rglob("*.py")
        if "migrations" not in path.parts
        and re.search(r"Protected(Trait|Attribute)|models\.protected", path.read_text("utf-8"))
    }
    assert reading - MAY_READ == set()
    templates = (path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html"))
    assert not any("protectedtrait" in text.lower() for text in templates)
