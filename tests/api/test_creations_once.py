"""The same creation twice: one effect, one answer, whoever asks and however fast."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from accounts.models import IdempotencyKey
from accounts.tasks import forget_old_keys
from customers.models import Customer
from interactions.models import Interaction
from tests.api.conftest import Login
from tests.cast import Cast, assemble
from tests.threads import at_once

CUSTOMERS = "/api/v1/customers/"


def test_a_repeat_gets_the_same_answer_and_does_nothing(cast: Cast, sam: APIClient) -> None:
    headers = {"Idempotency-Key": "one"}
    first = sam.post(CUSTOMERS, {"name": "Dora", "segment": "premier"}, headers=headers)
    again = sam.post(CUSTOMERS, {"segment": "premier", "name": "Dora"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Customer.objects.filter(name="Dora").count() == 1


def test_another_body_under_the_same_key_is_refused(cast: Cast, sam: APIClient) -> None:
    headers = {"Idempotency-Key": "one"}
    sam.post(CUSTOMERS, {"name": "Dora"}, headers=headers)
    other = sam.post(CUSTOMERS, {"name": "Emil"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "KeyUsedForAnotherRequest")
    assert not Customer.objects.filter(name="Emil").exists()


def test_keys_belong_to_their_user(cast: Cast, as_user: Login) -> None:
    headers = {"Idempotency-Key": "one"}
    as_user(cast.sam).post(CUSTOMERS, {"name": "Dora"}, headers=headers)
    other = as_user(cast.rae).post(CUSTOMERS, {"name": "Emil"}, headers=headers)
    assert other.status_code == 201


def test_a_refusal_leaves_no_key_behind(cast: Cast, sam: APIClient) -> None:
    headers = {"Idempotency-Key": "one"}
    assert sam.post(CUSTOMERS, {"name": ""}, headers=headers).status_code == 400
    assert IdempotencyKey.objects.count() == 0
    assert sam.post(CUSTOMERS, {"name": "Dora"}, headers=headers).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "ключ", "a\tb"])
def test_a_key_that_is_none_is_refused(cast: Cast, sam: APIClient, key: str) -> None:
    answer = sam.post(CUSTOMERS, {"name": "Dora"}, HTTP_IDEMPOTENCY_KEY=key)
    assert answer.status_code == 400
    assert not Customer.objects.filter(name="Dora").exists()


def test_a_look_never_keeps_a_key(cast: Cast, sam: APIClient) -> None:
    address = f"{CUSTOMERS}{cast.ada.pk}/consents/"
    assert sam.get(address, headers={"Idempotency-Key": "one"}).status_code == 200
    assert IdempotencyKey.objects.count() == 0


def test_keys_are_forgotten_after_two_days(cast: Cast) -> None:
    now = timezone.now()
    for hours in (47, 49):
        IdempotencyKey.objects.create(
            user=cast.sam,
            key=str(hours),
            request_digest="d",
            created_at=now - timedelta(hours=hours),
        )
    forget_old_keys()
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["47"]


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_open_one_contact(transactional_db: None, as_user: Login) -> None:
    cast = assemble()
    as_user(cast.sam)
    header = f"Token {Token.objects.get(user=cast.sam).key}"

    def open_contact(_: int) -> tuple[int, int]:
        mine = APIClient()
        mine.credentials(HTTP_AUTHORIZATION=header)
        body = {"customer": cast.ada.pk, "channel": "voice"}
        answer = mine.post("/api/v1/interactions/", body, headers={"Idempotency-Key": "k"})
        return answer.status_code, answer.json()["id"]

    answers = at_once(8, open_contact)
    assert {status for status, _ in answers} == {201}
    assert len({pk for _, pk in answers}) == 1
    assert Interaction.objects.count() == 1
