"""The discovery question on the desk, and the needs that its answers tell of."""

import pytest
from django.test import Client
from django.urls import reverse

from needs.models import AnswerGiven, DiscoveryAnswer, DiscoveryQuestion, Need
from tests.cast import Cast, assemble, contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return assemble()


@pytest.fixture
def sam(cast: Cast, client: Client) -> Client:
    client.force_login(cast.sam)
    return client


def test_the_question_is_asked_where_the_reason_calls_for_it(cast: Cast, sam: Client) -> None:
    address = reverse("needs:needs", args=[cast.ada.pk])
    leaving = contact(cast, cast.ada)
    asking = contact(cast, cast.ada, reason=cast.card_late)
    assert cast.why.text in sam.get(address, {"interaction": leaving.pk}).content.decode()
    assert cast.why.text not in sam.get(address, {"interaction": asking.pk}).content.decode()
    cast.why.contact_reasons.add(cast.card_late)
    assert cast.why.text in sam.get(address, {"interaction": asking.pk}).content.decode()


def test_an_answer_becomes_a_need_and_the_question_is_not_asked_again(
    cast: Cast, sam: Client
) -> None:
    interaction = contact(cast, cast.ada)
    address = reverse("needs:answering", args=[interaction.pk])
    html = sam.post(address, {"question": cast.why.pk, "answer": cast.wants_return.pk}).content
    assert b'class="question"' not in html
    assert b"I get more interest elsewhere" in html
    need = Need.objects.get()
    assert (need.need_type, need.source, need.interaction) == (
        cast.better_return,
        "discovered",
        interaction,
    )


def test_answering_twice_is_one_answer_and_one_need(cast: Cast, sam: Client) -> None:
    address = reverse("needs:answering", args=[contact(cast, cast.ada).pk])
    for _ in range(2):
        sam.post(address, {"question": cast.why.pk, "answer": cast.wants_return.pk})
    assert (AnswerGiven.objects.count(), Need.objects.count()) == (1, 1)


def test_the_customers_own_words_are_kept(cast: Cast, sam: Client) -> None:
    address = reverse("needs:answering", args=[contact(cast, cast.ada).pk])
    sam.post(address, {"question": cast.why.pk, "words": "My sister is at the other bank"})
    assert AnswerGiven.objects.get().words == "My sister is at the other bank"


def test_an_empty_or_foreign_answer_is_refused(cast: Cast, sam: Client) -> None:
    other = DiscoveryQuestion.objects.create(code="other", text="What else?")
    foreign = DiscoveryAnswer.objects.create(question=other, position=1, text="Nothing")
    address = reverse("needs:answering", args=[contact(cast, cast.ada).pk])
    for typed in ({}, {"answer": foreign.pk}, {"answer": 999_999}):
        assert sam.post(address, {"question": cast.why.pk, **typed}).status_code == 422
    assert AnswerGiven.objects.count() == 0


def test_a_wrapped_up_contact_takes_no_answer(cast: Cast, sam: Client) -> None:
    interaction = contact(cast, cast.ada)
    interaction.close(by=cast.sam, wrap_up_code=cast.helped, summary="Done")
    address = reverse("needs:answering", args=[interaction.pk])
    typed = {"question": cast.why.pk, "answer": cast.wants_return.pk}
    assert sam.post(address, typed).status_code == 409
    assert Need.objects.count() == 0


def test_a_need_is_stated_and_settled(cast: Cast, sam: Client) -> None:
    address = reverse("needs:stating", args=[cast.ada.pk])
    assert sam.post(address, {"need_type": cast.better_return.pk}).status_code == 422
    sam.post(address, {"need_type": cast.better_return.pk, "evidence": "more interest"})
    need = Need.objects.get()
    settle = reverse("needs:settlement", args=[need.pk])
    assert sam.post(settle, {"to": "missed", "because": "x"}).status_code == 422
    assert sam.post(settle, {"to": "met", "because": "Saver Plus"}).status_code == 200
    assert sam.post(settle, {"to": "met", "because": "Saver Plus"}).status_code == 409
    need.refresh_from_db()
    assert need.status == "met"


def test_another_team_neither_answers_nor_settles(cast: Cast, client: Client) -> None:
    interaction = contact(cast, cast.ada)
    need = Need.state(customer=cast.ada, need_type=cast.better_return, by=cast.sam)
    client.force_login(cast.stranger)
    typed = {"question": cast.why.pk, "answer": cast.wants_return.pk, "to": "met", "because": "x"}
    for route, pk in [
        ("needs:answering", interaction.pk),
        ("needs:stating", cast.ada.pk),
        ("needs:settlement", need.pk),
    ]:
        assert client.post(reverse(route, args=[pk]), typed).status_code == 404
    need.refresh_from_db()
    assert (need.status, AnswerGiven.objects.count()) == ("open", 0)
