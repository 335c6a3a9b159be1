"""How does a draft get to all customers, step by step, and back?

Four eyes: who proposed it never reviews it, held by a constraint too. Every move is one
conditional UPDATE under the lock of publications, with its step, figures and audit entry.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.errors import RuleBroken
from accounts.models import AuditEntry, User
from offers import publishing
from offers.models import Release, ReleaseStage, ReleaseStep
from offers.models.release import ON_TRIAL, REVIEWED
from offers.release import policy
from offers.release.errors import (
    AnotherOnTrial,
    ExpectationsFail,
    MovedOn,
    NotReviewed,
    NoWayBack,
    OutOfDate,
    ProposedAlready,
    ReviewIsForAnother,
    StepsLeftOut,
)
from offers.release.figures import figures_of, left_out
from products.models import CatalogueVersion

STAGE = ReleaseStage
ONE_BACK = {
    STAGE.PROPOSED: STAGE.WITHDRAWN,
    STAGE.APPROVED: STAGE.PROPOSED,
    STAGE.SHADOW: STAGE.APPROVED,
    STAGE.SMALL: STAGE.SHADOW,
    STAGE.ALL: STAGE.ROLLED_BACK,
}
FORWARD = (STAGE.APPROVED, STAGE.SHADOW, STAGE.SMALL, STAGE.ALL)


def propose(*, by: User, note: str) -> Release:
    """Freeze the draft for review. Raises NotPublishable, NothingChanged or ExpectationsFail."""
    with transaction.atomic():
        publishing.one_at_a_time()
        content = publishing.draft_content()
        publishing.check(content)
        digest = publishing.digest_of(content)
        latest = CatalogueVersion.objects.published().only("number", "digest").first()
        if latest is not None and latest.digest == digest:
            raise publishing.NothingChanged(latest.number)
        if same := Release.objects.open().filter(digest=digest).only("pk").first():
            raise ProposedAlready(same.pk)
        _tests_hold(content)
        release = Release.objects.create(
            note=note[:200],
            content=content,
            digest=digest,
            base_number=latest.number if latest else 0,
            proposed_by=by,
        )
        _step(release, STAGE.PROPOSED, by=by, verb="release proposed")
    return release


def approve(release: Release, *, by: User) -> None:
    """Another person has looked at it and agrees."""
    _review(release, by=by, to=STAGE.APPROVED, because="", verb="release approved")


def send_back(release: Release, *, by: User, because: str) -> None:
    """Another person does not agree; the draft is mended and proposed again."""
    if not because.strip():
        raise RuleBroken("Say what has to be mended, so that it can be proposed again.")
    _review(release, by=by, to=STAGE.RETURNED, because=because, verb="release sent back")


def _review(release: Release, *, by: User, to: ReleaseStage, because: str, verb: str) -> None:
    if by.pk == release.proposed_by_id:
        raise ReviewIsForAnother
    with transaction.atomic():
        publishing.one_at_a_time()
        if to == STAGE.APPROVED:
            _may_go_on(release)
        _move(release, STAGE.PROPOSED, to, reviewed_by=by)
        _step(release, to, by=by, verb=verb, because=because)


def advance(
    release: Release,
    *,
    to: ReleaseStage,
    by: User | None,
    because: str = "",
    is_due: bool = False,
) -> None:
    """To shadow, to 5 % of the customers, or to all; a step left out needs its reason.

    `is_due`: its time has come, and the reason was given when the time was.
    """
    if to not in FORWARD[1:]:
        raise RuleBroken("Choose shadow, 5 % or all customers.")
    with transaction.atomic():
        publishing.one_at_a_time()
        before = _reviewed_stage(release)
        if FORWARD.index(to) <= FORWARD.index(before):
            raise MovedOn(before.label)
        _nothing_left_out(release, to, because=because, is_due=is_due)
        _may_go_on(release)
        figures = figures_of(release)
        _move(release, before, to, **_version_for(release, to, by))
        _step(release, to, by=by, verb=f"release to {to.value}", because=because, figures=figures)
        publishing.everybody_looks_again()


def _reviewed_stage(release: Release) -> ReleaseStage:
    release.refresh_from_db(fields=["stage", "trial", "publish_at", "reviewed_by"])
    stage = ReleaseStage(release.stage)
    if stage == STAGE.PROPOSED:
        raise NotReviewed
    if stage not in REVIEWED:
        raise MovedOn(stage.label)
    return stage


def _version_for(release: Release, to: ReleaseStage, by: User | None) -> dict[str, Any]:
    other = Release.objects.on_trial().exclude(pk=release.pk).values_list("pk", flat=True).first()
    if other is not None:
        raise AnotherOnTrial(other)
    if to in ON_TRIAL:
        trial = release.trial or publishing.put_on_trial(release.content, by=by, note=release.note)
        return {"trial": trial, "is_on_trial": True}
    version = publishing.put_in_force(release.content, by=by, note=release.note)
    return {"version": version, "is_on_trial": None, "publish_at": None, "refused_because": ""}


def schedule(release: Release, *, at: datetime, by: User, because: str = "") -> None:
    """Publish it by itself at that moment."""
    if at <= timezone.now():
        raise RuleBroken("That moment is over. Choose one to come, or publish at once.")
    with transaction.atomic():
        publishing.one_at_a_time()
        before = _reviewed_stage(release)
        _nothing_left_out(release, STAGE.ALL, because=because, is_due=False)
        _may_go_on(release)
        _move(release, before, before, publish_at=at, refused_because="")
        told = {"publish_at": at.isoformat()}
        _step(release, before, by=by, verb="release scheduled", because=because, figures=told)


def publish_due(at: datetime) -> int:
    """Put every release in force whose time has come; each exactly once, whoever looks."""
    published = 0
    for release in Release.objects.due(at):
        try:
            with transaction.atomic():
                advance(release, to=STAGE.ALL, by=None, because="At its time", is_due=True)
            published += 1
        except MovedOn:
            continue
        except RuleBroken as refused:
            _not_published(release, refused)
    return published


def _not_published(release: Release, refused: RuleBroken) -> None:
    waiting = Release.objects.filter(pk=release.pk, publish_at=release.publish_at)
    with transaction.atomic():
        if waiting.update(publish_at=None, refused_because=str(refused)):
            AuditEntry.record(by=None, verb="release refused at its time", subject=release)


def go_back(release: Release, *, by: User, because: str = "") -> None:
    """One step back, from any stage; from all customers by publishing what was in force before."""
    with transaction.atomic():
        publishing.one_at_a_time()
        release.refresh_from_db(fields=["stage", "version", "trial"])
        before = ReleaseStage(release.stage)
        to = ONE_BACK.get(before)
        if to is None:
            raise MovedOn(before.label)
        figures = figures_of(release)
        changes: dict[str, Any] = {"publish_at": None}
        if before == STAGE.ALL:
            _put_base_in_force(release, by=by)
        if to == STAGE.PROPOSED:
            changes["reviewed_by"] = None
        if to not in ON_TRIAL:
            changes["is_on_trial"] = None
        _move(release, before, to, **changes)
        verb = "release rolled back" if to == STAGE.ROLLED_BACK else "release one step back"
        _step(release, to, by=by, verb=verb, because=because, figures=figures)
        publishing.everybody_looks_again()


def _put_base_in_force(release: Release, *, by: User) -> None:
    now = publishing.number_in_force()
    if release.version is None or release.version.number != now:
        raise OutOfDate(base=release.base_number, now=now)
    if release.base_number == 0:
        raise NoWayBack("It was the first catalogue: there is no older one to go back to.")
    _end_trial(by=by)
    publishing.publish_again(number=release.base_number, by=by)


def restore(*, number: int, by: User) -> CatalogueVersion:
    """Put an older catalogue in force again; whatever was on trial is taken back first."""
    with transaction.atomic():
        publishing.one_at_a_time()
        _end_trial(by=by)
        return publishing.publish_again(number=number, by=by)


def _end_trial(*, by: User) -> None:
    for release in Release.objects.on_trial():
        before = ReleaseStage(release.stage)
        _move(release, before, STAGE.APPROVED, is_on_trial=None)
        _step(release, STAGE.APPROVED, by=by, verb="release one step back", because="Rolled back")


def _may_go_on(release: Release) -> None:
    now = publishing.number_in_force()
    if now != release.base_number:
        raise OutOfDate(base=release.base_number, now=now)
    publishing.check(release.content)
    _tests_hold(release.content)


def _tests_hold(content: dict[str, Any]) -> None:
    if problems := policy.failing(content):
        raise ExpectationsFail(problems)


def _nothing_left_out(release: Release, to: ReleaseStage, *, because: str, is_due: bool) -> None:
    steps = left_out(release, to)
    if steps and not is_due and not because.strip():
        raise StepsLeftOut(steps)


def _move(release: Release, before: str, to: ReleaseStage, **changes: Any) -> None:
    here = Release.objects.filter(pk=release.pk, stage=before)
    if not here.update(stage=to, **changes):
        release.refresh_from_db(fields=["stage"])
        raise MovedOn(release.get_stage_display())
    for name, value in {"stage": to, **changes}.items():
        setattr(release, name, value)


def _step(
    release: Release,
    stage: ReleaseStage,
    *,
    by: User | None,
    verb: str,
    because: str = "",
    figures: dict[str, Any] | None = None,
) -> None:
    ReleaseStep.objects.create(
        release=release, stage=stage, by=by, because=because[:200], figures=figures or {}
    )
    AuditEntry.record(
        by=by, verb=verb, subject=release, detail={"stage": stage, "digest": release.digest[:12]}
    )
