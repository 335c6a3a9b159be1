"""Which learned version is in force, how is one kept, and how does one go back?"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.utils import timezone

from accounts.errors import RuleBroken
from accounts.models import AuditEntry, User
from offers.learning.learner import Learner
from offers.learning.logistic import NotAModel, digest_of
from offers.models import LearnedVersion

MOST_KEPT = 200  # versions that end no period


class NotLearned(RuleBroken):
    """There is no such version, or it is the one in force."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Version {number} is in force already. Choose an earlier one.")


def restored(version: LearnedVersion) -> Learner:
    """Raises NotAModel when what was stored is not what was learned."""
    arrays = bytes(version.arrays)
    if digest_of(version.described, arrays) != version.digest:
        raise NotAModel(f"Version {version.number} is damaged: its hash differs. Go back one.")
    return Learner.restored(version.described, arrays)


@lru_cache(maxsize=8)
def known(number: int, digest: str) -> Learner:
    """A version as it was learned, read once a process; nobody may learn with it."""
    return restored(LearnedVersion.objects.get(number=number, digest=digest))


def keep(
    learner: Learner,
    *,
    position: int,
    by: User | None = None,
    note: str = "",
    ends_period: bool = False,
    at: datetime | None = None,
) -> LearnedVersion:
    """The next version; the caller holds the learning lock."""
    described, arrays = learner.described(), learner.arrays()
    newest = LearnedVersion.objects.values_list("number", flat=True).first()
    return LearnedVersion.objects.create(
        number=(newest or 0) + 1,
        position=position,
        described=described,
        arrays=arrays,
        digest=digest_of(described, arrays),
        note=note,
        ends_period=ends_period,
        made_at=at or timezone.now(),
        made_by=by,
    )


def go_back(*, number: int, by: User) -> LearnedVersion:
    """An earlier version in force again, as a new number; the caller holds the learning lock.

    Raises NotLearned for the one in force, LearnedVersion.DoesNotExist, NotAModel when damaged.
    """
    older = LearnedVersion.objects.get(number=number)
    newest = LearnedVersion.objects.only("number", "position").first()
    if newest is None or newest.number == number:
        raise NotLearned(number)
    # What was learned since stays in the log as learned: going back leaves it out for good.
    version = keep(
        restored(older), position=newest.position, by=by, note=f"Back to version {number}"
    )
    detail = {"from": newest.number, "to": number}
    AuditEntry.record(by=by, verb="learning went back", subject=version, detail=detail)
    return version


def thin_out() -> None:
    """Versions of old batches go; those that end a period or that somebody chose stay."""
    passing = LearnedVersion.objects.filter(ends_period=False, made_by=None)
    newest = LearnedVersion.objects.values_list("number", flat=True).first() or 0
    passing.filter(number__lte=newest - MOST_KEPT).delete()
