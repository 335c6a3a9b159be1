"""What waits or does not suit stands nowhere: every page, every endpoint, every role.

An agent may ask about a product by its name, and gets the reason without a word that sells it.
Administrators prepare the catalogue, so their pages of it are left out here.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from interactions.models import Interaction
from needs.models import Need, NeedFit
from offers.arbitration import decide_for
from offers.models import Decision, Offer
from offers.publishing import publish
from products.models import Product, ProductRule
from service.models import Fulfilment, Promise, ServiceRequest
from tests.routes import ROLES, ROUTES
from tests.test_routes_by_role import address, fingerprint
from tests.world import World, build_world

pytestmark = pytest.mark.django_db
LOCKED, UNSUITABLE = "numbat-saver", "quokka-bond"
WORDS = ("numbat", "quokka", "wombat")  # the last in their summaries alone
CATALOGUE_PAGES = ("catalogue:", "admin:", "learning:", "fairness:", "api-schema")
# The filter of the dashboard names every product, for whole cohorts and to no customer.
OF_NO_CUSTOMER = ("insights:retention",)
LEFT_OUT = CATALOGUE_PAGES + OF_NO_CUSTOMER


def product(world: World, code: str, *, need_type: Any, minimum: int) -> Product:
    cast = world.cast
    made = Product.objects.create(
        code=code,
        name=code.replace("-", " ").title(),
        category=cast.saver.category,
        summary="A wombat of a product.",
        terms={"rate": "9.90"},
        benefit_formula="idle_balance * rate / 100",
        benefit_sentence="wombat {benefit}",
        minimum_benefit=Decimal(minimum),
    )
    NeedFit.objects.create(product=made, need_type=need_type, fit=Decimal("0.90"))
    request_type = Fulfilment.objects.get(product=cast.saver).request_type
    Fulfilment.objects.create(
        product=made, request_type=request_type, promise_text="It is open", promise_days=1
    )
    return made


@pytest.fixture(scope="module")
def world(written_once: None) -> World:
    """Ada is on the phone; one product waits for her reason to be settled, one does not suit."""
    built = build_world()
    cast = built.cast
    product(built, LOCKED, need_type=cast.cheaper_borrowing, minimum=1)
    unsuitable = product(built, UNSUITABLE, need_type=cast.better_return, minimum=1)
    ProductRule.objects.create(
        product=unsuitable,
        stage="suitability",
        fact="total_balance",
        comparison="at_least",
        value="90000",
        because="Leaves too little within reach.",
    )
    publish(by=cast.max, note="Two more")
    Need.state(customer=cast.ada, need_type=cast.cheaper_borrowing, by=cast.sam)
    contact = Interaction.objects.get(pk=built.things["interaction"])
    decision = decide_for(customer=cast.ada, interaction=contact, by=cast.sam)
    assert LOCKED in [row["product"] for row in decision.results["locked"]]
    excluded = {row["stage"]: row["products"] for row in decision.results["excluded"]}
    assert UNSUITABLE in excluded["suitability"]
    return built


def is_silent(response: Any) -> bool:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    said = body.decode(errors="replace").lower()
    return not any(word in said for word in WORDS)


@pytest.mark.parametrize("name", [n for n in sorted(ROUTES) if not n.startswith(LEFT_OUT)])
def test_no_page_and_no_endpoint_names_it(world: World, name: str) -> None:
    route = ROUTES[name]
    path = address(name, route, world.things)
    for role in ROLES:
        response = world.clients[role].get(path, route.query, headers={"host": "localhost"})
        assert is_silent(response), (role, path)
        htmx = {"host": "localhost", "HX-Request": "true"}
        assert is_silent(world.clients[role].get(path, route.query, headers=htmx)), (role, path)


@pytest.mark.parametrize(
    ("name", "args"),
    [("offers:decision", ["interaction"]), ("api-ways-to-help-ways-to-help", ["interaction"])],
)
def test_what_decides_again_names_it_neither(world: World, name: str, args: list[str]) -> None:
    path = reverse(name, args=[world.things[part] for part in args])
    response = world.clients["agent"].post(path, headers={"HX-Request": "true"})
    assert response.status_code in {200, 201}
    assert is_silent(response)


def test_no_export_names_it(world: World) -> None:
    for key in ("lost", "missed", "offers"):
        path = reverse("insights:export", args=[key])
        for role in ("agent", "supervisor", "administrator"):
            assert is_silent(world.clients[role].post(path))


@pytest.mark.parametrize("code", [LOCKED, UNSUITABLE])
@pytest.mark.parametrize("verb", ["acceptance", "already-has", "not-relevant", "would-need"])
def test_nobody_answers_for_what_may_not_be_offered(world: World, code: str, verb: str) -> None:
    contact = world.things["interaction"]
    before = fingerprint()
    decisions = Decision.objects.count()
    response = world.clients["agent"].post(
        f"/api/v1/interactions/{contact}/offers/{code}/{verb}/",
        json.dumps({"words": "x"} if verb == "would-need" else {}),
        content_type="application/json",
    )
    assert response.status_code == 422
    assert "wombat" not in response.content.decode()
    assert (fingerprint(), Decision.objects.count()) == (before, decisions)


@pytest.mark.parametrize("code", [LOCKED, UNSUITABLE])
def test_the_page_takes_no_answer_for_it_either(world: World, code: str) -> None:
    path = reverse("offers:outcome", args=[world.things["interaction"], code])
    counted = [table.objects.count() for table in (Offer, ServiceRequest, Promise, AuditEntry)]
    for said in ({"answer": "accepted"}, {"answer": "declined", "because": "no"}):
        response = world.clients["agent"].post(path, said, headers={"HX-Request": "true"})
        assert response.status_code == 422
        assert "wombat" not in response.content.decode()
    assert counted == [
        table.objects.count() for table in (Offer, ServiceRequest, Promise, AuditEntry)
    ]


@pytest.mark.parametrize("name", ["offers:why", "offers:answers"])
@pytest.mark.parametrize("code", [LOCKED, UNSUITABLE])
def test_what_belongs_to_an_offer_is_not_there_for_it(world: World, name: str, code: str) -> None:
    path = reverse(name, args=[world.things["interaction"], code])
    assert world.clients["agent"].get(path).status_code == 404


@pytest.mark.parametrize(
    ("asked", "because"),
    [
        ("Numbat", "First what the customer got in touch for"),
        ("quokka", "Leaves too little within reach."),
    ],
)
def test_asked_by_name_the_reason_is_told_and_nothing_that_sells(
    world: World, asked: str, because: str
) -> None:
    path = reverse("offers:others", args=[world.things["interaction"]])
    told = world.clients["agent"].get(path, {"product": asked}).content.decode()
    assert because in told
    for selling in ("wombat", "£", "9.90", "a year", "Accept", "<form"):
        assert selling not in told, selling
    other = "quokka" if asked == "Numbat" else "numbat"
    assert other not in told.lower()
