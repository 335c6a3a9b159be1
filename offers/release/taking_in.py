"""What would a CSV file change in the draft, line by line? And then: all of it, or nothing."""

from __future__ import annotations

from django.db import transaction

from accounts.errors import Conflict, RuleBroken
from accounts.models import AuditEntry, User
from offers import publishing
from offers.release import fit_lines, product_lines, rule_lines
from offers.release.lines import Tried
from offers.release.sheets import Sheet, read

OF_SHEET = {
    "products": product_lines.looked_at,
    "rules": rule_lines.looked_at,
    "fits": fit_lines.looked_at,
}


class DraftChanged(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Somebody changed the draft since this file was tried. Try it again to see what it "
            "changes now."
        )


def tried(sheet: Sheet, text: str) -> Tried:
    """What the file would change; nothing is written. Raises NotASheet."""
    found = Tried(sheet, publishing.digest_of(publishing.draft_content()))
    rows = read(sheet, text)
    OF_SHEET[sheet.name](rows, found)
    found.lines.sort(key=lambda line: line.number)
    return found


def take_in(sheet: Sheet, text: str, *, mark: str, by: User) -> Tried:
    """Write all that the file changes. Raises RuleBroken, then nothing has changed."""
    with transaction.atomic():
        publishing.one_at_a_time()
        found = tried(sheet, text)
        if found.mark != mark:
            raise DraftChanged
        if found.errors:
            raise RuleBroken("Nothing was changed: the file has errors. Mend them first.")
        for write in found.writes:
            write()
        AuditEntry.record(
            by=by,
            verb="sheet taken in",
            subject=by,
            detail={"sheet": sheet.name, "changes": found.changes},
        )
    return found
