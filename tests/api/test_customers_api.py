"""Customers by the API: whom one sees, what one may change, and how it says no."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Team
from customers.models import Consent, ContactPoint, Customer, Purpose
from tests.api.conftest import Login
from tests.cast import Cast


def test_an_agent_lists_the_customers_of_the_own_teams_newest_first(
    cast: Cast, sam: APIClient
) -> None:
    Customer.objects.create(team=cast.other_team, name="Not yours")
    listed = sam.get("/api/v1/customers/").json()["results"]
    assert [row["name"] for row in listed] == ["Cy Dunn", "Ben King", "Ada Byron"]


def test_pages_follow_each_other_by_cursor_and_miss_nobody(cast: Cast, sam: APIClient) -> None:
    Customer.objects.bulk_create(
        Customer(team=cast.team, name=f"Number {number}") for number in range(120)
    )
    address, seen, sizes = "/api/v1/customers/", set(), []
    while address:
        page = sam.get(address).json()
        sizes.append(len(page["results"]))
        seen |= {row["id"] for row in page["results"]}
        address = page["next"]
    assert (sizes, len(seen)) == ([50, 50, 23], 123)


@pytest.mark.parametrize("cursor", ["x", "cD14", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "cD0lMDA="])
def test_a_broken_cursor_is_not_found(sam: APIClient, cursor: str) -> None:
    assert sam.get("/api/v1/customers/", {"cursor": cursor}).status_code == 404


def test_unknown_and_repeated_parameters_are_refused_by_name(sam: APIClient) -> None:
    answer = sam.get("/api/v1/customers/?order_by=name&segment=a&segment=b")
    assert answer.status_code == 400
    assert answer.json() == {
        "order_by": ["This parameter is not known here."],
        "segment": ["Give it once."],
    }
    assert sam.get("/api/v1/customers/1/?fields=name").status_code == 400


def test_a_customer_is_registered_with_contact_points_normalised(
    cast: Cast, sam: APIClient
) -> None:
    answer = sam.post(
        "/api/v1/customers/",
        {
            "name": "Dora Finn",
            "born_on": "1991-02-03",
            "figures": {"annual_income": "31000"},
            "contact_points": [
                {"channel": "voice", "value": "020 7946 0188", "is_preferred": True},
                {"channel": "email", "value": "Dora.Finn@Example.com"},
            ],
        },
    )
    assert answer.status_code == 201, answer.json()
    dora = Customer.objects.get(pk=answer.json()["id"])
    assert (dora.team, dora.figures) == (cast.team, {"annual_income": "31000.00"})
    values = dora.contact_points.order_by("pk").values_list("value", flat=True)
    assert list(values) == ["+442079460188", "dora.finn@example.com"]
    verbs = AuditEntry.objects.filter(by=cast.sam).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["customer registered", "contact point added", "contact point added"]


def test_a_bad_phone_number_registers_nobody(cast: Cast, sam: APIClient) -> None:
    before = Customer.objects.count()
    answer = sam.post(
        "/api/v1/customers/",
        {"name": "Dora Finn", "contact_points": [{"channel": "voice", "value": "12"}]},
    )
    assert answer.status_code == 422
    assert answer.json()["code"] == "NotAnAddress"
    assert Customer.objects.count() == before


def test_unknown_fields_are_refused_by_name_and_nothing_is_written(
    cast: Cast, sam: APIClient
) -> None:
    """A3: neither creation nor change takes a field that it does not name."""
    extra = {"id": 1, "created_at": "2020-01-01", "is_staff": True, "vulnerable_since": None}
    known = {"name": "Dora Finn"}
    before = Customer.objects.count()
    answer = sam.post("/api/v1/customers/", known | extra)
    assert answer.status_code == 400
    assert answer.json() == {name: ["This field is not known here."] for name in extra}
    assert Customer.objects.count() == before
    answer = sam.patch(f"/api/v1/customers/{cast.ada.pk}/", known | {"team": cast.other_team.pk})
    assert answer.json() == {"team": ["This field is not known here."]}
    cast.ada.refresh_from_db()
    assert (cast.ada.name, cast.ada.team) == ("Ada Byron", cast.team)


def test_a_change_names_its_fields_and_leaves_the_others(cast: Cast, sam: APIClient) -> None:
    answer = sam.patch(f"/api/v1/customers/{cast.ada.pk}/", {"segment": "premier"})
    assert answer.status_code == 200
    cast.ada.refresh_from_db()
    assert (cast.ada.segment, cast.ada.name, str(cast.ada.born_on)) == (
        "premier",
        "Ada Byron",
        "1980-05-17",
    )
    entry = AuditEntry.objects.get(verb="customer changed")
    assert entry.detail == {"fields": ["segment"]}


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 161},
        {"name": "a\x00b"},
        {"name": None},
        {"country": "gb"},
        {"time_zone": "Mars/Base"},
        {"born_on": "2999-01-01"},
        {"born_on": "0001-01-01"},
        {"figures": {"annual_income": "NaN"}},
        {"figures": {"annual-income; drop": "1"}},
        {"figures": []},
        {"kind": "robot"},
    ],
)
def test_a_bad_value_changes_nothing(cast: Cast, sam: APIClient, change: dict[str, object]) -> None:
    before = Customer.objects.filter(pk=cast.ada.pk).values().get()
    answer = sam.patch(f"/api/v1/customers/{cast.ada.pk}/", change | {"segment": "premier"})
    assert answer.status_code == 400
    assert list(answer.json()) == list(change)
    assert Customer.objects.filter(pk=cast.ada.pk).values().get() == before


def test_another_teams_customer_is_not_there(cast: Cast, as_user: Login) -> None:
    stranger, before = as_user(cast.stranger), AuditEntry.objects.count()
    address = f"/api/v1/customers/{cast.ada.pk}/"
    point = {"channel": "voice", "value": "020 7946 0177"}
    assert stranger.get(address).status_code == 404
    assert stranger.patch(address, {"name": "Mine"}).status_code == 404
    assert stranger.post(address + "contact-points/", point).status_code == 404
    assert AuditEntry.objects.count() == before


def test_nobody_registers_customers_for_a_team_of_others(cast: Cast, sam: APIClient) -> None:
    answer = sam.post("/api/v1/customers/", {"name": "Dora", "team": cast.other_team.pk})
    assert answer.status_code == 400
    assert list(answer.json()) == ["team"]
    assert not Customer.objects.filter(name="Dora").exists()


def test_whoever_is_in_several_teams_says_which(cast: Cast, as_user: Login) -> None:
    cast.rae.teams.add(Team.objects.create(name="Cards"))
    rae = as_user(cast.rae)
    assert list(rae.post("/api/v1/customers/", {"name": "Dora"}).json()) == ["team"]
    created = rae.post("/api/v1/customers/", {"name": "Dora", "team": cast.team.pk})
    assert created.status_code == 201


def test_administrators_read_and_do_not_act(cast: Cast, as_user: Login) -> None:
    administrator, before = as_user(cast.max), AuditEntry.objects.count()
    address = f"/api/v1/customers/{cast.ada.pk}/"
    assert administrator.get(address).status_code == 200
    refused = administrator.patch(address, {"name": "Changed"})
    assert refused.status_code == 403
    assert "agent or supervisor" in refused.json()["detail"]
    assert AuditEntry.objects.count() == before


def test_an_external_id_is_taken_once(cast: Cast, sam: APIClient) -> None:
    body = {"name": "Dora", "source": "crm", "external_id": "42"}
    assert sam.post("/api/v1/customers/", body).status_code == 201
    assert sam.post("/api/v1/customers/", body).status_code == 409
    assert Customer.objects.filter(external_id="42").count() == 1


def test_a_preferred_contact_point_takes_the_place_of_the_one_before(
    cast: Cast, sam: APIClient
) -> None:
    address = f"/api/v1/customers/{cast.ada.pk}/contact-points/"
    body = {"channel": "voice", "value": "+44 20 7946 0155", "is_preferred": True}
    assert sam.post(address, body).status_code == 201
    points = ContactPoint.objects.filter(customer=cast.ada).order_by("pk")
    assert list(points.values_list("value", "is_preferred")) == [
        ("+442079460101", False),
        ("+442079460155", True),
    ]


def test_consents_add_up_and_the_newest_word_counts(cast: Cast, sam: APIClient) -> None:
    address = f"/api/v1/customers/{cast.ada.pk}/consents/"
    body = {
        "purpose": "marketing",
        "channel": "voice",
        "is_granted": False,
        "source": "phone",
        "wording_version": "2026-01",
    }
    assert sam.post(address, body).status_code == 201
    current = {(row["purpose"], row["is_granted"]) for row in sam.get(address).json()}
    others = {(purpose.value, True) for purpose in Purpose if purpose is not Purpose.MARKETING}
    assert current == {("marketing", False), *others}
    assert Consent.objects.filter(customer=cast.ada).count() == len(Purpose) + 1


def test_search_answers_what_was_typed_and_masks_what_was_not(cast: Cast, sam: APIClient) -> None:
    found = sam.get("/api/v1/customers/search/", {"text": "0101"}).json()
    assert found == [
        {
            "id": cast.ada.pk,
            "name": "Ada Byron",
            "segment": "personal",
            "channel": "voice",
            "shown": "•••• 0101",
        }
    ]
    assert sam.get("/api/v1/customers/search/", {"text": "x" * 100_000}).json() == []
