"""The seeded day: alive, whole, the same each time, and never written twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from random import Random

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Max
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from customers.models import Consent, ContactDraw, ContactPoint, Customer, Holding
from followups.models import Answer, FollowUp, FollowUpStatus
from intake.models import BulkLoad
from intake.seeding import base, day, decided, loading, people, scale
from intake.seeding.names import BUSINESSES, NAMED
from intake.seeding.told import ASKED_NOW
from interactions.models import Interaction, Message, TimelineEntry
from needs.models import AnswerGiven, DiscoveryAnswer, DiscoveryQuestion, NeedsReview
from offers.arbitration import decide_for
from offers.models import Decision, LearnedVersion, Offer, Reward
from offers.replaying import replay_last
from products.models import CatalogueVersion
from service.models import Promise, ServiceRequest

pytestmark = pytest.mark.django_db
PASSWORD = "a quiet morning at the bank"
MODELS = (Customer, Holding, Interaction, Message, TimelineEntry, ServiceRequest, Promise, FollowUp)


def sizes() -> list[int]:
    return [model._default_manager.count() for model in MODELS]


TWO_WEEKS = decided.tell


@pytest.fixture(autouse=True)
def fewer_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small base, and without the decisions of its last two weeks, which take most of it."""
    monkeypatch.setattr(base, "OTHERS", 30)
    monkeypatch.setattr(decided, "tell", lambda *_, **__: 0)


@pytest.fixture
def two_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decided, "tell", TWO_WEEKS)


@pytest.fixture
def seeded() -> None:
    day.seed_day(password=PASSWORD)


@pytest.mark.usefixtures("seeded")
def test_a_second_seeding_adds_nothing() -> None:
    before = sizes()
    assert not day.seed_day(password=PASSWORD)
    assert sizes() == before
    assert CatalogueVersion.objects.count() == 1


@pytest.mark.usefixtures("two_weeks")
def test_the_same_moment_gives_the_same_day() -> None:
    def told() -> list[tuple[object, ...]]:
        return [
            *Holding.objects.order_by("reference", "pk").values_list(
                "customer__name", "product__code", "opened_on", "cancelled_on", "balance"
            ),
            *Offer.objects.order_by("customer__name", "presented_at").values_list(
                "customer__name", "product__code", "status", "benefit"
            ),
        ]

    now = timezone.now()
    day.seed_day(password=PASSWORD, now=now)
    first = told()
    day.wipe()
    day.seed_day(password=PASSWORD, now=now)
    assert told() == first


@pytest.mark.usefixtures("seeded")
def test_everybody_logs_in_with_the_printed_password_and_sees_their_team() -> None:
    for person in people.STAFF:
        assert User.objects.get(username=person.username).check_password(PASSWORD)
    sam, bea = User.objects.get(username="sam"), User.objects.get(username="bea")
    assert Customer.objects.visible_to(sam).filter(name="Ada Byron").count() == 1
    assert Customer.objects.visible_to(bea).filter(name="Ada Byron").count() == 0
    assert Customer.objects.visible_to(bea).count() == 8


@pytest.mark.usefixtures("seeded")
def test_ada_is_on_the_phone_and_her_answer_brings_up_the_saver() -> None:
    sam = User.objects.get(username="sam")
    call = Interaction.objects.open().of_agent(sam).get(customer__name="Ada Byron")
    assert call.channel == "voice"
    assert timezone.now() - call.opened_at < timedelta(minutes=5)
    question = DiscoveryQuestion.objects.get(code="what-changes")
    decide_for(customer=call.customer, interaction=call, by=sam)
    AnswerGiven.give(
        interaction=call,
        question=question,
        by=sam,
        answer=DiscoveryAnswer.objects.get(question=question, position=1),
    )
    ways = decide_for(customer=call.customer, interaction=call, by=sam).results["ways"]
    offer = next(way for way in ways if way["key"] == "offer-saver-plus")
    assert offer["benefit_text"] == "£8,500.00 × (3.10 % − 0.60 %) = £212.50 a year"
    promise = Promise.objects.open().get(customer=call.customer)
    assert timezone.now() < promise.due_at < timezone.now() + timedelta(hours=24)


@pytest.mark.usefixtures("seeded")
def test_cy_permits_nothing_but_service() -> None:
    cy = Customer.objects.get(name="Cy Dunn")
    granted = Consent.objects.filter(customer=cy).current()
    assert {row.purpose for row in granted if row.is_granted} == {"service"}
    assert not FollowUp.objects.filter(customer=cy).exclude(status="refused").exists()


@pytest.mark.usefixtures("seeded")
def test_the_day_has_a_vulnerable_customer_a_complaint_and_follow_ups_due() -> None:
    assert Customer.objects.exclude(vulnerable_since=None).get().name == "Dorothy Lane"
    eve = Customer.objects.get(name="Eve Nolan")
    assert ServiceRequest.objects.open().complaints().of(eve).count() == 1
    due = FollowUp.objects.due(at=timezone.now())
    assert set(due.values_list("owner__username", flat=True)) >= {"sam", "rae", "bea"}
    asked = Consent.objects.filter(customer__name__in=[entry.customer for entry in ASKED_NOW])
    assert all(row.is_granted for row in asked.current() if row.purpose == "survey")


@pytest.mark.usefixtures("seeded")
def test_the_past_is_believable() -> None:
    assert ContactPoint.objects.filter(channel="voice").count() == Customer.objects.count()
    assert (
        not ContactPoint.objects.filter(channel="voice")
        .exclude(value__startswith="+442079460")
        .exists()
    )
    assert (
        not ContactPoint.objects.filter(channel="email")
        .exclude(value__endswith="@example.com")
        .exists()
    )
    now = timezone.now()
    assert not Interaction.objects.filter(opened_at__gt=now).exists()
    assert not Promise.objects.filter(status="kept", done_at__gt=now).exists()
    answered = FollowUp.objects.filter(status=FollowUpStatus.ANSWERED)
    assert Answer.objects.count() == 4 * answered.count()
    assert Holding.objects.exclude(cancelled_on=None).exclude(cancelled_because="").count() > 5
    assert Customer.objects.get(name="Ada Byron").holdings.get(
        product__code="instant-saver"
    ).balance == Decimal(8500)


@pytest.mark.usefixtures("two_weeks")
@time_machine.travel("2026-11-20 12:00:00+00:00", tick=False)  # the same chances every day
def test_the_last_two_weeks_were_decided_answered_and_learned_as_the_product_does() -> None:
    day.seed_day(password=PASSWORD)
    now, since = timezone.now(), timezone.now() - timedelta(days=decided.DAYS + 1)
    decisions = Decision.objects.filter(interaction__isnull=False)
    assert decisions.count() > 8
    assert not decisions.exclude(made_at__range=(since, now)).exists()
    for told in replay_last(decisions.count()):
        assert told.differences == 0
    offers = Offer.objects.filter(decision__isnull=False)
    assert offers.count() > 5
    assert set(offers.values_list("status", flat=True)) >= {"accepted", "declined"}
    assert ContactDraw.objects.filter(what="offer", subject_id__in=offers).count() == offers.count()
    accepted = offers.filter(status="accepted").select_related("promise", "request")
    assert all(offer.promise and offer.request for offer in accepted)
    with_chance = [one for one in decisions if "exploring" in one.results]
    assert len(with_chance) > decisions.count() / 2
    assert Reward.objects.learned().count() == offers.exclude(status="later").count()
    assert LearnedVersion.objects.filter(made_at__range=(since, now)).count() > 1
    later = offers.filter(status="later").values_list("customer", "product", "later_on")
    named = NeedsReview.objects.filter(cause="later").exclude(customer__name="Priya Raman")
    assert set(later) == set(named.values_list("customer", "product", "due_on"))
    told_by_name = Customer.objects.filter(name__in=[*NAMED, *BUSINESSES])
    assert not decisions.filter(customer__in=told_by_name).exists()
    contacts = Interaction.objects.filter(pk__in=decisions.values("interaction"))
    asked = FollowUp.objects.filter(interaction__in=contacts)
    assert asked.count() == contacts.count() == decisions.count()


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2027, 2, 28), date(2028, 7, 3)])
def test_people_come_and_leave_up_to_the_seeded_day(
    monkeypatch: pytest.MonkeyPatch, today: date
) -> None:
    monkeypatch.undo()  # the whole base
    everybody = list(base.everybody(everyday=1, business=2, today=today, random=Random(day.SEED)))
    month_ago = today - timedelta(days=30)
    before = [profile for profile in everybody if profile.since < month_ago]
    stayed = [profile for profile in before if not profile.left_on or profile.left_on >= month_ago]
    lost = [profile for profile in stayed if profile.left_on]
    came = {(today - profile.since).days for profile in everybody}
    assert 0.96 < 1 - len(lost) / len(stayed) < 0.985
    assert min(came) == 1
    assert len([days for days in came if days <= 14]) >= 3
    told = {*NAMED, *BUSINESSES}
    assert not [profile.name for profile in lost if profile.name in told]
    assert all(profile.left_on.weekday() < 5 for profile in everybody if profile.left_on)


@pytest.mark.usefixtures("seeded")
def test_who_left_is_not_in_contact_afterwards() -> None:
    held = Holding.objects.filter(cancelled_on=None).values("customer")
    gone_on = dict(
        Customer.objects.exclude(pk__in=held)
        .annotate(gone_on=Max("holdings__cancelled_on"))
        .values_list("pk", "gone_on")
    )
    assert len(gone_on) > 5
    calls = Interaction.objects.filter(customer__in=gone_on, direction="inbound")
    assert not [call.pk for call in calls if call.opened_at.date() > gone_on[call.customer_id]]


def test_a_reset_is_refused_in_production(settings: Settings) -> None:
    settings.PRODUCTION = True
    settings.CONTINUUM_DEMO = True
    settings.DEMO_PASSWORD = PASSWORD
    day.seed_day(password=PASSWORD)
    before = sizes()
    with pytest.raises(CommandError, match="refused in production"):
        call_command("seed", reset=True, stdout=StringIO())
    assert sizes() == before


def test_nothing_is_seeded_where_no_demo_is_wanted(settings: Settings) -> None:
    settings.CONTINUUM_DEMO = False
    with pytest.raises(CommandError, match="CONTINUUM_DEMO"):
        call_command("seed", stdout=StringIO())
    assert sizes() == [0] * len(MODELS)


@pytest.mark.usefixtures("seeded")
def test_bulk_customers_come_whole_and_a_stopped_run_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scale, "BATCH", 10)
    done: list[int] = []
    assert scale.seed_scale(10, advanced=done.append, workers=1) == 10
    bulk = Customer.objects.filter(source=scale.SOURCE)
    first = list(bulk.order_by("external_id").values_list("external_id", "name"))
    assert scale.seed_scale(30, advanced=done.append, workers=1) == 20
    assert done == [10, 10, 10]
    assert bulk.count() == 30
    assert list(bulk.order_by("external_id").values_list("external_id", "name"))[:10] == first
    assert 5 <= Interaction.objects.filter(customer__in=bulk).count() / 30 <= 15
    closed = Interaction.objects.filter(customer__in=bulk, is_follow_up=False)
    assert FollowUp.objects.filter(customer__in=bulk).count() == closed.count()
    assert BulkLoad.under_way() is not None
    assert BulkLoad.objects.get().set_aside == {}  # few rows come in with all indexes in place


@pytest.mark.usefixtures("seeded")
def test_bulk_customers_are_the_same_at_any_hour_of_the_day() -> None:
    def told(hour: int) -> list[tuple[str, str, date | None]]:
        now = timezone.now().replace(hour=hour)
        scale.seed_scale(40, advanced=lambda _: None, workers=1, now=now)
        bulk = Customer.objects.filter(source=scale.SOURCE).order_by("external_id")
        return list(bulk.values_list("external_id", "name", "customer_since"))

    morning = told(9)
    day.wipe()
    day.seed_day(password=PASSWORD)
    assert told(17) == morning


def indexes() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("select indexname, indexdef from pg_indexes where schemaname = 'public'")
        return dict(cursor.fetchall())


@pytest.fixture
def everything_put_back() -> Iterator[None]:
    yield
    if load := BulkLoad.under_way():
        loading.put_back(load, advanced=lambda _: None)


@pytest.mark.usefixtures("everything_put_back")
def test_a_load_that_was_stopped_still_knows_which_indexes_to_put_back() -> None:
    before = indexes()
    loading.begin([Customer, Holding], without_indexes=True)
    gone = before.keys() - indexes().keys()
    assert {"customer_name_trigram", "holding_of_customer"} <= gone
    assert all("UNIQUE" not in before[name] for name in gone)

    def stopped(_: int) -> None:
        raise KeyboardInterrupt

    load = BulkLoad.under_way()
    assert load is not None
    with pytest.raises(KeyboardInterrupt):
        loading.put_back(load, advanced=stopped)
    load = loading.begin([Customer, Holding], without_indexes=True)  # the next run sets aside anew
    assert load.set_aside.keys() == gone
    loading.put_back(load, advanced=lambda _: None)
    assert indexes() == before
    load.refresh_from_db()
    assert load.set_aside == {}
    loading.finish(load)
    assert BulkLoad.under_way() is None
