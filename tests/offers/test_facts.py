"""Facts have sources, none is protected, and a rule says the same in memory and as SQL."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from offers import facts
from offers.catalogue import requirements_of
from offers.rules import Criterion, Requirement, as_sql, facts_of
from products.models import ProductCategory
from products.vocabulary import COMPARISONS, FACTS, NUMERIC, Comparison, Kind
from service.models import ServiceRequest
from tests.cast import Cast

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
PROTECTED = re.compile(
    r"gender|sex|age\b|years_old|ethnic|race|religion|belief|marit|partner|married|famil|child|"
    r"dependent|pregnan|disab|health|orientation|nationality|senior|name|postcode",
)


def test_every_fact_has_a_source_and_every_source_is_a_fact() -> None:
    assert facts.sources(at=AT).keys() == FACTS.keys()


def test_no_fact_is_a_protected_attribute() -> None:
    words = [f"{fact.name} {fact.phrase}" for fact in FACTS.values()]
    assert [word for word in words if PROTECTED.search(word)] == []


def test_one_statement_tells_all_facts_of_a_customer(people: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = facts.facts_of(
            customer_id=people.ada.pk, at=AT, contact=facts.ContactFacts("close-account", "voice")
        )
    assert len(queries) == 1
    assert found == {
        "is_adult": True,
        "is_vulnerable": False,
        "has_open_complaint": False,
        "segment": "personal",
        "country": "GB",
        "tenure_years": "11",
        "held_products": ["everyday-account"],
        "held_categories": ["current-account"],
        "total_balance": "8500",
        "idle_balance": "8500",
        "current_rate": "0",
        "card_debt": "0",
        "card_rate": "0",
        "monthly_charges": "0",
        "foreign_spend": None,
        "annual_income": None,
        "open_requests": "0",
        "broken_promises": "0",
        "open_needs": [],
        "contact_reason": "close-account",
        "channel": "voice",
    }


def test_balances_count_by_what_they_mean(people: Cast) -> None:
    cards = ProductCategory.objects.create(code="cards", name="Cards", balance_meaning="card_debt")
    people.current.category = cards
    people.current.save()
    people.ada.holdings.update(annual_rate=Decimal("24.9"), monthly_charge=3)
    people.ada.holdings.create(
        product=people.saver, opened_on=date(2020, 1, 1), balance=1000, annual_rate=Decimal("0.5")
    )
    people.ada.holdings.create(
        product=people.saver, opened_on=date(2020, 1, 1), balance=3000, annual_rate=Decimal("0.1")
    )
    people.ada.holdings.create(
        product=people.saver, opened_on=date(2020, 1, 1), balance=500, annual_rate=Decimal(3)
    )
    people.ada.holdings.create(
        product=people.saver, opened_on=date(2020, 1, 1), balance=700, currency="EUR"
    )
    found = facts.facts_of(customer_id=people.ada.pk, at=AT)
    names = ["total_balance", "idle_balance", "current_rate", "card_debt", "card_rate"]
    assert [found[name] for name in names] == ["4500", "4000", "0.2", "8500", "24.9"]
    assert found["monthly_charges"] == "3"


@pytest.mark.parametrize(
    ("raw", "told"),
    [(52000, "52000"), ("52000.50", "52000.5"), ("lots", None), ("1e9", None), (None, None)],
)
def test_a_figure_that_is_no_number_is_not_known(people: Cast, raw: Any, told: Any) -> None:
    Customer.objects.filter(pk=people.ada.pk).update(figures={"annual_income": raw})
    assert facts.facts_of(customer_id=people.ada.pk, at=AT)["annual_income"] == told


def test_a_customer_born_on_29_february_is_of_age_on_the_28th_there_being_no_29th() -> None:
    assert facts.years_before(date(2026, 2, 28), 18) == date(2008, 2, 28)
    assert facts.years_before(date(2028, 2, 29), 18) == date(2010, 2, 28)


WORDS_OF = {
    "segment": ["personal", "business"],
    "country": ["GB", "IE"],
    "held_products": ["everyday-account", "saver-plus", "nothing"],
    "held_categories": ["current-account", "savings"],
    "open_needs": ["better-return", "cheaper-borrowing"],
    "contact_reason": ["close-account", "card-late"],
    "channel": ["voice", "email"],
}
FIGURES = st.sampled_from(["-1", "0", "0.005", "0.5", "1", "11", "300", "4000", "8500", "50000"])


@st.composite
def criteria(draw: st.DrawFn) -> Criterion:
    fact = draw(st.sampled_from(sorted(FACTS.values(), key=lambda one: one.name)))
    comparison: Comparison = draw(st.sampled_from(COMPARISONS[fact.kind]))
    value: Any
    if fact.kind == Kind.YES_NO:
        value = draw(st.booleans())
    elif fact.kind in NUMERIC:
        value = draw(FIGURES)
    else:
        value = draw(st.lists(st.sampled_from(WORDS_OF[fact.name]), min_size=1, unique=True))
    return Criterion.read(fact=fact.name, comparison=comparison, value=value)


requirements = st.lists(
    st.lists(criteria(), min_size=1, max_size=3).map(lambda many: Requirement(tuple(many))),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rules=requirements, reason=st.sampled_from([None, "close-account", "card-late"]))
def test_a_rule_says_the_same_in_memory_and_as_sql(
    varied: Cast, rules: list[Requirement], reason: str | None
) -> None:
    contact = facts.ContactFacts(reason, "voice" if reason else None)
    people = facts.annotated(Customer.objects.all(), at=AT, contact=contact, names=facts_of(rules))
    in_sql = set(people.filter(as_sql(rules)).values_list("pk", flat=True))
    checks = [rule.checked() for rule in rules]
    in_memory = set()
    for pk in Customer.objects.values_list("pk", flat=True):
        known = facts.restored(facts.facts_of(customer_id=pk, at=AT, contact=contact))
        if all(check(known) for check in checks):
            in_memory.add(pk)
    assert in_sql == in_memory


@pytest.fixture
def varied(people: Cast) -> Cast:
    """Customers who differ in every fact, some of them not known."""
    ada, ben, cy = people.ada, people.ben, people.cy
    Customer.objects.filter(pk=ada.pk).update(
        figures={"annual_income": 50000, "foreign_spend": "300"}, segment="business"
    )
    Customer.objects.filter(pk=ben.pk).update(
        born_on=None, customer_since=None, country="IE", figures={"annual_income": "none"}
    )
    cy.mark_vulnerable(by=people.una, because="illness")
    cy.holdings.create(product=people.saver, opened_on=date(2020, 1, 1), balance=300)
    ada.holdings.update(annual_rate=Decimal("0.5"), monthly_charge=11)
    ServiceRequest.open_request(
        customer=ben,
        request_type=people.complaint_request,
        subject="Late",
        owner=people.sam,
        by=people.sam,
    )
    from needs.models import Need

    Need.state(customer=ada, need_type=people.better_return, by=people.sam)
    nobody = Customer.objects.create(team=people.team, name="Nobody Known")
    nobody.holdings.create(
        product=people.current,
        opened_on=date(2020, 1, 1),
        cancelled_on=date(2021, 1, 1),
        cancelled_because="moved",
    )
    return people


def test_rules_that_share_a_number_are_alternatives() -> None:
    rules: list[dict[str, Any]] = [
        {"fact": "segment", "comparison": "equals", "value": "personal", "either": None},
        {"fact": "country", "comparison": "equals", "value": "GB", "either": 1},
        {"fact": "country", "comparison": "equals", "value": "IE", "either": 1},
    ]
    found = requirements_of([{**rule, "because": "…"} for rule in rules])
    assert [len(requirement.criteria) for requirement, _ in found] == [1, 2]
    assert found[1][0].plain("GBP") == "country is GB or country is IE"
