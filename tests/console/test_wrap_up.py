"""Wrapping up from the desk: nothing stated is dropped, and the follow-up is shown."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from followups.models import FollowUp
from interactions.models import Interaction
from needs.models import Need
from tests.cast import Cast, assemble, contact
from tests.followups.scenes import default_policy

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
WRAPPING_UP = 14  # who, the contact and its end; lock, needs, warning; the policy; seven writes


@pytest.fixture
def cast() -> Cast:
    default_policy(name="Everything else", delay_minutes=60)
    return assemble()


@pytest.fixture
def sam(cast: Cast, client: Client) -> Client:
    client.force_login(cast.sam)
    return client


@pytest.fixture
def interaction(cast: Cast) -> Interaction:
    return contact(cast, cast.ada)


def closure(interaction: Interaction) -> str:
    return reverse("console:closure", args=[interaction.pk])


def a_need(cast: Cast, interaction: Interaction) -> Need:
    return Need.state(
        customer=cast.ada,
        need_type=cast.better_return,
        by=cast.sam,
        evidence="more interest elsewhere",
        interaction=interaction,
    )


def test_the_form_lists_every_stated_need_and_drafts_the_summary(
    cast: Cast, sam: Client, interaction: Interaction
) -> None:
    need = a_need(cast, interaction)
    html = sam.get(closure(interaction)).content.decode()
    assert "Better return" in html
    assert f'name="need_{need.pk}"' in html
    assert "Close an account" in html


def test_a_contact_is_not_wrapped_up_over_a_stated_need(
    cast: Cast, sam: Client, interaction: Interaction
) -> None:
    need = a_need(cast, interaction)
    typed = {"wrap_up_code": cast.helped.pk, "summary": "Talked"}
    refused = sam.post(closure(interaction), typed, headers=HTMX)
    assert refused.status_code == 422
    assert "Better return" in refused.content.decode()
    without_reason = typed | {f"need_{need.pk}": "reason"}
    assert sam.post(closure(interaction), without_reason, headers=HTMX).status_code == 422
    interaction.refresh_from_db()
    need.refresh_from_db()
    assert (interaction.closed_at, need.status, FollowUp.objects.count()) == (None, "open", 0)


def test_closing_settles_the_need_and_shows_when_the_follow_up_happens(
    cast: Cast, sam: Client, interaction: Interaction
) -> None:
    need = a_need(cast, interaction)
    typed = {"wrap_up_code": cast.helped.pk, "summary": "Saver opened", f"need_{need.pk}": "met"}
    answer = sam.post(closure(interaction), typed, headers=HTMX)
    page = reverse("console:contact", args=[interaction.pk])
    assert answer.headers["HX-Redirect"] == page
    need.refresh_from_db()
    assert need.status == "met"
    html = sam.get(page).content.decode()
    assert "Saver opened" in html
    assert "A follow-up call is owed" in html


def test_wrapping_up_twice_closes_once_and_owes_one_follow_up(
    cast: Cast, sam: Client, interaction: Interaction
) -> None:
    for summary in ("first", "second"):
        typed = {"wrap_up_code": cast.helped.pk, "summary": summary}
        assert sam.post(closure(interaction), typed, headers=HTMX).status_code == 200
    interaction.refresh_from_db()
    assert interaction.summary == "first"
    assert FollowUp.objects.count() == 1


@pytest.mark.parametrize("missing", ["wrap_up_code", "summary"])
def test_a_wrap_up_without_its_words_is_refused(
    cast: Cast, sam: Client, interaction: Interaction, missing: str
) -> None:
    typed = {"wrap_up_code": cast.helped.pk, "summary": "Done"} | {missing: ""}
    assert sam.post(closure(interaction), typed, headers=HTMX).status_code == 422
    interaction.refresh_from_db()
    assert interaction.closed_at is None


def test_another_team_wraps_nothing_up(
    cast: Cast, client: Client, interaction: Interaction
) -> None:
    client.force_login(cast.stranger)
    typed = {"wrap_up_code": cast.helped.pk, "summary": "Done"}
    assert client.get(closure(interaction)).status_code == 404
    assert client.post(closure(interaction), typed).status_code == 404
    interaction.refresh_from_db()
    assert interaction.closed_at is None


def test_a_wrap_up_reads_once_what_it_settles(
    cast: Cast, sam: Client, interaction: Interaction
) -> None:
    ended = {"wrap_up_code": cast.helped.pk, "summary": "Compared savings."}
    for _ in range(2):
        need = a_need(cast, interaction)
        with CaptureQueriesContext(connection) as queries:
            sam.post(closure(interaction), ended | {f"need_{need.pk}": "met"}, headers=HTMX)
        need.refresh_from_db()
        assert need.status == "met"
        interaction = contact(cast, cast.ada)
    asked = [one["sql"] for one in queries if "SAVEPOINT" not in one["sql"]]
    assert len(asked) == WRAPPING_UP, asked


def test_what_is_said_of_another_contacts_need_changes_nothing(
    cast: Cast, sam: Client, interaction: Interaction
) -> None:
    need = a_need(cast, contact(cast, cast.ada))
    said = {"wrap_up_code": cast.helped.pk, "summary": "Done.", f"need_{need.pk}": "met"}
    sam.post(closure(interaction), said, headers=HTMX)
    interaction.refresh_from_db()
    need.refresh_from_db()
    assert interaction.closed_at is not None
    assert need.status == "open"
