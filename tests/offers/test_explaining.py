"""Why this, why not that, what would make it right: exact, and the same whenever it is asked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer
from needs.models import Need
from offers import catalogue, presenting
from offers.arbitration import decide_for
from offers.benching import population, situation_of
from offers.compiled import Catalogue
from offers.explaining import NOTHING, Explanation, Learned, explain, learned_of, named
from offers.mending import MENDABLE, mend
from offers.models import Decision
from offers.publishing import publish
from offers.stages import Candidate, Sieve
from products.models import Product, ProductRule, Stage
from products.vocabulary import FACTS
from service.models import ServiceRequest
from tests.cast import Cast, contact
from tests.offers.test_presenting import in_need
from tests.offers.test_routes import address, as_
from tests.offers.test_stages import decided

SAVER: dict[str, Any] = {
    "code": "saver",
    "name": "Saver Plus",
    "category": "savings",
    "summary": "Savings.",
    "currency": "GBP",
    "terms": {"rate": "4.00"},
    "benefit_formula": "idle_balance * rate / 100",
    "benefit_sentence": "{idle_balance} at {rate} % = {benefit}",
    "minimum_benefit": "10.00",
    "lever": "1.00",
    "safe_for_vulnerable": True,
    "fits": {"better-return": "0.90"},
    "fulfilment": None,
    "rules": [],
}


def rule(stage: str, fact: str, comparison: str, value: Any, **more: Any) -> dict[str, Any]:
    return {
        "stage": stage,
        "fact": fact,
        "comparison": comparison,
        "value": value,
        "either": more.get("either"),
        "because": f"{fact} {comparison} {value}",
    }


def of(*rules: dict[str, Any], **changed: Any) -> Catalogue:
    other = SAVER | {"code": "everyday", "name": "Everyday Account", "fits": {}}
    content = {
        **catalogue.EMPTY,
        "need_types": {"better-return": {"name": "Better return", "description": ""}},
        "products": [SAVER | changed | {"rules": list(rules)}, other],
    }
    return catalogue.read(content, number=1)


def inputs(**facts: Any) -> dict[str, Any]:
    found = situation_of(population(1))
    known: dict[str, Any] = dict.fromkeys(FACTS)
    known |= {
        "is_adult": True,
        "is_vulnerable": False,
        "has_open_complaint": False,
        "held_products": [],
        "held_categories": [],
        "open_needs": [],
        "total_balance": "8500",
        "idle_balance": "8500",
        "card_debt": "0",
        "open_requests": "0",
    }
    return found | {"facts": known | facts, "needs": [], "offers": []}


def words(published: Catalogue, **facts: Any) -> list[str]:
    return list(mend(inputs(**facts), published, "saver").words)


# --- What would make it right --------------------------------------------------------------------


def test_the_least_change_is_told_in_figures() -> None:
    published = of(rule("suitability", "card_debt", "at_most", "500"))
    assert words(published, card_debt="1700.50") == ["£1,200.50 less owed on cards"]
    assert words(published, card_debt="500") == []  # it passes as it is


def test_of_two_rules_on_one_figure_the_farther_counts() -> None:
    published = of(
        rule("eligibility", "total_balance", "at_least", "9000"),
        rule("applicability", "total_balance", "at_least", "10000"),
    )
    assert words(published) == ["£1,500.00 more money with us"]


def test_of_alternatives_the_smaller_change_is_told() -> None:
    published = of(
        rule("eligibility", "total_balance", "at_least", "90000", either=1),
        rule("eligibility", "card_debt", "at_most", "100", either=1),
    )
    assert words(published, card_debt="150") == ["£50.00 less owed on cards"]


@pytest.mark.parametrize(
    ("fact", "comparison", "value", "known"),
    [
        ("is_adult", "equals", True, {"is_adult": False}),
        ("country", "equals", "GB", {"country": "FR"}),
        ("segment", "equals", "business", {"segment": "personal"}),
        ("annual_income", "at_least", "20000", {"annual_income": "15000"}),
        ("tenure_years", "at_least", "2", {"tenure_years": "1"}),
        ("is_vulnerable", "equals", False, {"is_vulnerable": True}),
        ("broken_promises", "at_most", "0", {"broken_promises": "2"}),
        ("held_products", "excludes", "everyday", {"held_products": ["everyday"]}),
    ],
)
def test_what_a_customer_cannot_change_is_never_told(
    fact: str, comparison: str, value: Any, known: dict[str, Any]
) -> None:
    for stage in Stage.values:
        assert words(of(rule(stage, fact, comparison, value)), **known) == []
    assert fact not in MENDABLE


def test_more_money_with_us_never_makes_an_unsuitable_product_right() -> None:
    for fact in ("total_balance", "idle_balance"):
        published = of(rule("suitability", fact, "at_least", "20000"))
        assert words(published) == []
        published = of(rule("eligibility", fact, "at_least", "20000"))
        assert words(published) != []
    gains_too_little = of(minimum_benefit="5000.00")
    assert words(gains_too_little) == []


def test_a_product_to_have_first_is_named() -> None:
    published = of(rule("eligibility", "held_products", "includes", "everyday"))
    assert words(published) == ["with Everyday Account first"]


@pytest.mark.parametrize("seed", range(300))
def test_the_change_told_passes_and_none_smaller_does(seed: int) -> None:
    chance = Random(seed)
    rules = [
        rule(
            chance.choice(["eligibility", "applicability", "suitability"]),
            fact,
            "at_most" if MENDABLE[fact].falls else "at_least",
            str(chance.randrange(0, 9000)),
            either=chance.choice([None, None, 1]),
        )
        for fact in chance.choices(sorted(MENDABLE), k=chance.randrange(1, 4))
    ]
    published = of(*rules)
    known = inputs(**{fact: str(chance.randrange(0, 9000)) for fact in MENDABLE})
    told = mend(known, published, "saver")
    if not told.facts:
        return
    sieve = Sieve(known, published)

    def passes(facts: dict[str, Any]) -> bool:
        again = Sieve(known, published)
        again.facts = again.figures = {**sieve.facts, **facts}
        product = published.by_code["saver"]
        checks = again.requirements.checks
        is_eligible = all(checks[place](again.facts) for place in product.eligibility)
        need = {"id": 1, "type": "better-return", "name": "…", "evidence": "", "source": ""}
        from offers.matching import ONE, Match

        match = Match(ONE, ONE, ONE, need, "", answers_now=True)
        return is_eligible and isinstance(again.examine(product, match), Candidate)

    assert passes(dict(told.facts))
    for fact, value in told.facts.items():
        assert isinstance(value, Decimal)
        nearer = value + Decimal("0.01") * (1 if MENDABLE[fact].falls else -1)
        assert not passes({**told.facts, fact: nearer}), fact


# --- Asked for by name ---------------------------------------------------------------------------


def test_a_product_is_found_by_the_beginnings_of_its_words() -> None:
    published = of()
    for asked in ("Saver Plus", "saver", "sav pl", "plus", "saver "):
        assert [one.code for one in named(published, asked)] == ["saver"], asked
    for asked in ("", "s", "pl", "aver", "savers", "%", "*", "{{", "x" * 80):
        assert named(published, asked) == [], asked


# --- From the stored decision alone --------------------------------------------------------------


def told(decision: Decision, code: str = "saver-plus") -> Explanation | None:
    return explain(
        inputs=decision.inputs,
        results=decision.results,
        published=catalogue.published(decision.catalogue_number),
        code=code,
    )


@pytest.mark.django_db
def test_why_this_tells_every_figure_its_unit_and_rounding(people: Cast) -> None:
    why = told(decided(people, in_need(people)))
    assert why is not None
    assert why.is_open
    assert why.because == "Better return: “more interest”"
    assert why.benefit is not None
    assert why.benefit.sentence == "£8,500.00 × (4.10 % − 0.00 %) = £348.50 a year"
    assert why.benefit.basis == "a year, in GBP, rounded half up to 0.01 GBP"
    assert list(why.benefit.figures) == [
        ("Rate on that money today", "0.00 % a year"),
        ("Money earning under 1 %", "£8,500.00"),
        ("Its rate", "4.1"),
    ]
    product = Decimal(1)
    for _, value in why.factors:
        product *= Decimal(value)
    assert abs(product - Decimal(why.score)) < Decimal("0.0005")


@pytest.mark.django_db
def test_why_not_tells_the_stage_the_reason_and_what_would_make_it_right(people: Cast) -> None:
    people.ada.holdings.update(product=people.current)
    card = people.current.category
    card.balance_meaning = "card_debt"
    card.save()
    people.ada.holdings.update(balance=Decimal("750.25"))
    why = told(decided(people, in_need(people)))
    assert why is not None
    assert not why.is_open
    assert (why.stage, why.because) == (
        "Not in this customer's interest",
        "Paying off the card helps more than saving.",
    )
    # without the card's debt there is no money that could earn: nothing they change makes it right
    assert list(why.mending) == [NOTHING]
    assert why.benefit is None
    assert why.score == ""
    assert not why.reasons
    assert not why.factors


@pytest.mark.django_db
def test_what_waits_tells_for_what_and_what_answers_no_need_for_which(people: Cast) -> None:
    Need.state(customer=people.ada, need_type=people.better_return, by=people.sam)
    interaction = contact(people, people.ada, reason=people.card_late)
    why = told(decided(people, interaction))
    assert why is not None
    assert why.stage == "Service first"
    assert list(why.mending) == ["“Card not arrived” is done or has a date"]
    Need.objects.all().delete()
    why = told(decided(people, contact(people, people.ben)))
    assert why is not None
    assert list(why.mending) == ["A need for: Better return"]


@pytest.mark.django_db
def test_regenerated_later_over_three_catalogues_every_explanation_is_equal(people: Cast) -> None:
    made: list[tuple[int, str, Explanation | None]] = []
    for number in range(3):
        if number:
            Product.objects.filter(pk=people.saver.pk).update(
                name=f"Saver {number}", terms={"rate": f"4.{number}5"}
            )
            publish(by=people.max, note=f"Number {number + 1}")
        for person in (people.ada, people.ben, people.cy):
            interaction = contact(people, person)
            decisions = [decided(people, interaction)]
            Need.state(
                customer=person,
                need_type=people.better_return,
                by=people.sam,
                interaction=interaction,
            )
            decisions.append(decided(people, interaction))
            if number == 1:
                ServiceRequest.open_request(
                    customer=person,
                    request_type=people.complaint_request,
                    subject="Nobody called",
                    owner=people.sam,
                    by=people.sam,
                )
                decisions.append(decided(people, interaction))
                ServiceRequest.objects.all().update(status="withdrawn")
            made += [
                (one.pk, code, told(one, code))
                for one in decisions
                for code in ("saver-plus", "everyday-account")
            ]
    Product.objects.update(name="Other", terms={"rate": "0.01"}, benefit_formula="0")
    ProductRule.objects.all().delete()
    Customer.objects.update(figures={"annual_income": "1"}, born_on=None)
    publish(by=people.max, note="All is different")
    catalogue._compiled.cache_clear()
    numbers = set(Decision.objects.values_list("catalogue_number", flat=True))
    assert numbers == {1, 2, 3}
    for pk, code, before in made:
        assert before is not None
        assert told(Decision.objects.get(pk=pk), code) == before


# --- The learned part ----------------------------------------------------------------------------


def test_the_parts_of_what_was_learned_are_added_exactly() -> None:
    parts = [{"words": f"Fact {n}", "amount": f"0.{n:02d}7"} for n in range(12)]
    logit = sum((Decimal(part["amount"]) for part in parts), Decimal("-1.5"))
    told = {"intercept": "-1.5", "contributions": parts, "logit": str(logit), "chance": "0.2"}
    learned = learned_of({"helping": told})
    assert learned is not None
    assert learned.is_exact
    beside = logit + Decimal("2e-9")
    assert not Learned(Decimal("-1.5"), learned.contributions, beside, Decimal(1)).is_exact
    assert learned_of({}) is None


@pytest.mark.django_db
def test_the_learned_part_of_every_stored_offer_adds_up(people: Cast) -> None:
    for person in (people.ada, people.cy):
        interaction = contact(people, person)
        Need.state(
            customer=person,
            need_type=people.better_return,
            by=people.sam,
            interaction=interaction,
        )
        decided(people, interaction)
    offers = [
        entry
        for decision in Decision.objects.all()
        for entry in decision.results["ways"]
        if entry["kind"] == "offer"
    ]
    assert offers
    for entry in offers:
        learned = learned_of(entry)
        assert learned is None or learned.is_exact


# --- On the page ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_one_fragment_explains_what_is_listed_and_nothing_else(people: Cast) -> None:
    interaction = in_need(people)
    decided(people, interaction)
    html = as_(people.sam).get(address("why", interaction, "saver-plus")).content.decode()
    assert "a year, in GBP, rounded half up to 0.01 GBP" in html
    presenting.later(
        interaction=interaction,
        product=people.saver,
        by=people.sam,
        later_on=timezone.localdate() + timedelta(days=5),
    )
    assert as_(people.sam).get(address("why", interaction, "saver-plus")).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["", "sa", "\x00", "%", "' OR 1=1", "{{ 7 }}", "x" * 5000])
def test_no_name_finds_nothing(people: Cast, asked: str) -> None:
    interaction = in_need(people)
    people.ada.holdings.update(balance=0)
    decide_for(customer=people.ada, interaction=interaction, by=people.sam)
    page = as_(people.sam).get(address("others", interaction), {"product": asked})
    assert page.status_code == 200
    assert "Saver Plus" not in page.content.decode()
