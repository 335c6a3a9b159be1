"""A second administrator, and a draft that differs from what is in force."""

from __future__ import annotations

import pytest

from accounts.models import Role, User
from offers.models import Release
from offers.release import gate
from products.models import Product
from tests.cast import Cast, user


@pytest.fixture
def ivy(people: Cast) -> User:
    """Reviews what Max proposes."""
    del people
    return user("Ivy", Role.ADMINISTRATOR)


@pytest.fixture
def proposed(people: Cast, ivy: User) -> Release:
    """Max proposes that Saver Plus is for those who gain fifty pounds."""
    del ivy
    Product.objects.filter(pk=people.saver.pk).update(minimum_benefit=50)
    return gate.propose(by=people.max, note="Fifty pounds at least")


@pytest.fixture
def approved(proposed: Release, ivy: User) -> Release:
    gate.approve(proposed, by=ivy)
    return proposed
