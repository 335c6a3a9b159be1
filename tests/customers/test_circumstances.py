"""An agent says that a customer is bereaved, has left or needs care; the rules heed it at once."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from customers.models import Customer
from tests.cast import Cast, assemble


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def told(cast: Cast, client: Client, **what: str) -> int:
    address = reverse("customers:circumstances", args=[cast.ada.pk])
    return client.post(address, what).status_code


def facts(cast: Cast) -> tuple[bool, bool, bool]:
    found = Customer.objects.get(pk=cast.ada.pk)
    return (
        found.vulnerable_since is not None,
        found.bereaved_since is not None,
        found.left_on is not None,
    )


@pytest.mark.parametrize(
    ("fact", "verbs", "place"),
    [
        ("vulnerable", ["marked vulnerable", "unmarked vulnerable"], 0),
        ("bereaved", ["marked bereaved", "unmarked bereaved"], 1),
        ("left", ["marked as having left", "marked as back"], 2),
    ],
)
def test_a_fact_is_marked_once_and_taken_back(
    cast: Cast, client: Client, fact: str, verbs: list[str], place: int
) -> None:
    client.force_login(cast.sam)
    before = AuditEntry.objects.count()
    for _ in range(2):
        assert told(cast, client, fact=fact, is_so="yes", because="An illness") == 302
    assert [index for index, is_so in enumerate(facts(cast)) if is_so] == [place]
    for _ in range(2):
        assert told(cast, client, fact=fact, is_so="no") == 302
    assert facts(cast) == (False, False, False)
    entries = AuditEntry.objects.order_by("pk")[before:]
    assert [entry.verb for entry in entries] == verbs
    assert all(entry.by_id == cast.sam.pk and not entry.detail for entry in entries)


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"fact": "vulnerable", "is_so": "yes"},
        {"fact": "vulnerable", "is_so": "yes", "because": "   "},
        {"fact": "rich", "is_so": "yes"},
        {"fact": "bereaved", "is_so": "perhaps"},
        {"fact": "bereaved"},
        {"fact": "vulnerable", "is_so": "yes", "because": "x" * 201},
    ],
)
def test_what_makes_no_sense_changes_nothing(
    cast: Cast, client: Client, what: dict[str, str]
) -> None:
    client.force_login(cast.sam)
    before = AuditEntry.objects.count()
    assert told(cast, client, **what) == 422
    assert facts(cast) == (False, False, False)
    assert AuditEntry.objects.count() == before


def test_the_law_is_shown_line_by_line_to_who_leads(cast: Cast, client: Client) -> None:
    client.force_login(cast.una)
    page = client.get(reverse("customers:law")).content.decode()
    for words in (
        "United Kingdom",
        "Any other country",
        "Rhode Island: Hours",
        "Monday to Friday 09:00 to 18:00; Saturday 10:00 to 17:00; Sunday nobody is called.",
        "R.I. Gen. Laws 5-61-3.6",
        "Telephone Preference Service",
        "never taken in",
    ):
        assert words in page
    client.force_login(cast.sam)
    assert client.get(reverse("customers:law")).status_code == 403
