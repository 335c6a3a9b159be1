"""How is the draft of the policies changed? Nothing of this is in force before it is published."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.errors import Conflict, RuleBroken
from accounts.models import AuditEntry, User
from followups.models import FollowUpPolicy
from followups.models.terms import Terms
from followups.policies.choosing import latest
from followups.policies.versions import write_back


class ChangedMeanwhile(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Somebody changed this policy while you did. Nothing of yours was kept: open it again "
            "to see theirs, then change it."
        )


def mark(terms: Terms) -> str:
    """What tells one state of a policy from another."""
    return sha256(json.dumps(terms.written(), sort_keys=True).encode()).hexdigest()[:32]


def add(columns: Mapping[str, Any], *, by: User) -> FollowUpPolicy:
    """One more policy, tried before the last one, which is for every contact that is left."""
    with transaction.atomic():
        standing = list(FollowUpPolicy.objects.in_order().select_for_update())
        position = standing[-1].position if standing else 0
        if standing:
            FollowUpPolicy.objects.filter(pk=standing[-1].pk).update(position=F("position") + 1)
        added = FollowUpPolicy.objects.create(position=position, **columns)
        AuditEntry.record(by=by, verb="follow-up policy drafted", subject=added)
    return added


def change(policy: FollowUpPolicy, columns: Mapping[str, Any], *, seen: str, by: User) -> bool:
    """Let the draft say this; false where it did. `seen`: the mark of what was changed.

    Raises ChangedMeanwhile.
    """
    with transaction.atomic():
        now = FollowUpPolicy.objects.select_for_update().get(pk=policy.pk)
        if mark(now.terms) != seen:
            raise ChangedMeanwhile
        changed = sorted(name for name, value in columns.items() if getattr(now, name) != value)
        if changed:
            FollowUpPolicy.objects.filter(pk=now.pk).update(**columns)
            detail = {"fields": changed}
            AuditEntry.record(by=by, verb="follow-up policy drafted", subject=now, detail=detail)
    return bool(changed)


def move(policy: FollowUpPolicy, *, up: bool, by: User) -> bool:
    """Have it tried one place earlier, or later; false at the end of the list."""
    with transaction.atomic():
        order = list(FollowUpPolicy.objects.in_order().select_for_update())
        place = next((at for at, one in enumerate(order) if one.pk == policy.pk), None)
        other = None if place is None else place + (-1 if up else 1)
        if place is None or other is None or not 0 <= other < len(order):
            return False
        order[place], order[other] = order[other], order[place]
        for position, one in enumerate(order):
            FollowUpPolicy.objects.filter(pk=one.pk).update(position=position)
        AuditEntry.record(by=by, verb="follow-up policy moved", subject=policy)
    return True


def take_out(policy: FollowUpPolicy, *, by: User) -> bool:
    """Leave it out of the next version; what it has planned goes on. False where it was out."""
    with transaction.atomic():
        taken = FollowUpPolicy.objects.filter(pk=policy.pk, retired_at=None).retire()
        if taken:
            AuditEntry.record(by=by, verb="follow-up policy taken out", subject=policy)
    return bool(taken)


def discard(*, by: User) -> None:
    """Make the draft what is in force again."""
    version, policies = latest()
    if version is None:
        raise RuleBroken("Nothing is published yet, so there is nothing to go back to.")
    with transaction.atomic():
        write_back(policies)
        AuditEntry.record(by=by, verb="follow-up policies' draft discarded", subject=version)
