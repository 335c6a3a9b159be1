"""Customers: one spelling of every address, consent that is never rewritten, one ending."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction

from accounts.models import AuditEntry
from customers.contact_points import NotAnAddress, normalise
from customers.models import Consent, ContactPoint, Customer, Holding
from tests.cast import Cast, assemble
from tests.threads import at_once


@pytest.mark.parametrize(
    ("channel", "typed", "kept"),
    [
        ("voice", "020 7946 0101", "+442079460101"),
        ("voice", "+44 (0) 20-7946.0101", "+442079460101"),
        ("sms", "0044 7700 900123", "+447700900123"),
        ("email", " Ada@Example.COM ", "ada@example.com"),
        ("social", " @ada ", "@ada"),
    ],
)
def test_every_spelling_of_an_address_is_the_same(channel: str, typed: str, kept: str) -> None:
    assert normalise(channel, typed) == kept


@pytest.mark.parametrize(
    ("channel", "typed"),
    [
        ("voice", ""),
        ("voice", "12"),
        ("voice", "call me"),
        ("voice", "9" * 100_000),
        ("voice", "+999999999999999999"),
        ("sms", "\x00"),
        ("email", "ada"),
        ("email", "ada@"),
        ("email", "a" * 100_000 + "@example.com"),
        ("email", "ada@example.com\nbcc: x@example.com"),
        ("social", "  "),
    ],
)
def test_what_is_no_address_is_refused_and_nothing_is_kept(
    cast: Cast, channel: str, typed: str
) -> None:
    before = (ContactPoint.objects.count(), AuditEntry.objects.count())
    with pytest.raises(NotAnAddress) as refused:
        cast.ada.add_contact_point(by=cast.sam, channel=channel, value=typed)
    assert len(str(refused.value)) < 300
    assert (ContactPoint.objects.count(), AuditEntry.objects.count()) == before


def test_an_address_is_kept_once(cast: Cast) -> None:
    before = ContactPoint.objects.count()
    for typed in ("020 7946 0101", "+44 20 7946 0101"):
        cast.ada.add_contact_point(by=cast.sam, channel="voice", value=typed)
    assert ContactPoint.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_eight_who_add_preferred_numbers_at_once_leave_one_preferred(
    transactional_db: None,
) -> None:
    cast = assemble()

    def add(number: int) -> None:
        cast.ada.add_contact_point(
            by=cast.sam, channel="voice", value=f"020 7946 011{number}", is_preferred=True
        )

    at_once(8, add)
    points = ContactPoint.objects.filter(customer=cast.ada)
    assert (points.count(), points.filter(is_preferred=True).count()) == (9, 1)


def test_consents_are_never_rewritten(cast: Cast) -> None:
    consent = Consent.objects.filter(customer=cast.ada).first()
    assert consent is not None
    for change in (
        lambda: Consent.objects.filter(pk=consent.pk).update(is_granted=False),
        lambda: Consent.objects.filter(pk=consent.pk).delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    assert Consent.objects.get(pk=consent.pk).is_granted


def test_the_newest_consent_counts(cast: Cast) -> None:
    word: dict[str, Any] = {"purpose": "marketing", "channel": "voice", "source": "phone"}
    for is_granted in (False, True, False):
        cast.ada.record_consent(
            by=cast.sam, is_granted=is_granted, wording_version="2026-01", **word
        )
    current = Consent.objects.filter(customer=cast.ada, purpose="marketing").current()
    assert [consent.is_granted for consent in current] == [False]


def test_a_holding_ends_once_with_its_reason(cast: Cast) -> None:
    holding = cast.ada.holdings.get()
    assert holding.cancel(by=cast.sam, because="Moves abroad") is True
    assert holding.cancel(by=cast.sam, because="Again") is False
    stored = Holding.objects.get(pk=holding.pk)
    assert stored.cancelled_because == "Moves abroad"
    assert AuditEntry.objects.filter(verb="holding cancelled").count() == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"cancelled_on": date(2001, 1, 1), "cancelled_because": "Earlier than opened"},
        {"cancelled_on": date(2026, 1, 1)},
        {"cancelled_because": "Not ended"},
    ],
)
def test_the_database_refuses_a_holding_that_cannot_be(cast: Cast, broken: dict[str, Any]) -> None:
    holding = cast.ada.holdings.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.filter(pk=holding.pk).update(**broken)
    assert Holding.objects.get(pk=holding.pk).cancelled_on is None


def test_vulnerability_is_marked_and_unmarked_once(cast: Cast) -> None:
    assert cast.ada.mark_vulnerable(by=cast.sam, because="Bereaved") is True
    assert cast.ada.mark_vulnerable(by=cast.sam, because="Again") is False
    assert Customer.objects.get(pk=cast.ada.pk).vulnerable_because == "Bereaved"
    assert cast.ada.unmark_vulnerable(by=cast.una) is True
    assert cast.ada.unmark_vulnerable(by=cast.una) is False
    verbs = AuditEntry.objects.filter(verb__contains="vulnerable").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "marked vulnerable",
        "unmarked vulnerable",
    ]


def test_a_change_that_changes_nothing_writes_nothing(cast: Cast) -> None:
    before = AuditEntry.objects.count()
    assert cast.ada.change(by=cast.sam, name="Ada Byron") is False
    assert AuditEntry.objects.count() == before


def test_the_row_before_a_change_is_kept(cast: Cast) -> None:
    cast.ada.change(by=cast.sam, name="Ada Lovelace")
    history = cast.ada.events.order_by("pgh_id")  # type: ignore[attr-defined]
    assert [row.name for row in history][-1:] == ["Ada Lovelace"]
    assert history.count() == 1
