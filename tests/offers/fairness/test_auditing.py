"""An audit finds what was put in, names nobody, and is shown with its intervals."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from customers.models import Customer, ProtectedTrait
from interactions.models import Interaction
from offers.fairness.auditing import Seen, audit, audit_if_due, figures_of
from offers.fairness.groups import groups_of
from offers.models import Decision, FairnessAudit, Offer, OfferStatus, Reward, RewardKind
from tests.cast import Cast

SEES = {"ways": [{"kind": "question"}, {"kind": "offer", "product": "saver-plus"}]}
SEES_NONE = {"ways": [{"kind": "request"}]}


def people(cast: Cast, many: int, group: str) -> list[Customer]:
    made = Customer.objects.bulk_create(
        Customer(team=cast.team, name=f"{group} {number}", born_on=date(1990, 1, 1))
        for number in range(many)
    )
    ProtectedTrait.objects.bulk_create(
        ProtectedTrait(customer=one, attribute="sex", group=group, source="survey") for one in made
    )
    return made


def contacts(cast: Cast, customers: list[Customer]) -> list[Interaction]:
    return Interaction.objects.bulk_create(
        Interaction(
            customer=one, channel="voice", contact_reason=cast.card_late, agent=cast.sam, subject=""
        )
        for one in customers
    )


def decided(cast: Cast, customers: list[Customer], seeing: int) -> None:
    """So many of them could see an offer; each twice, so that customers count and not contacts."""
    Decision.objects.bulk_create(
        Decision(
            customer=one.customer,
            interaction=one,
            catalogue_number=1,
            engine="test",
            inputs={},
            results=SEES if number < seeing else SEES_NONE,
            digest="",
        )
        for number, one in enumerate(contacts(cast, customers))
        for _ in range(2)
    )


def answered(cast: Cast, customers: list[Customer], accepting: int, *, expected: float) -> None:
    now = timezone.now()
    offers = Offer.objects.bulk_create(
        Offer(
            customer=one.customer,
            interaction=one,
            product=cast.saver,
            status=OfferStatus.ACCEPTED if number < accepting else OfferStatus.DECLINED,
            answered_at=now,
        )
        for number, one in enumerate(contacts(cast, customers))
    )
    Reward.objects.bulk_create(
        Reward(
            offer=offer,
            kind=RewardKind.ACCEPTED if offer.status == "accepted" else RewardKind.NOT_WANTED,
            happened_at=now,
            product_code="saver-plus",
            features={},
            position=Reward.objects.count() + number + 1,
            expected=expected,
        )
        for number, offer in enumerate(offers)
    )


@pytest.fixture
def groups(cast: Cast) -> tuple[list[Customer], list[Customer]]:
    return people(cast, 60, "women"), people(cast, 60, "men")


def test_a_group_that_is_left_out_is_an_alert(
    cast: Cast, groups: tuple[list[Customer], list[Customer]]
) -> None:
    women, men = groups
    decided(cast, women, seeing=20)
    decided(cast, men, seeing=50)
    answered(cast, women, 20, expected=0.5)
    answered(cast, men, 30, expected=0.5)
    found = audit(by=cast.max)
    (sex,) = [row for row in found.figures if row["attribute"] == "Sex"]
    left_out = next(row for row in sex["groups"] if row["group"] == "women")
    assert (left_out["seen"]["hits"], left_out["seen"]["of"]) == (20, 60)
    assert left_out["seen"]["ratio"]["value"] == pytest.approx(0.4)
    assert left_out["seen"]["verdict"] == "alert"
    assert left_out["accepted"]["ratio"]["value"] == pytest.approx(2 / 3, abs=1e-6)
    assert left_out["chance"]["gap"]["value"] == pytest.approx(0.5 - 20 / 60, abs=1e-6)
    assert left_out["chance"]["verdict"] == "alert"
    assert found.customers == 120
    assert "Sex, women: can see an offer 0.40 times as often as others" in found.alerts
    assert "Sex, women: the learned chance is 16.7 points too high" in found.alerts
    assert AuditEntry.objects.filter(verb="fairness audit: alert", by=cast.max).count() == 1


def test_groups_that_fare_alike_raise_nothing(
    cast: Cast, groups: tuple[list[Customer], list[Customer]]
) -> None:
    for customers in groups:
        decided(cast, customers, seeing=40)
        answered(cast, customers, 30, expected=0.5)
    found = audit(by=None)
    assert found.alerts == []
    (sex,) = [row for row in found.figures if row["attribute"] == "Sex"]
    assert {row["seen"]["verdict"] for row in sex["groups"]} == {"even"}
    assert {row["chance"]["verdict"] for row in sex["groups"]} == {"even"}


def test_of_a_few_nothing_is_said_and_nobody_is_named(cast: Cast) -> None:
    few = people(cast, 5, "another")
    decided(cast, few, seeing=0)
    decided(cast, people(cast, 50, "men"), seeing=50)
    found = audit(by=None)
    (sex,) = [row for row in found.figures if row["attribute"] == "Sex"]
    assert next(r for r in sex["groups"] if r["group"] == "another")["seen"]["verdict"] == "few"
    assert found.alerts == []
    assert not any(one.name in str(found.figures) for one in few)


def test_what_is_older_than_the_days_does_not_count(cast: Cast) -> None:
    decided(cast, people(cast, 3, "men"), seeing=3)
    later = timezone.now() + timedelta(days=91)
    assert audit(by=None, at=later).customers == 0


@pytest.mark.django_db
def test_age_is_a_band_of_the_date_of_birth(cast: Cast) -> None:
    today = date(2026, 2, 28)
    born = {
        "65 or over": date(1961, 2, 28),
        "45 to 64": date(1961, 3, 1),
        "25 to 44": date(2001, 2, 28),
        "under 25": date(2001, 3, 1),
    }
    made = {
        words: Customer.objects.create(team=cast.team, name=words, born_on=day)
        for words, day in born.items()
    }
    nobody = Customer.objects.create(team=cast.team, name="not known")
    ids = [one.pk for one in made.values()]
    found = groups_of([*ids, nobody.pk], today=today)
    assert found["Age"] == {words: {one.pk} for words, one in made.items()}


def test_an_audit_a_day_and_not_two(cast: Cast) -> None:
    first = audit_if_due()
    assert first is not None
    assert audit_if_due() is None
    FairnessAudit.objects.all().delete()
    assert audit_if_due() is not None


def test_reading_takes_as_many_statements_whatever_the_history(
    cast: Cast,
    groups: tuple[list[Customer], list[Customer]],
    django_assert_num_queries: object,
) -> None:
    for customers in groups:
        decided(cast, customers, seeing=10)
        answered(cast, customers, 10, expected=0.2)
    seen = Seen(could_see={one.pk: True for customers in groups for one in customers})
    with django_assert_num_queries(2):  # type: ignore[operator]
        figures_of(seen, today=timezone.localdate())


def test_the_page_shows_gaps_with_intervals(
    cast: Cast,
    client: Client,
    groups: tuple[list[Customer], list[Customer]],
) -> None:
    client.force_login(cast.max)
    assert "No audit yet" in client.get(reverse("fairness:fairness")).content.decode()
    decided(cast, groups[0], seeing=20)
    decided(cast, groups[1], seeing=50)
    first = audit(by=cast.max)
    audit(by=None)
    page = client.get(reverse("fairness:fairness")).content.decode()
    assert "0.40 <small" in page
    assert "Sex, women: can see an offer 0.40 times as often as others" in page
    assert "outside the bounds" in page
    assert client.get(reverse("fairness:audit", args=[first.pk])).status_code == 200
    assert client.get(reverse("fairness:audit", args=[first.pk + 99])).status_code == 404


def test_only_administrators_see_it_or_ask_for_it(cast: Cast, client: Client) -> None:
    for user in (cast.sam, cast.una):
        client.force_login(user)
        assert client.get(reverse("fairness:fairness")).status_code == 403
        assert client.post(reverse("fairness:auditing")).status_code == 403
    assert not FairnessAudit.objects.exists()
