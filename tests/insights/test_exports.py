"""Does an export stay text in a spreadsheet, and hold what the list holds?"""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from accounts.models import AuditEntry
from insights import exports, records, rollups
from tests.insights.scene import Scene, day


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "  \u200b=1",
        "\u200b",
        "\ufeff=1",
        "\u00a0=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "|calc",
        "%0A=1",
        '=HYPERLINK("x")',
    ],
)
def test_a_cell_that_a_spreadsheet_might_run_is_led_in_by_an_apostrophe(name: str) -> None:
    assert exports.safe(name) == f"'{name}"


@pytest.mark.parametrize("name", ["Ada Byron", "O'Neill", "1 = 1", "a-b", "", "Ünal", "5", " Ada"])
def test_other_cells_stay_as_they_are(name: str) -> None:
    assert exports.safe(name) == name


@pytest.mark.django_db
def test_the_file_holds_every_record_and_is_quoted(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "CHUNK", 7)
    for n in range(20):
        scene.holds(scene.customer(f'=cmd|"{n}"'), 100, 5, because="moved, away")
    scene.holds(scene.customer("Theirs", scene.cast.other_team), 100, 5)
    rollups.refresh()
    client = Client()
    client.force_login(scene.cast.una)
    answer = client.post("/insights/records/lost/export/?range=30d")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="lost.csv"'
    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:6] == ["Day", "Customer", "Team", "What", "Outcome", "Reason"]
    assert len(rows) == 21
    assert {row[1] for row in rows[1:]} == {f'\'=cmd|"{n}"' for n in range(20)}
    assert rows[1][0] == day(5).isoformat()
    assert rows[1][5] == "moved, away"
    assert text.count("\r\n") == 21
    entry = AuditEntry.objects.get(verb="records exported")
    assert entry.by == scene.cast.una
    assert entry.detail["measure"] == "lost"


@pytest.mark.django_db
def test_an_export_is_asked_for_by_post(scene: Scene) -> None:
    client = Client()
    client.force_login(scene.cast.una)
    assert client.get("/insights/records/lost/export/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(scene.cast.una)
    assert strict.post("/insights/records/lost/export/").status_code == 403
    assert not AuditEntry.objects.filter(verb="records exported").exists()
