"""How does the draft of the policies come into force? Whole, checked first, numbered, for good."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

from django.db import connection, transaction

from accounts.errors import Conflict, RuleBroken
from accounts.models import AuditEntry, User
from followups.models import FollowUpPolicy, PolicyVersion, Way
from followups.models.terms import Terms
from followups.policies.choosing import latest
from interactions.models import ContactReason
from service.models import RequestType

PUBLISHING = 0xF0110  # the advisory lock that lets one publication happen at a time


class NotPublishable(RuleBroken):
    """The draft has errors; nothing was published. `problems` has one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(f"Nothing was published. {' '.join(problems)}")


class NothingChanged(RuleBroken):
    def __init__(self, number: int) -> None:
        super().__init__(f"Nothing differs from version {number}, so it stays in force.")


class MovedOn(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Somebody published in between, or changed the draft. Nothing was published: look at "
            "the differences again, then publish."
        )


def reason_names() -> dict[str, str]:
    """The names of contact reasons by their codes."""
    return dict(ContactReason.objects.values_list("code", "name"))


def type_names() -> dict[int, str]:
    """The names of request types by their ids."""
    return dict(RequestType.objects.values_list("pk", "name"))


def draft() -> tuple[Terms, ...]:
    """What would be published now, in the order in which policies are tried."""
    return tuple(policy.terms for policy in FollowUpPolicy.objects.in_order())


def problems(
    policies: Sequence[Terms], *, reasons: Mapping[str, str], types: Mapping[int, str]
) -> list[str]:
    """What has to be mended before these policies may be in force; each says how."""
    if not policies:
        return ["There is no policy. Write one for every contact first."]
    found = [
        f"“{one.name}” stands before others and fits every contact, so those below it are never "
        "used. Move it to the end, or say which contacts it is for."
        for one in policies[:-1]
        if one.fits_all
    ]
    if not policies[-1].fits_all:
        found.append(
            f"“{policies[-1].name}” stands last and does not fit every contact, so some would "
            "get no follow-up. End with a policy for every contact."
        )
    found.extend(
        f"“{one.name}” names a contact reason that is no longer kept: {code}. Choose again."
        for one in policies
        for code in one.reasons
        if code not in reasons
    )
    found.extend(
        f"“{one.name}” opens a request of a type that is no longer kept. Choose another."
        for one in policies
        if one.request_type is not None and one.request_type not in types
    )
    found.extend(
        f"“{one.name}” asks on the customer's page, and there is none. Open it and save it without."
        for one in policies
        if Way.PORTAL in one.ways
    )
    return found


def publish(*, by: User | None, note: str = "", seen: int | None = None) -> PolicyVersion:
    """Put the draft in force for contacts closed from now on.

    `seen`: the number of the version that was in force when its differences were looked at.
    Raises NotPublishable, NothingChanged, MovedOn.
    """
    with transaction.atomic():
        _one_at_a_time()
        policies = draft()
        _check(policies)
        before, in_force = latest()
        if seen is not None and seen != (before.number if before else 0):
            raise MovedOn
        if before and in_force == policies:
            raise NothingChanged(before.number)
        return _published(policies, before, by=by, note=note, restores=None)


def restore(version: PolicyVersion, *, by: User) -> PolicyVersion:
    """Bring an older version back, as a new one; the draft becomes the same.

    Raises NotPublishable, NothingChanged.
    """
    with transaction.atomic():
        _one_at_a_time()
        policies = tuple(Terms.read(kept) for kept in version.policies)
        _check(policies)
        before, in_force = latest()
        if before and in_force == policies:
            raise NothingChanged(before.number)
        write_back(policies)
        note = f"Brings version {version.number} back"
        return _published(policies, before, by=by, note=note, restores=version)


def _check(policies: Sequence[Terms]) -> None:
    if found := problems(policies, reasons=reason_names(), types=type_names()):
        raise NotPublishable(found)


def write_back(policies: Sequence[Terms]) -> None:
    """Make the draft say this again; what it had beside is taken out of it, and kept."""
    FollowUpPolicy.objects.in_order().exclude(pk__in=[one.id for one in policies]).retire()
    for position, one in enumerate(policies):
        FollowUpPolicy.objects.filter(pk=one.id).update(
            **one.columns(), position=position, retired_at=None
        )


def _published(
    policies: Sequence[Terms],
    before: PolicyVersion | None,
    *,
    by: User | None,
    note: str,
    restores: PolicyVersion | None,
) -> PolicyVersion:
    kept = [one.written() for one in policies]
    version = PolicyVersion.objects.create(
        number=before.number + 1 if before else 1,
        policies=kept,
        digest=sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest(),
        note=" ".join(note.split())[:200],
        published_by=by,
        restores=restores,
    )
    AuditEntry.record(
        by=by,
        verb="follow-up policies published",
        subject=version,
        detail={"number": version.number, "restores": restores.number if restores else None},
    )
    return version


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])


def differences(
    before: Sequence[Terms],
    after: Sequence[Terms],
    *,
    reasons: Mapping[str, str],
    types: Mapping[int, str],
) -> list[str]:
    """What sets the second apart from the first, one sentence each."""
    was, now = {one.id: one for one in before}, {one.id: one for one in after}
    said = [f"“{one.name}” is new: {one.summary(reasons)}" for one in after if one.id not in was]
    said += [f"“{one.name}” is taken out." for one in before if one.id not in now]
    for one in after:
        if one.id in was:
            old, new = was[one.id].told(reasons, types), one.told(reasons, types)
            said += [
                f"“{one.name}”, {label}: {old[label]} → {new[label]}."
                for label in new
                if old[label] != new[label]
            ]
    both = [one.id for one in before if one.id in now]
    if both != [one.id for one in after if one.id in was]:
        said.append("The order is now: " + ", ".join(f"“{one.name}”" for one in after) + ".")
    return said
