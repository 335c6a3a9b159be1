"""The administrator's pages on words: examples, versions, unknown needs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from needs import tasks, unknowns
from needs.models import Example, ExampleSource, NeedType, UnknownNeed, UnknownSettled
from tests.cast import Cast, contact

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]

STUDIES = (
    "I need money for my university course",
    "how do I pay the university fees",
    "my university course costs too much money",
    "paying for a university course next year",
)
OTHERS = ("a locker for grandmother's jewels", "he wants gold coins")


@pytest.fixture
def max_(cast: Cast, client: Client) -> Client:
    client.force_login(cast.max)
    return client


@pytest.fixture
def unknown(cast: Cast) -> list[int]:
    said = contact(cast, cast.ada)
    for text in (*STUDIES, *OTHERS):
        UnknownNeed.keep(text=text, source="rejected", interaction=said)
    return list(UnknownNeed.objects.order_by("pk").values_list("pk", flat=True))


def label(cast: Cast, text: str, kind: NeedType | None, doubt: str | None = None) -> Example:
    Example.keep(text=text, need_type=kind, source=ExampleSource.GIVEN, by=cast.max)
    Example.objects.filter(text=text).update(doubt=doubt, checked_at=timezone.now())
    return Example.objects.get(text=text)


def test_the_empty_pages_say_what_will_come(cast: Cast, max_: Client) -> None:
    assert b"No example was checked yet" in max_.get(reverse("needs:examples")).content
    assert b"No version yet" in max_.get(reverse("needs:versions")).content
    assert b"Nothing unknown waits" in max_.get(reverse("needs:unknown")).content


def test_doubted_examples_come_first_and_are_mended_in_place(cast: Cast, max_: Client) -> None:
    label(cast, "surely a better rate", cast.better_return, "0.02")
    wrong = label(cast, "the card eats me up", cast.better_return, "0.97")
    html = max_.get(reverse("needs:examples")).content.decode()
    assert "the card eats me up" in html
    assert "surely a better rate" not in html
    assert (
        "surely a better rate"
        in max_.get(reverse("needs:examples"), {"view": "all"}).content.decode()
    )
    address = reverse("needs:label", args=[wrong.pk])
    assert max_.post(address, {"label": cast.cheaper_borrowing.pk}).status_code == 200
    wrong.refresh_from_db()
    assert (wrong.need_type, wrong.doubt) == (cast.cheaper_borrowing, None)
    max_.post(address, {"label": "none"})
    wrong.refresh_from_db()
    assert wrong.need_type is None
    assert max_.post(reverse("needs:removal", args=[wrong.pk])).status_code == 200
    assert not Example.objects.filter(pk=wrong.pk).exists()


@pytest.mark.parametrize("said", ["", "0", "9" * 18, "x", "-1", "{{ 7 }}", "none'--"])
def test_a_hostile_label_changes_nothing(cast: Cast, max_: Client, said: str) -> None:
    one = label(cast, "the card eats me up", cast.better_return, "0.97")
    assert max_.post(reverse("needs:label", args=[one.pk]), {"label": said}).status_code == 422
    one.refresh_from_db()
    assert one.need_type == cast.better_return


@pytest.mark.parametrize(
    "query",
    [{"view": "x"}, {"kind": "x"}, {"kind": "9" * 18}, {"after": "-1"}, {"after": "9" * 18}],
)
def test_a_hostile_address_shows_a_page(cast: Cast, max_: Client, query: dict[str, str]) -> None:
    assert max_.get(reverse("needs:examples"), query).status_code == 200


def test_each_page_takes_the_same_statements_however_much_there_is(
    cast: Cast, max_: Client, unknown: list[int], django_assert_num_queries: Queries
) -> None:
    for count in (1, 60):
        for number in range(count):
            label(cast, f"{count} sentence {number}", cast.better_return, "0.9")
        for name, statements in (("examples", 6), ("versions", 6), ("unknown", 4)):
            max_.get(reverse(f"needs:{name}"))
            with django_assert_num_queries(statements):
                max_.get(reverse(f"needs:{name}"))


def test_sentences_that_are_alike_are_put_together_once_a_week(
    cast: Cast, unknown: list[int]
) -> None:
    pytest.importorskip("sklearn", reason="grouping needs scikit-learn")
    tasks.group_unknown()
    studies = UnknownNeed.objects.filter(text__in=STUDIES)
    assert set(studies.values_list("group", flat=True)) == {1}
    assert "university" in studies[0].group_words
    others = UnknownNeed.objects.filter(text__in=OTHERS)
    assert set(others.values_list("group", flat=True)) == {None}
    assert unknowns.group_if_due() == 0
    UnknownNeed.objects.update(grouped_at=timezone.now() - timedelta(days=8))
    assert unknowns.group_if_due() == 1


def test_a_kind_of_need_is_made_with_its_first_examples(
    cast: Cast, max_: Client, unknown: list[int]
) -> None:
    typed = {"name": "Paying for studies", "description": "A course.", "sentences": unknown[:4]}
    assert max_.post(reverse("needs:new_need_type"), typed).status_code == 200
    kind = NeedType.objects.get(code="paying-for-studies")
    assert set(Example.objects.filter(need_type=kind).values_list("text", flat=True)) == set(
        STUDIES
    )
    assert UnknownNeed.objects.waiting().count() == 2
    assert Example.objects.filter(customer=cast.ada).count() == 4
    assert max_.post(reverse("needs:new_need_type"), typed).status_code == 422, "the name is taken"
    again = typed | {"name": "Studies again"}
    assert max_.post(reverse("needs:new_need_type"), again).status_code == 409
    assert not NeedType.objects.filter(code="studies-again").exists()


def test_sentences_are_set_aside(cast: Cast, max_: Client, unknown: list[int]) -> None:
    address = reverse("needs:dismissal")
    for typed in ({}, {"sentences": ["x", "9" * 30]}):
        assert max_.post(address, typed).status_code == 422
    assert max_.post(address, {"sentences": unknown[4:]}).status_code == 200
    assert UnknownNeed.objects.waiting().count() == 4
    with pytest.raises(UnknownSettled):
        unknowns.dismiss(pks=unknown[4:], by=cast.max)


def test_only_administrators_see_and_change_any_of_it(
    cast: Cast, client: Client, unknown: list[int]
) -> None:
    one = label(cast, "the card eats me up", cast.better_return, "0.97")
    for person in (cast.sam, cast.una):
        client.force_login(person)
        for name in ("examples", "versions", "unknown"):
            assert client.get(reverse(f"needs:{name}")).status_code == 403
        assert client.post(reverse("needs:removal", args=[one.pk])).status_code == 403
        assert client.post(reverse("needs:dismissal"), {"sentences": unknown}).status_code == 403
    assert (Example.objects.count(), UnknownNeed.objects.waiting().count()) == (1, 6)
