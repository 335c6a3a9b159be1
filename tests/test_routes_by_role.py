"""Every route × every role: who is let in, who is not, and that looking never changes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from accounts.models import AuditEntry, User
from contactcentre.middleware import CONFIGURING, DESK
from tests.routes import (
    ADMINISTRATION_OF_A_MODEL,
    KEPT_FOR_GOOD,
    OUT,
    ROLES,
    ROUTES,
    Route,
)
from tests.world import World, build_world, logged_in

pytestmark = pytest.mark.django_db
UNTOUCHED = {"django_session"}  # a log-in is kept there, and its last use


def names(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern.url_patterns, namespace)
        elif pattern.name:
            yield prefix + pattern.name


def all_names() -> list[str]:
    return sorted(set(names(get_resolver().url_patterns)))


def pages_of_models() -> dict[str, Any]:
    """The administration's page names of a model, and the model."""
    assert get_resolver().url_patterns  # reading them registers what is administered
    return {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}": model
        for model in admin.site._registry
        for page in ADMINISTRATION_OF_A_MODEL
    }


@pytest.fixture(scope="module")
def world(written_once: None) -> World:
    return build_world()


@pytest.fixture(scope="module")
def strict(world: World) -> Client:
    """Sam's, from whom the token of a form is asked as in production."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.cast.sam)
    return client


@pytest.fixture(scope="module")
def digest(world: World, strict: Client) -> str:
    """Of the world as it was built; what a test changes is gone when it ends."""
    return fingerprint()


@pytest.fixture
def untouched(digest: str) -> Callable[[], bool]:
    """Whether nothing was written since; or what was written was taken back."""
    before = written()
    return lambda: written() == before or fingerprint() == digest


def written() -> int:
    """How many rows of any table but the sessions this transaction has written until now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
            " WHERE NOT relname = ANY(%s)",
            [list(UNTOUCHED)],
        )
        row = cursor.fetchone()
    return int(row[0])


def fingerprint() -> str:
    """One figure over every row of every table but the sessions."""
    tables = sorted(set(connection.introspection.table_names()) - UNTOUCHED)
    parts = " UNION ALL ".join(
        f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS d FROM {table} t"
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(string_agg(d, '' ORDER BY d)) FROM ({parts}) digests")
        row = cursor.fetchone()
    return str(row[0])


def route_of(name: str, things: dict[str, Any]) -> tuple[Route, dict[str, Any]]:
    models = pages_of_models()
    if name not in models:
        return ROUTES[name], things
    page = name.rpartition("_")[2]
    row = models[name]._default_manager.order_by("pk").first()
    return ADMINISTRATION_OF_A_MODEL[page], {"row": row.pk if row else 1}


def address(name: str, route: Route, things: dict[str, Any]) -> str:
    parts = {
        part: thing[1:] if thing.startswith("=") else things[thing]
        for part, thing in route.parts.items()
    }
    return reverse(name, kwargs=parts)


def expected_of(name: str, route: Route, role: str) -> int | str:
    is_kept = name.removeprefix("admin:") in KEPT_FOR_GOOD
    return 403 if is_kept and role == "administrator" else route.expected[role]


def was_sent_out(response: Any, path: str) -> bool:
    if path.startswith("/api/"):
        return bool(response.status_code == 401)
    return response.status_code == 302 and "/login/" in response["Location"]


def test_every_route_has_an_expectation() -> None:
    known = set(ROUTES) | set(pages_of_models())
    assert sorted(set(all_names()) - known) == []
    assert sorted(known - set(all_names())) == []


@pytest.mark.parametrize("name", sorted({*ROUTES, *pages_of_models()}))
def test_a_route_by_role(world: World, untouched: Callable[[], bool], name: str) -> None:
    route, things = route_of(name, world.things)
    path = address(name, route, things)
    found = {
        role: world.clients[role].get(path, route.query, headers={"host": "localhost"})
        for role in ROLES
    }
    is_untouched = untouched()
    got = {
        role: OUT
        if expected_of(name, route, role) == OUT and was_sent_out(response, path)
        else response.status_code
        for role, response in found.items()
    }
    assert got == {role: expected_of(name, route, role) for role in ROLES}
    assert is_untouched, "a GET changed something"
    for role, response in found.items():
        check_headers(role, path, response)


def check_headers(role: str, path: str, response: Any) -> None:
    """A17: a strict policy, no sniffing, no frames, and nothing of a person kept by a cache."""
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    referrer = "no-referrer" if path.startswith("/r/") else "same-origin"  # its address is a key
    assert response["Referrer-Policy"] == referrer
    if role != "anonymous":
        assert "no-store" in response.get("Cache-Control", ""), path


def test_a_disabled_user_is_out_at_the_next_request(world: World) -> None:
    rae = logged_in(world.cast.rae)
    assert rae.get("/desk/").status_code == 200
    User.objects.filter(pk=world.cast.rae.pk).update(is_active=False)
    assert was_sent_out(rae.get("/desk/"), "/desk/")
    assert rae.get("/api/v1/customers/").status_code == 401


def posted() -> list[str]:
    """Names of all routes that take part in a change: pages by POST, and the API's verbs."""
    return sorted(name for name in ROUTES if not name.startswith(("admin:", "account_", "mfa_")))


@pytest.mark.parametrize("name", posted())
def test_no_change_without_the_token_of_the_form(
    world: World, strict: Client, untouched: Callable[[], bool], name: str
) -> None:
    """A5: neither from a page of ours without the token, nor from somebody else's page."""
    path = address(name, ROUTES[name], world.things)
    for headers in ({}, {"origin": "https://elsewhere.example"}):
        assert strict.post(path, {}, headers=headers).status_code == 403
    assert untouched()


def at_the_desk() -> list[str]:
    return [name for name in posted() if name.partition(":")[0] in DESK and name not in CONFIGURING]


@pytest.mark.parametrize("name", at_the_desk())
def test_administrators_act_for_no_customer(
    world: World, untouched: Callable[[], bool], name: str
) -> None:
    """As in the API: they configure and read, and a change posted at the desk is refused."""
    path = address(name, ROUTES[name], world.things)
    refused = world.clients["administrator"].post(path, {})
    assert refused.status_code == 403
    assert "Administrators configure" in refused.content.decode()
    assert untouched()


def of_a_team() -> list[str]:
    """Names of all routes whose address names a thing of a team."""

    def of_somebody(thing: str) -> bool:
        of_nobody = {"product", "colleague", "release", "simulation", "policy_test", "policy"}
        return thing not in of_nobody and not thing.startswith("=")

    return [name for name in posted() if any(map(of_somebody, ROUTES[name].parts.values()))]


@pytest.mark.parametrize("name", of_a_team())
def test_another_teams_thing_is_not_there_to_be_changed(
    world: World, untouched: Callable[[], bool], name: str
) -> None:
    """A2: 404 for whoever is of another team, whatever is posted, and nothing happens."""
    route = ROUTES[name]
    path = address(name, route, world.things)
    body: dict[str, Any] = {"content_type": "application/json"} if path.startswith("/api/") else {}
    response = world.clients["stranger"].post(path, {}, **body)
    is_untouched = untouched()
    assert response.status_code in {404, 405}
    assert is_untouched


ASKED = (
    *("after", "before", "cohort", "customer", "follow_up", "from", "group", "interaction"),
    *("kind", "need_type", "open", "owner", "product", "promise", "q", "reason", "request"),
    *("since", "status", "team", "until", "view"),
)
HOSTILE = {
    "endless number": "9" * 5_000,
    "beyond the column": "9" * 19,
    "below zero": "-1",
    "nul": "a\x00b",
    "wildcards": "%_\\%",
    "quotes": "' OR 1=1 --",
    "superscript": "²",
    "long": "x" * 100_000,
    "right to left": "\u202eevil\U0001f4a3",
    "last day": "9999-12-31",
}


@pytest.mark.parametrize("name", [name for name in posted() if not name.startswith("api-")])
def test_nothing_asked_for_breaks_a_page(world: World, name: str) -> None:
    """A9, A11: whatever stands in the address, the answer is a page, a refusal or a 404."""
    path = address(name, ROUTES[name], world.things)
    for kind, text in HOSTILE.items():
        response = world.clients["administrator"].get(path, dict.fromkeys(ASKED, text))
        assert response.status_code in {200, 302, 400, 403, 404, 405, 422}, kind


def test_one_row_more_is_seen(world: World, digest: str, untouched: Callable[[], bool]) -> None:
    assert untouched()
    AuditEntry.record(by=None, verb="looked", subject=world.cast.sam)
    assert not untouched()
    assert fingerprint() != digest
