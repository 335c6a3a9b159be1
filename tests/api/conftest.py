from collections.abc import Callable

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from accounts.models import User
from offers.publishing import publish
from tests.cast import Cast, assemble
from tests.followups.scenes import default_policy

Login = Callable[[User], APIClient]


@pytest.fixture
def cast(db: None) -> Cast:
    assembled = assemble()
    default_policy(name="Every contact", delay_minutes=60)
    publish(by=assembled.max, note="The first catalogue")
    return assembled


@pytest.fixture
def as_user() -> Login:
    """A program that speaks with a user's token."""

    def speak(user: User) -> APIClient:
        client = APIClient()
        token, _ = Token.objects.get_or_create(user=user)
        client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
        return client

    return speak


@pytest.fixture
def sam(cast: Cast, as_user: Login) -> APIClient:
    return as_user(cast.sam)
