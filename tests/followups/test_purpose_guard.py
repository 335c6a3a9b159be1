"""No page, endpoint or text of a contact that asks how it went offers anything, unless marketing is
permitted for that number at that minute: answers × consent × hour × region, on real responses.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from followups import wording
from followups.models import Attempt, FollowUp, Link
from followups.models.link import LATE
from interactions.models import Interaction
from needs.models import Need, NeedsReview
from offers.arbitration import decide_for
from offers.publishing import publish
from portal.link_views import POSTED
from service.models import ServiceRequest
from telephony.models import CallerId, SuppressionEntry
from telephony.spoken import SPOKEN
from tests.cast import Cast, assemble
from tests.followups.scenes import default_policy, owed

# Words of the one product that there is, and of offering at all.
OFFERED = ("saver plus", "4.10", "instant access")
ANSWERS = {
    "all well": {},
    "a no": {"as_promised": "no"},
    "a problem": {"problem": "The card is lost"},
    "not answered": None,
}
CONSENTS = ("granted", "withdrawn", "listed")  # to marketing by phone
HOURS = {"noon": 12, "night": 23}  # UTC
# Country, region, clock, number; and whether a sales call is lawful at noon and at 23:00 UTC.
REGIONS = {
    "England": ("GB", "GB-ENG", "Europe/London", "+442079460101", (True, False)),
    "New York": ("US", "US-NY", "America/New_York", "+12125550143", (False, True)),
    "a London phone in Tokyo": ("GB", "", "Asia/Tokyo", "+442079460101", (False, False)),
    "no clock known": ("GB", "GB-ENG", "Nowhere/Land", "", (False, False)),
}
MATRIX = list(itertools.product(ANSWERS, CONSENTS, HOURS, REGIONS))


@pytest.fixture(scope="module")
def scene(written_once: None) -> Cast:
    """Ada has said that her money should earn more, which Saver Plus would do."""
    cast = assemble()
    default_policy()
    publish(by=cast.max, note="The first catalogue")
    CallerId.objects.create(number="+442079460000", name="Northgate", verified_on="2026-01-05")
    return cast


@pytest.fixture
def ada(scene: Cast) -> Generator[Customer]:
    """As she was before each case."""
    cache.clear()
    point = transaction.savepoint()
    yield Customer.objects.get(pk=scene.ada.pk)
    transaction.savepoint_rollback(point)


def at_the_desk(scene: Cast) -> Client:
    client = Client()
    client.force_login(scene.sam)
    return client


def consented(ada: Customer, how: str, number: str) -> None:
    ada.record_consent(
        by=None,
        purpose="marketing",
        channel="voice",
        is_granted=how != "withdrawn",
        source="branch",
        wording_version="2026-01",
    )
    if how == "listed" and number:
        SuppressionEntry.objects.create(number=number, reason="Asked us to", layer="internal")


def asked(cast: Cast, ada: Customer) -> tuple[FollowUp, Interaction]:
    """Sam is on the phone with her to ask how it went."""
    follow_up = owed(cast, ada)
    call = Interaction.open_contact(
        customer=ada, by=cast.sam, channel="voice", direction="outbound", is_follow_up=True
    )
    Need.state(customer=ada, need_type=cast.better_return, by=cast.sam, interaction=call)
    FollowUp.objects.filter(pk=follow_up.pk).update(
        status="in_progress", call=call, attempts_made=1
    )
    Attempt.objects.create(
        follow_up=follow_up, number=1, call=call, by=cast.sam, gateway="own_phone"
    )
    follow_up.refresh_from_db()
    return follow_up, call


def survey_pages(follow_up: FollowUp, call: Interaction, link: Link) -> dict[str, str]:
    """Where nothing is ever offered, whatever is permitted."""
    return {
        "script": reverse("followups:script", args=[call.pk]),
        "owed": reverse("followups:owed", args=[follow_up.pk]),
        "api": reverse("api-follow-ups-detail", args=[follow_up.pk]),
        "link": f"/r/{link.token}/",
        "stop": f"/r/{link.token}/stop/",
        "inbox": "/inbox/",
    }


def selling_pages(call: Interaction) -> dict[str, str]:
    """Where offers stand in other contacts."""
    return {
        "desk": reverse("console:contact", args=[call.pk]),
        "ways": reverse("offers:ways", args=[call.pk]),
        "api": reverse("api-ways-to-help-ways-to-help", args=[call.pk]),
    }


def offers_in(response: Any) -> list[str]:
    assert response.status_code == 200, response.status_code
    said = response.content.decode().lower()
    return [word for word in OFFERED if word in said]


@pytest.mark.parametrize("case", MATRIX, ids=", ".join)
def test_a_survey_sells_only_where_that_is_permitted_now(
    scene: Cast, ada: Customer, case: tuple[str, str, str, str]
) -> None:
    answered, consent, hour, region = case
    country, part, clock, number, lawful = REGIONS[region]
    with time_machine.travel(datetime(2026, 11, 24, HOURS[hour], tzinfo=UTC), tick=False):
        Customer.objects.filter(pk=ada.pk).update(country=country, region=part, time_zone=clock)
        ada.refresh_from_db()
        ada.contact_points.all().update(value=number or "+8825550123")
        consented(ada, consent, number)
        follow_up, call = asked(scene, ada)
        link = Link.objects.create(follow_up=follow_up, expires_at=follow_up.lapses_at + LATE)
        sam, nobody = at_the_desk(scene), Client()
        is_permitted = consent == "granted" and lawful[list(HOURS).index(hour)]

        # While it is being asked; each page once for each answer would say the same.
        decide_for(customer=ada, interaction=call, by=scene.sam)
        paths = selling_pages(call)
        assert bool(offers_in(sam.get(paths["ways"]))) is is_permitted
        if answered == "not answered":
            assert bool(offers_in(sam.get(paths["api"]))) is is_permitted
            assert is_permitted or offers_in(sam.get(paths["desk"])) == []

        # What the customer says there leads to nothing that sells either.
        typed = ANSWERS[answered]
        if typed is not None:
            well = dict.fromkeys(("as_expected", "as_promised", "met_expectations"), "yes")
            said = typed if "problem" in typed else well | {"recommend": "9"} | typed
            posted = nobody.post(f"/r/{link.token}/", said, follow=True)
            assert offers_in(posted) == []
            is_wrong = bool(typed)
            assert ServiceRequest.objects.filter(customer=ada).exists() is is_wrong
            assert NeedsReview.objects.filter(customer=ada).exists() is not is_wrong
        for name, path in survey_pages(follow_up, call, link).items():
            if name == "link" or answered == "not answered":
                client = nobody if name in {"link", "stop", "inbox"} else sam
                assert offers_in(client.get(path)) == [], name


def test_the_matrix_is_whole() -> None:
    assert len(MATRIX) == len(ANSWERS) * len(CONSENTS) * len(HOURS) * len(REGIONS) == 96
    assert POSTED < 96  # the pace is counted anew in each case


def test_no_text_of_ours_offers_anything() -> None:
    texts = [text for name, text in vars(wording).items() if name.endswith(("_SMS", "_MAIL"))]
    texts += [words for name, words in SPOKEN.items() if name.startswith("survey")]
    assert len(texts) >= 4
    for text in texts:
        for selling in ("offer", "product", "save", "rate", "buy", "upgrade", "%", "£"):
            assert selling not in text.lower(), (selling, text)


def test_what_a_customer_reads_asks_no_catalogue(scene: Cast, ada: Customer) -> None:
    """The pages behind a link read no table of products or offers at all."""
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC), tick=False):
        follow_up, _ = asked(scene, ada)
        link = Link.objects.create(follow_up=follow_up, expires_at=follow_up.lapses_at + LATE)
        statements: list[str] = []

        def keep(execute: Any, sql: str, *rest: Any) -> Any:
            statements.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(keep):
            Client().get(f"/r/{link.token}/")
            Client().get(f"/r/{link.token}/stop/")
        assert statements
        assert not [sql for sql in statements if "offers_" in sql or "products_" in sql]
