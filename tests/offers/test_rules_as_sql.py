"""10,000 times: a random rule says the same of a customer in memory and as SQL."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from customers.models import Customer
from needs.models import Need
from offers import facts
from offers.release.passing import Passing
from offers.rules import Criterion, Requirement, as_sql, facts_of
from products.vocabulary import COMPARISONS, FACTS, NUMERIC, Fact, Kind
from service.models import ServiceRequest
from tests.cast import Cast
from tests.offers.test_facts import AT, WORDS_OF

pytestmark = pytest.mark.django_db
RULES, CUSTOMERS = 500, 24  # 12,000 answers
FIGURES = ("-1", "0", "0.005", "0.5", "1", "1.5", "2", "11", "300", "300.01", "4000", "8500")


def test_500_random_rules_say_the_same_of_24_customers_in_memory_and_as_sql(people: Cast) -> None:
    chance = Random(20261123)
    inhabit(people, chance)
    contact = facts.ContactFacts("close-account", "voice")
    known = {
        pk: facts.restored(facts.facts_of(customer_id=pk, at=AT, contact=contact))
        for pk in Customer.objects.values_list("pk", flat=True)
    }
    assert len(known) == CUSTOMERS
    answers: set[int] = set()
    for _ in range(RULES):
        rules = [requirement(chance) for _ in range(chance.randint(1, 3))]
        checks = [rule.checked() for rule in rules]
        in_memory = {pk for pk, one in known.items() if all(check(one) for check in checks)}
        base = facts.annotated(
            Customer.objects.all(), at=AT, contact=contact, names=facts_of(rules)
        )
        in_sql = set(base.filter(as_sql(rules)).values_list("pk", flat=True))
        assert in_sql == in_memory, [rule.plain("GBP") for rule in rules]
        passing = Passing.of(rules)
        passed = passing.people(Customer.objects.all(), at=AT, contact=contact)
        in_funnel = set(passed.filter(passing.holds(rules)).values_list("pk", flat=True))
        assert in_funnel == in_memory, [rule.plain("GBP") for rule in rules]
        answers.add(len(in_memory))
    assert len(answers) > CUSTOMERS / 2, "rules that hold for few, some and nearly all"


def requirement(chance: Random) -> Requirement:
    criteria = [criterion(chance) for _ in range(chance.choice((1, 1, 2, 3)))]
    return Requirement(tuple(criteria))


def criterion(chance: Random) -> Criterion:
    fact = chance.choice(sorted(FACTS.values(), key=lambda one: one.name))
    comparison = chance.choice(COMPARISONS[fact.kind])
    return Criterion.read(fact=fact.name, comparison=comparison, value=value(fact, chance))


def value(fact: Fact, chance: Random) -> Any:
    if fact.kind == Kind.YES_NO:
        return chance.random() < 0.5
    if fact.kind in NUMERIC:
        return chance.choice(FIGURES)
    words = WORDS_OF[fact.name]
    return chance.sample(words, chance.randint(1, len(words)))


def inhabit(people: Cast, chance: Random) -> None:
    """Customers who differ in every fact; every fact is not known of some."""
    products = (people.current, people.saver)
    for number in range(CUSTOMERS - Customer.objects.count()):
        customer = Customer.objects.create(
            team=people.team,
            name=f"Customer {number}",
            segment=chance.choice(("personal", "business")),
            country=chance.choice(("GB", "IE")),
            born_on=chance.choice((None, date(1960, 1, 1), date(2008, 11, 23), date(2015, 1, 1))),
            customer_since=chance.choice((None, date(2015, 3, 2), date(2025, 11, 24))),
            figures=chance.choice(
                ({}, {"annual_income": 300}, {"annual_income": "8500", "foreign_spend": "none"})
            ),
        )
        for _ in range(chance.randint(0, 3)):
            is_gone = chance.random() < 0.3
            customer.holdings.create(
                product=chance.choice(products),
                opened_on=date(2020, 1, 1),
                cancelled_on=date(2021, 1, 1) if is_gone else None,
                cancelled_because="moved" if is_gone else "",
                balance=Decimal(chance.choice(FIGURES[1:])),
                annual_rate=Decimal(chance.choice(("0", "0.5", "1", "11"))),
                monthly_charge=chance.choice((0, 1, 11)),
                currency=chance.choice(("GBP", "GBP", "EUR")),
            )
        _live(people, customer, chance)


def _live(people: Cast, customer: Customer, chance: Random) -> None:
    if chance.random() < 0.3:
        customer.mark_vulnerable(by=people.una, because="illness")
    for need_type in (people.better_return, people.cheaper_borrowing):
        if chance.random() < 0.4:
            Need.state(customer=customer, need_type=need_type, by=people.sam)
    for request_type in (people.card_request, people.complaint_request):
        if chance.random() < 0.3:
            ServiceRequest.open_request(
                customer=customer,
                request_type=request_type,
                subject="…",
                owner=people.sam,
                by=people.sam,
            )
