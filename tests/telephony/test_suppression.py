"""A number on the do-not-call list."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from accounts.models import AuditEntry
from telephony.models import SuppressionEntry
from tests.cast import Cast, assemble


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def test_a_number_is_suppressed_once_and_by_whom_is_kept(cast: Cast) -> None:
    assert not SuppressionEntry.holds("+442079460101")
    first = SuppressionEntry.suppress(number="+442079460101", reason="Pressed 9")
    again = SuppressionEntry.suppress(number="+442079460101", reason="Said so", by=cast.sam)
    assert (again, again.reason) == (first, "Pressed 9")
    assert SuppressionEntry.holds("+442079460101")
    assert AuditEntry.objects.filter(verb="number suppressed").count() == 1


@pytest.mark.django_db
def test_a_number_stands_there_as_it_is_dialled() -> None:
    with pytest.raises(IntegrityError):
        SuppressionEntry.objects.create(number="020 7946 0101", reason="typed")
