"""What is in force is what was published, whole; a draft with errors never is."""

from __future__ import annotations

import pytest
from django.db import InternalError, transaction

from accounts.models import AuditEntry
from needs.models import DiscoveryAnswer, NeedFit
from offers.arbitration import decide_for
from offers.models import ContactPolicy
from offers.publishing import (
    NothingChanged,
    NotPublishable,
    draft_content,
    problems_of,
    publish,
    publish_again,
)
from products.models import CatalogueVersion, Product, ProductRule
from service.models import Fulfilment
from tests.cast import Cast, contact

pytestmark = pytest.mark.django_db


def test_a_publication_holds_everything_that_decisions_read(people: Cast) -> None:
    content = CatalogueVersion.objects.get(number=1).content
    saver = next(row for row in content["products"] if row["code"] == "saver-plus")
    assert saver["fits"] == {"better-return": "0.95"}
    assert saver["fulfilment"]["request_type"] == "open-account"
    assert [rule["fact"] for rule in saver["rules"]] == ["is_adult", "card_debt"]
    assert content["questions"][0]["intents"] == ["cancel", "change"]
    assert [answer["need_type"] for answer in content["questions"][0]["answers"]] == [
        "better-return",
        None,
    ]
    assert content["need_types"]["better-return"]["name"] == "Better return"
    assert content["policy"] == {
        "max_offers": 3,
        "max_surveys": 4,
        "max_contacts": 6,
        "period_days": 30,
        "cooling_off_days": 90,
        "need_floor": "0.20",
    }


def test_a_draft_changes_nothing_until_it_is_published(people: Cast) -> None:
    interaction = contact(people, people.ada)
    before = decide_for(customer=people.ada, interaction=interaction, by=people.sam)
    Product.objects.filter(pk=people.saver.pk).update(name="Saver Double")
    same = decide_for(customer=people.ada, interaction=interaction, by=people.sam)
    assert same.pk == before.pk
    version = publish(by=people.max, note="A new name")
    assert version.number == 2
    after = decide_for(customer=people.ada, interaction=interaction, by=people.sam)
    assert after.catalogue_number == 2
    assert "Saver Double" in after.results["ways"][0]["why"]


def test_publishing_what_is_in_force_makes_no_second_version(people: Cast) -> None:
    with pytest.raises(NothingChanged):
        publish(by=people.max, note="Again")
    assert CatalogueVersion.objects.count() == 1


def test_a_draft_with_errors_is_not_published_and_every_error_is_told(people: Cast) -> None:
    Product.objects.filter(pk=people.saver.pk).update(
        benefit_formula="idle_balance * bonus", benefit_sentence="{bonus}"
    )
    ProductRule.objects.filter(product=people.saver, fact="card_debt").update(value="little")
    Fulfilment.objects.filter(product=people.saver).delete()
    with pytest.raises(NotPublishable) as refused:
        publish(by=people.max, note="Broken")
    assert len(refused.value.problems) == 4
    assert all(problem.startswith("Saver Plus: ") for problem in refused.value.problems)
    assert "Mend 4 things first" in str(refused.value)
    assert CatalogueVersion.objects.count() == 1
    assert AuditEntry.objects.filter(verb="catalogue published").count() == 1


def test_a_question_without_answers_is_not_published(people: Cast) -> None:
    DiscoveryAnswer.objects.all().delete()
    assert problems_of(draft_content()) == [
        "The question “What is changing for you?” has no answers. Add some."
    ]


def test_an_older_catalogue_is_put_in_force_again_as_a_new_number(people: Cast) -> None:
    NeedFit.objects.all().delete()
    ContactPolicy.objects.create(pk=1, max_offers=1)
    publish(by=people.max, note="Without fits")
    again = publish_again(number=1, by=people.max)
    first = CatalogueVersion.objects.get(number=1)
    assert (again.number, again.digest, again.note) == (3, first.digest, "Back to catalogue 1")
    assert again.content == first.content


def test_a_published_catalogue_is_never_rewritten(people: Cast) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        CatalogueVersion.objects.update(note="other")
    assert CatalogueVersion.objects.get().note == "The first catalogue"


def test_withdrawn_products_are_not_in_force(people: Cast) -> None:
    Product.objects.filter(pk=people.saver.pk).update(withdrawn_on="2026-11-01")
    codes = [row["code"] for row in draft_content()["products"]]
    assert codes == ["everyday-account"]
