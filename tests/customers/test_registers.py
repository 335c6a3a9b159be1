"""A public register is taken in whole, goes on where it stopped, and forgets who left it."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from customers import registers
from telephony.models import RegisterImport, SuppressionEntry

pytestmark = pytest.mark.django_db
LAYER = "register:tps"


def edition(tmp_path: Path, *lines: str, name: str = "tps.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n")
    return path


def taken(path: Path, *options: str, as_of: str = "2026-11-20", register: str = "tps") -> Any:
    out, errors = StringIO(), StringIO()
    call_command(
        "import_register",
        str(path),
        f"--register={register}",
        f"--as-of={as_of}",
        "--source=TPS Ltd",
        *options,
        stdout=out,
        stderr=errors,
    )
    return out.getvalue().strip(), errors.getvalue().splitlines()


def listed() -> list[str]:
    found = SuppressionEntry.objects.filter(layer=LAYER).order_by("number")
    return list(found.values_list("number", flat=True))


def test_numbers_are_kept_with_their_register_and_its_day(tmp_path: Path) -> None:
    path = edition(tmp_path, "number", "020 7946 0101", "+442079460102", "not one", "02079460101")
    said, faults = taken(path)
    assert said == "5 lines read: 2 numbers kept, 2 lines left out, 0 numbers let go."
    assert faults == [
        "line 1: This is no phone number. Write digits, with the area code.",
        "line 4: This is no phone number. Write digits, with the area code.",
    ]
    assert listed() == ["+442079460101", "+442079460102"]
    assert RegisterImport.days_of() == {LAYER: date(2026, 11, 20)}
    entry = SuppressionEntry.objects.get(number="+442079460101")
    assert entry.taken_from is not None
    assert (entry.reason, entry.taken_from.kept, entry.taken_from.faulty) == ("TPS Ltd", 2, 2)
    assert not SuppressionEntry.holds("+442079460101")  # a register forbids less than our own list


def test_a_dry_run_says_the_same_and_changes_nothing(tmp_path: Path) -> None:
    said, faults = taken(edition(tmp_path, "020 7946 0101", "x"), "--dry-run")
    assert said == ("2 lines read: 1 numbers would be kept, 1 lines left out, 0 numbers let go.")
    assert len(faults) == 1
    assert not SuppressionEntry.objects.exists()
    assert not RegisterImport.objects.exists()


def test_the_next_edition_lets_go_who_left_and_the_same_one_changes_nothing(
    tmp_path: Path,
) -> None:
    SuppressionEntry.suppress(number="+442079460101", reason="Said so")
    taken(edition(tmp_path, "02079460101", "02079460102"))
    newer = edition(tmp_path, "02079460102", "02079460103", name="newer.csv")
    said, _ = taken(newer, as_of="2026-11-22")
    assert said.endswith("2 numbers kept, 0 lines left out, 1 numbers let go.")
    assert listed() == ["+442079460102", "+442079460103"]
    assert SuppressionEntry.holds("+442079460101")  # what was said to us stays
    assert taken(newer, as_of="2026-11-22")[0].startswith("0 lines read")
    assert listed() == ["+442079460102", "+442079460103"]


def test_an_older_edition_is_refused(tmp_path: Path) -> None:
    taken(edition(tmp_path, "02079460101"), as_of="2026-11-20")
    with pytest.raises(CommandError, match="edition of 20 Nov 2026 is in force"):
        taken(edition(tmp_path, "02079460102", name="older.csv"), as_of="2026-11-01")
    assert listed() == ["+442079460101"]


def test_a_stopped_import_goes_on_behind_its_last_whole_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registers, "BATCH", 3)
    taken(edition(tmp_path, "02079460999", name="before.csv"), as_of="2026-10-20")
    path = edition(tmp_path, *(f"0207946{number:04}" for number in range(101, 111)))
    whole, seen = registers._numbers, 0

    def stops(*args: Any, **how: Any) -> set[str]:
        nonlocal seen
        seen += 1
        if seen == 3:
            raise KeyboardInterrupt
        return whole(*args, **how)

    monkeypatch.setattr(registers, "_numbers", stops)
    with pytest.raises(KeyboardInterrupt):
        taken(path)
    assert len(listed()) == 7  # both editions count until the new one is in
    assert RegisterImport.days_of() == {LAYER: date(2026, 10, 20)}
    monkeypatch.setattr(registers, "_numbers", whole)
    said, _ = taken(path)
    assert said.startswith("Went on behind line 6. 4 lines read: 4 numbers kept")
    assert said.endswith("1 numbers let go.")
    assert len(listed()) == 10
    assert RegisterImport.objects.get(as_of="2026-11-20").lines_done == 10


@pytest.mark.parametrize("register", ["nobody", "", "register:tps", "TPS"])
def test_a_register_that_no_rules_name_is_refused(tmp_path: Path, register: str) -> None:
    with pytest.raises(CommandError, match="no register that the rules name"):
        taken(edition(tmp_path, "02079460101"), register=register)
    assert not SuppressionEntry.objects.exists()


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        taken(tmp_path / "missing.csv")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="cannot be read"):
        taken(tmp_path / "binary.csv")
    assert not RegisterImport.objects.exists()


@pytest.mark.parametrize("layer", ["", "register:", "register:TPS", "somebody"])
def test_a_layer_that_nobody_knows_is_refused_by_the_database(layer: str) -> None:
    with pytest.raises(IntegrityError):
        SuppressionEntry.objects.create(number="+442079460101", layer=layer, reason="x")
