"""Administrators write rules in plain words; what makes no sense is told and refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from offers.models import ContactPolicy
from offers.publishing import publish
from products.criteria import NotACriterion, sentence
from products.fields import read_written, written
from products.models import Product, ProductRule
from tests import cast as casting
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> Cast:
    assembled = casting.assemble()
    publish(by=assembled.max, note="The first catalogue")
    return assembled


@pytest.fixture
def client(people: Cast) -> Client:
    browser = Client()
    browser.force_login(people.max, backend="accounts.backends.RoleBackend")
    return browser


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("is_adult", "Yes", True),
        ("is_adult", "no", False),
        ("annual_income", "£20,000", "20000"),
        ("current_rate", "4.1 %", "4.1"),
        ("country", "GB", "GB"),
        ("held_products", "saver-plus, isa", ["saver-plus", "isa"]),
    ],
)
def test_a_value_is_written_plainly(fact: str, text: str, value: Any) -> None:
    assert read_written(fact, text) == value
    assert read_written(fact, written(value)) == value


@pytest.mark.parametrize(
    ("fact", "text"),
    [("is_adult", "perhaps"), ("annual_income", "lots"), ("annual_income", ""), ("country", "")],
)
def test_a_value_of_another_kind_is_refused(fact: str, text: str) -> None:
    with pytest.raises(NotACriterion):
        read_written(fact, text)


@pytest.mark.parametrize(
    ("fact", "comparison", "value", "words"),
    [
        ("is_adult", "equals", True, "the customer is 18 or over"),
        ("has_open_complaint", "equals", False, "the customer has no open complaint"),
        ("annual_income", "at_least", "20000", "income a year is at least £20,000.00"),
        ("current_rate", "at_most", "1.5", "rate on that money today is at most 1.50 % a year"),
        ("tenure_years", "at_least", 2, "time with us is at least 2 years"),
        ("held_products", "excludes", ["isa", "bond"], "products held do not include bond or isa"),
    ],
)
def test_a_rule_reads_in_plain_words(fact: str, comparison: str, value: Any, words: str) -> None:
    assert sentence(fact=fact, comparison=comparison, value=value) == words


@pytest.mark.parametrize(
    ("fact", "comparison", "value"),
    [
        ("unheard", "equals", "1"),
        ("is_adult", "at_least", True),
        ("segment", "at_most", "x"),
        ("held_products", "equals", "x"),
        ("annual_income", "includes", "1"),
        ("annual_income", "equals", "NaN"),
        ("annual_income", "equals", True),
        ("annual_income", "equals", 1.5),
        ("annual_income", "equals", "1" + "0" * 12),
        ("segment", "equals", []),
        ("segment", "equals", [1]),
        ("segment", "equals", {"a": 1}),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(fact: str, comparison: str, value: Any) -> None:
    with pytest.raises(NotACriterion):
        sentence(fact=fact, comparison=comparison, value=value)


def form(product: Product, **changed: str) -> dict[str, str]:
    """The product's page as the browser sends it."""
    rules = list(product.rules.all())
    sent = {
        "name": product.name,
        "code": product.code,
        "category": str(product.category_id),
        "summary": product.summary,
        "currency": product.currency,
        "terms": "rate = 4.10",
        "benefit_formula": product.benefit_formula,
        "benefit_sentence": product.benefit_sentence,
        "minimum_benefit": str(product.minimum_benefit),
        "lever": str(product.lever),
        "withdrawn_on": "",
        "rules-TOTAL_FORMS": str(len(rules)),
        "rules-INITIAL_FORMS": str(len(rules)),
    }
    for index, rule in enumerate(rules):
        sent |= {
            f"rules-{index}-id": str(rule.pk),
            f"rules-{index}-product": str(product.pk),
            f"rules-{index}-stage": rule.stage,
            f"rules-{index}-fact": rule.fact,
            f"rules-{index}-comparison": rule.comparison,
            f"rules-{index}-value": written(rule.value),
            f"rules-{index}-either": "",
            f"rules-{index}-because": rule.because,
        }
    return sent | changed


def prefixes(client: Client, address: str) -> list[str]:
    """The names that Django gave to the forms of the inlines."""
    page = client.get(address)
    return [formset.formset.prefix for formset in page.context["inline_admin_formsets"]]


def saved(client: Client, product: Product, **changed: str) -> Any:
    address = reverse("admin:products_product_change", args=[product.pk])
    sent = form(product, **changed)
    for prefix in prefixes(client, address):
        sent.setdefault(f"{prefix}-TOTAL_FORMS", "0")
        sent.setdefault(f"{prefix}-INITIAL_FORMS", "0")
    return client.post(address, sent)


def test_the_product_page_shows_rules_in_plain_words(people: Cast, client: Client) -> None:
    page = client.get(reverse("admin:products_product_change", args=[people.saver.pk]))
    text = page.content.decode()
    assert "the customer is 18 or over" in text
    assert "balance owed on cards is at most £0.00" in text
    assert "rate = 4.10" in text
    assert reverse("catalogue:product", args=["saver-plus"]) in text


def test_a_rule_and_the_terms_are_changed_in_plain_words(people: Cast, client: Client) -> None:
    rule = people.saver.rules.get(fact="card_debt")
    index = list(people.saver.rules.all()).index(rule)
    response = saved(
        client,
        people.saver,
        terms="rate = 4.35\nfee = 12",
        **{f"rules-{index}-value": "£1,500"},
    )
    assert response.status_code == 302, response.context["errors"]
    people.saver.refresh_from_db()
    rule.refresh_from_db()
    assert people.saver.terms == {"rate": "4.35", "fee": "12"}
    assert rule.value == "1500"
    assert rule.sentence == "balance owed on cards is at most £1,500.00"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"benefit_formula": "idle_balance * bonus"}, "“bonus” is not a figure that is known"),
        ({"benefit_formula": "__import__('os')"}, "cannot stand in a benefit formula"),
        ({"benefit_sentence": "{bonus}"}, "is not a figure that is known"),
        ({"terms": "rate: 4.10"}, "Write it like rate = 4.10."),
        ({"terms": "rate = four"}, "is no number"),
        ({"lever": "1.5"}, "less than or equal to 1.2"),
        ({"rules-0-value": "perhaps"}, "is answered by yes or no"),
        ({"rules-0-comparison": "at_least"}, "can be compared by"),
    ],
)
def test_what_makes_no_sense_is_told_in_plain_words_and_not_kept(
    people: Cast, client: Client, changed: dict[str, str], words: str
) -> None:
    response = saved(client, people.saver, **changed)
    assert response.status_code == 200
    assert words in response.content.decode()
    people.saver.refresh_from_db()
    assert people.saver.terms == {"rate": "4.10"}
    assert ProductRule.objects.get(product=people.saver, fact="is_adult").value is True


def test_there_is_one_contact_policy(people: Cast, client: Client) -> None:
    add = reverse("admin:offers_contactpolicy_add")
    policy = {
        "max_offers": "2",
        "max_surveys": "4",
        "max_contacts": "6",
        "period_days": "30",
        "cooling_off_days": "60",
        "need_floor": "0.30",
    }
    assert client.post(add, policy).status_code == 302
    assert ContactPolicy.objects.get().pk == 1
    assert client.post(add, policy).status_code == 403
    assert ContactPolicy.objects.count() == 1


def test_published_versions_are_read_only_and_products_never_deleted(
    people: Cast, client: Client
) -> None:
    listing = client.get(reverse("admin:products_catalogueversion_changelist"))
    assert listing.status_code == 200
    assert client.get(reverse("admin:products_catalogueversion_add")).status_code == 403
    gone = reverse("admin:products_product_delete", args=[people.saver.pk])
    assert client.post(gone, {"post": "yes"}).status_code == 403
    assert Product.objects.filter(pk=people.saver.pk).exists()


def test_others_have_no_administration(people: Cast) -> None:
    for person in (people.sam, people.una):
        browser = Client()
        browser.force_login(person, backend="accounts.backends.RoleBackend")
        response = browser.get(reverse("admin:products_product_changelist"))
        assert response.status_code in (302, 403)
