"""Which rows may this user see? Every page and API reads through `visible_to`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from accounts.models import User

M = TypeVar("M", bound=models.Model)
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
LARGEST_ID = 2**63 - 1  # that the column of an id can hold
LONGEST_ID = 18  # digits that it can hold, whichever they are


def is_id(text: str) -> bool:
    """Whether what stands in an address may name a row: digits, and not too many of them."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID


class TeamScopedQuerySet(models.QuerySet[M]):
    """Rows that belong to a team through the customer they speak of."""

    team_path = "customer__team"

    def visible_to(self, user: User) -> Self:
        """Rows of the user's teams; administrators see all, others nothing beyond."""
        if user.is_administrator:
            return self.all()
        return self.filter(**{f"{self.team_path}__in": user.team_ids})
