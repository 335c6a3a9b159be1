"""One screen: what it shows, to whom, in how many statements and bytes."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Presence, User
from interactions.models import Interaction, TimelineEntry
from needs.models import Need
from service.models import Promise, ServiceRequest
from tests.cast import Cast, assemble, contact

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]

STATEMENTS = 9  # who looks, the contact with its customer, my work, and one or two a panel
LARGEST_PAGE = 40 * 1024


@pytest.fixture
def cast() -> Cast:
    return assemble()


@pytest.fixture
def sam(cast: Cast, client: Client) -> Client:
    client.force_login(cast.sam)
    return client


def page(client: Client, route: str, *args: int, **query: str | int) -> str:
    answer = client.get(reverse(route, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def panel(html: str, name: str) -> str:
    """The panel's own markup within a page, without the spaces between."""
    found = re.search(rf'<(section|div)(?: [^>]*)? id="{name}".*?</\1>', html, re.DOTALL)
    assert found, name
    return " ".join(found[0].split())


def a_full_history(cast: Cast, entries: int) -> None:
    now = timezone.now()
    TimelineEntry.objects.bulk_create(
        TimelineEntry(customer=cast.ada, kind="contact", channel="voice", title=f"Call {n}", at=now)
        for n in range(entries)
    )
    for n in range(3):
        request = ServiceRequest.open_request(
            customer=cast.ada,
            request_type=cast.card_request,
            subject=f"Card {n}",
            owner=cast.sam,
            by=cast.sam,
        )
        Promise.make(
            customer=cast.ada,
            request=request,
            text=f"Card {n} is sent",
            due_at=now + timedelta(minutes=30 + n),
            owner=cast.rae,
            by=cast.sam,
        )
    for need_type in (cast.better_return, cast.cheaper_borrowing):
        Need.state(customer=cast.ada, need_type=need_type, by=cast.sam, evidence="“too little”")


def test_an_open_contact_shows_who_why_and_what_is_open(cast: Cast, sam: Client) -> None:
    a_full_history(cast, entries=3)
    interaction = contact(cast, cast.ada)
    html = page(sam, "console:contact", interaction.pk)
    for shown in (
        "Ada Byron",
        "020 7946 0101",
        "Close an account",
        "Card 0 is sent",
        "What is changing for you?",
        "Better return",
        "Call 2",
    ):
        assert shown in html, shown


@pytest.mark.parametrize("entries", [1, 300])
def test_the_desk_costs_the_same_however_long_the_history(
    cast: Cast, sam: Client, django_assert_num_queries: Queries, entries: int
) -> None:
    a_full_history(cast, entries)
    interaction = contact(cast, cast.ada)
    page(sam, "console:contact", interaction.pk)
    with django_assert_num_queries(STATEMENTS):
        html = page(sam, "console:contact", interaction.pk)
    assert len(html.encode()) <= LARGEST_PAGE


def test_my_work_takes_one_statement(
    cast: Cast, sam: Client, django_assert_num_queries: Queries
) -> None:
    a_full_history(cast, entries=1)
    contact(cast, cast.ben)
    page(sam, "console:work")
    with django_assert_num_queries(2):
        page(sam, "console:work")


@pytest.mark.parametrize(
    ("name", "route"),
    [
        ("panel-timeline", "interactions:timeline"),
        ("panel-requests", "service:requests"),
        ("panel-needs", "needs:needs"),
    ],
)
def test_a_customers_panel_alone_equals_the_panel_on_the_desk(
    cast: Cast, sam: Client, name: str, route: str
) -> None:
    a_full_history(cast, entries=30)
    interaction = contact(cast, cast.ada)
    whole = page(sam, "console:contact", interaction.pk)
    query = {} if route == "interactions:timeline" else {"interaction": interaction.pk}
    alone = page(sam, route, cast.ada.pk, **query)
    assert panel(alone, name) == panel(whole, name)


def test_my_work_and_the_conversation_alone_equal_those_on_the_desk(
    cast: Cast, sam: Client
) -> None:
    interaction = contact(cast, cast.ada)
    with time_machine.travel(timezone.now(), tick=False):  # its clock runs
        whole = page(sam, "console:contact", interaction.pk)
        work = page(sam, "console:work", open=interaction.pk)
    assert panel(work, "panel-work") == panel(whole, "panel-work")
    alone = page(sam, "interactions:conversation", interaction.pk)
    assert panel(alone, "panel-conversation") == panel(whole, "panel-conversation")
    waiting = page(sam, "console:waiting")
    assert panel(waiting, "panel-waiting") == panel(whole, "panel-waiting")


def test_my_work_lists_contacts_what_waits_and_what_is_owed(cast: Cast, sam: Client) -> None:
    contact(cast, cast.ada)
    contact(cast, cast.cy, by=cast.rae)
    Interaction.open_contact(customer=cast.ben, by=None, channel="chat", subject="charged twice")
    Promise.make(
        customer=cast.cy,
        text="We write to you",
        due_at=timezone.now() + timedelta(minutes=5),
        owner=cast.sam,
        by=cast.rae,
    )
    html = panel(page(sam, "console:work"), "panel-work")
    assert html.count('<a class="row"') == 3
    for shown in ("Ada Byron", "Ben King", "charged twice", "We write to you"):
        assert shown in html


def test_another_teams_people_see_none_of_it(cast: Cast, client: Client) -> None:
    interaction = contact(cast, cast.ada)
    client.force_login(cast.stranger)
    addresses = [
        reverse("console:contact", args=[interaction.pk]),
        reverse("console:customer", args=[cast.ada.pk]),
        reverse("interactions:timeline", args=[cast.ada.pk]),
        reverse("interactions:conversation", args=[interaction.pk]),
        reverse("interactions:reason", args=[interaction.pk]),
        reverse("interactions:opening", args=[cast.ada.pk]),
        reverse("service:requests", args=[cast.ada.pk]),
        reverse("service:promising", args=[cast.ada.pk]),
        reverse("needs:needs", args=[cast.ada.pk]),
    ]
    assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)
    assert "Ada" not in page(client, "console:search", q="Ada Byron")
    assert "Ada" not in page(client, "console:desk")


def test_a_get_of_any_panel_writes_nothing(cast: Cast, sam: Client) -> None:
    interaction = contact(cast, cast.ada)
    entries = TimelineEntry.objects.count()
    for route in ("interactions:reason", "interactions:conversation", "console:contact"):
        page(sam, route, interaction.pk)
    for route in ("service:promising", "service:opening", "needs:stating", "interactions:opening"):
        page(sam, route, cast.ada.pk)
    assert TimelineEntry.objects.count() == entries
    assert Interaction.objects.count() == 1


def test_search_finds_a_customer_by_name_and_says_when_nobody_is_found(
    cast: Cast, sam: Client
) -> None:
    assert reverse("console:customer", args=[cast.ada.pk]) in page(sam, "console:search", q="byro")
    assert "No customer found" in page(sam, "console:search", q="nobody at all")


def test_my_work_leads_to_the_promise_it_names(cast: Cast, sam: Client) -> None:
    promise = Promise.make(
        customer=cast.ada,
        text="We write",
        due_at=timezone.now() + timedelta(hours=1),
        owner=cast.sam,
        by=cast.sam,
    )
    html = page(sam, "console:customer", cast.ada.pk, promise=promise.pk)
    assert f'hx-get="{reverse("service:promise", args=[promise.pk])}" hx-trigger="load"' in html


def test_presence_is_kept_and_an_unknown_one_refused(cast: Cast, sam: Client) -> None:
    address = reverse("console:presence")
    assert sam.post(address, {"presence": Presence.ON_BREAK}).status_code == 200
    assert sam.post(address, {"presence": "asleep"}).status_code == 422
    assert User.objects.get(pk=cast.sam.pk).presence == Presence.ON_BREAK


def test_presence_looks_again_when_it_changed_elsewhere(cast: Cast, sam: Client) -> None:
    opened = panel(page(sam, "console:desk"), "panel-presence")
    assert 'data-panel="accounts.presence"' in opened
    assert f'hx-get="{reverse("console:presence")}" hx-trigger="refresh"' in opened
    cast.sam.be(Presence.MISSED)
    looked = panel(page(sam, "console:presence"), "panel-presence")
    assert 'aria-label="Presence: Missed a call"' in looked
    assert looked == panel(page(sam, "console:desk"), "panel-presence")


def test_each_role_starts_where_its_work_is(cast: Cast, client: Client) -> None:
    client.force_login(cast.sam)
    assert client.get("/").headers["Location"] == reverse("console:desk")
    client.force_login(cast.max)
    assert client.get("/").headers["Location"] == reverse("admin:index")


def test_administrators_read_at_the_desk_and_are_shown_nothing_that_acts(
    cast: Cast, sam: Client
) -> None:
    interaction = contact(cast, cast.ada)
    max_ = Client()
    max_.force_login(cast.max)
    reading, acting = (page(who, "console:contact", interaction.pk) for who in (max_, sam))
    assert "looks-only" in reading
    assert "looks-only" not in acting
    assert reverse("interactions:notes", args=[interaction.pk]) in acting
    assert reverse("interactions:notes", args=[interaction.pk]) not in reading
    assert reverse("offers:decision", args=[interaction.pk]) not in reading
