"""A draft reaches customers by another person's review, step by step, exactly once, and back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.errors import RuleBroken
from accounts.models import AuditEntry, User
from offers import publishing
from offers.catalogue import in_force_for, is_in_share
from offers.models import PolicyTest, Release, ReleaseStage, ReleaseStep
from offers.publishing import NothingChanged
from offers.release import gate, policy, work
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
from products.models import CatalogueVersion, Product
from tests.cast import Cast
from tests.threads import at_once

pytestmark = pytest.mark.django_db
ALL, SHADOW, SMALL = ReleaseStage.ALL, ReleaseStage.SHADOW, ReleaseStage.SMALL
URGENT = "A law changed"


def stage_of(release: Release) -> str:
    return Release.objects.values_list("stage", flat=True).get(pk=release.pk)


def numbers() -> list[int]:
    return list(CatalogueVersion.objects.published().values_list("number", flat=True))


def test_a_proposal_freezes_the_draft_and_puts_nothing_in_force(
    people: Cast, proposed: Release
) -> None:
    Product.objects.filter(pk=people.saver.pk).update(minimum_benefit=70)
    frozen = Release.objects.get(pk=proposed.pk)
    saver = next(row for row in frozen.content["products"] if row["code"] == "saver-plus")
    assert saver["minimum_benefit"] == "50.00"
    assert frozen.digest == publishing.digest_of(frozen.content)
    assert (frozen.base_number, frozen.stage) == (1, "proposed")
    assert numbers() == [1]
    assert AuditEntry.objects.filter(verb="release proposed", by=people.max).count() == 1


def test_what_is_frozen_is_never_rewritten(proposed: Release) -> None:
    rewritten: tuple[dict[str, Any], ...] = (
        {"content": {}},
        {"digest": "0"},
        {"proposed_by": None},
    )
    for changed in rewritten:
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            Release.objects.filter(pk=proposed.pk).update(**changed)
    with pytest.raises(InternalError), transaction.atomic():
        ReleaseStep.objects.update(because="other")


def test_the_same_draft_is_proposed_once_and_an_unchanged_one_never(
    people: Cast, proposed: Release
) -> None:
    with pytest.raises(ProposedAlready):
        gate.propose(by=people.max, note="Again")
    Product.objects.filter(pk=people.saver.pk).update(minimum_benefit=10)
    with pytest.raises(NothingChanged):
        gate.propose(by=people.max, note="As it was")
    assert Release.objects.count() == 1


def test_nobody_reviews_their_own_release(people: Cast, proposed: Release) -> None:
    with pytest.raises(ReviewIsForAnother):
        gate.approve(proposed, by=people.max)
    with pytest.raises(ReviewIsForAnother):
        gate.send_back(proposed, by=people.max, because="Not yet")
    assert stage_of(proposed) == "proposed"
    assert ReleaseStep.objects.count() == 1


def test_the_database_holds_the_four_eyes_too(people: Cast, proposed: Release) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=proposed.pk).update(stage="approved", reviewed_by=people.max)
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=proposed.pk).update(stage="all")


@pytest.mark.parametrize("to", [SHADOW, SMALL, ALL])
def test_no_step_is_taken_before_the_review(
    people: Cast, proposed: Release, to: ReleaseStage
) -> None:
    with pytest.raises(NotReviewed):
        gate.advance(proposed, to=to, by=people.max, because=URGENT)
    with pytest.raises(NotReviewed):
        gate.schedule(
            proposed, at=timezone.now() + timedelta(days=1), by=people.max, because=URGENT
        )
    assert numbers() == [1]
    assert CatalogueVersion.objects.count() == 1


def test_a_release_is_sent_back_with_what_has_to_be_mended(
    people: Cast, proposed: Release, ivy: User
) -> None:
    with pytest.raises(RuleBroken, match="Say what has to be mended"):
        gate.send_back(proposed, by=ivy, because="  ")
    gate.send_back(proposed, by=ivy, because="Fifty is too much")
    assert stage_of(proposed) == "returned"
    assert ReleaseStep.objects.last().because == "Fifty is too much"  # type: ignore[union-attr]
    with pytest.raises(MovedOn):
        gate.approve(proposed, by=ivy)


def test_a_step_left_out_needs_its_reason(people: Cast, approved: Release) -> None:
    with pytest.raises(StepsLeftOut, match="a simulation that met a contact, decisions in shadow"):
        gate.advance(approved, to=ALL, by=people.max)
    assert stage_of(approved) == "approved"
    gate.advance(approved, to=ALL, by=people.max, because=URGENT)
    assert stage_of(approved) == "all"
    assert numbers() == [2, 1]
    assert publishing.content_in_force() == approved.content
    assert ReleaseStep.objects.last().because == URGENT  # type: ignore[union-attr]
    assert AuditEntry.objects.filter(verb="release to all").count() == 1


def test_a_release_goes_through_the_gate_and_one_step_back_from_each(
    people: Cast, approved: Release, ivy: User
) -> None:
    def back() -> str:
        gate.go_back(approved, by=ivy)
        return stage_of(approved)

    gate.advance(approved, to=SHADOW, by=people.max, because=URGENT)
    trial = Release.objects.get(pk=approved.pk).trial
    assert trial is not None
    assert (trial.number, trial.for_trial) == (2, True)
    assert numbers() == [1]
    assert back() == "approved"
    gate.advance(approved, to=SMALL, by=people.max, because=URGENT)
    assert back() == "shadow"
    gate.advance(approved, to=SMALL, by=people.max, because=URGENT)
    assert CatalogueVersion.objects.count() == 2, "the trial keeps its version"
    gate.advance(approved, to=ALL, by=people.max, because=URGENT)
    assert numbers() == [3, 1]
    assert back() == "rolled_back"
    assert numbers() == [4, 3, 1]
    first = CatalogueVersion.objects.get(number=1)
    assert publishing.content_in_force() == first.content
    with pytest.raises(MovedOn):
        back()


def test_withdrawing_a_proposal_and_an_approval(people: Cast, proposed: Release, ivy: User) -> None:
    gate.approve(proposed, by=ivy)
    gate.go_back(proposed, by=people.max)
    assert stage_of(proposed) == "proposed"
    assert Release.objects.get().reviewed_by is None
    gate.go_back(proposed, by=people.max)
    assert stage_of(proposed) == "withdrawn"


def test_a_failing_policy_test_blocks_every_step_and_says_what_to_mend(
    people: Cast, ivy: User
) -> None:
    policy.make(
        customer=people.ben,
        name="Has 300 pounds",
        expected={"saver-plus": "never"},
        by=people.max,
        at=timezone.now(),
    )
    rules = people.saver.rules
    Product.objects.filter(pk=people.saver.pk).update(minimum_benefit=50)
    release = gate.propose(by=people.max, note="Fifty pounds at least")
    PolicyTest.objects.all().delete()
    test = policy.make(
        customer=people.ada,
        name="Has 8,500 pounds",
        expected={"saver-plus": "sees"},
        by=people.max,
        at=timezone.now(),
    )
    with pytest.raises(ExpectationsFail) as refused:
        gate.approve(release, by=ivy)
    assert "“Has 8,500 pounds” should see Saver Plus, but: Not relevant now" in str(refused.value)
    assert "Change that rule, or the test." in str(refused.value)
    assert stage_of(release) == "proposed"
    rules.all().delete()
    with pytest.raises(ExpectationsFail):
        gate.propose(by=people.max, note="No rules")
    assert Release.objects.count() == 1
    policy.retire(test, by=people.max)
    gate.approve(release, by=ivy)
    assert stage_of(release) == "approved"


def test_a_release_on_an_older_catalogue_is_not_published(
    people: Cast, approved: Release, ivy: User
) -> None:
    Product.objects.filter(pk=people.saver.pk).update(summary="Other")
    publishing.publish(by=ivy, note="Something else")
    with pytest.raises(OutOfDate, match="catalogue 2 is in force now"):
        gate.advance(approved, to=ALL, by=people.max, because=URGENT)
    assert numbers() == [2, 1]


def test_one_release_is_on_trial_at_a_time(people: Cast, approved: Release, ivy: User) -> None:
    gate.advance(approved, to=SHADOW, by=people.max, because=URGENT)
    Product.objects.filter(pk=people.saver.pk).update(summary="Other")
    second = gate.propose(by=people.max, note="Another")
    gate.approve(second, by=ivy)
    for to in (SHADOW, ALL):
        with pytest.raises(AnotherOnTrial):
            gate.advance(second, to=to, by=people.max, because=URGENT)
    assert stage_of(second) == "approved"


def test_an_older_version_in_force_again_ends_what_is_on_trial(
    people: Cast, approved: Release, ivy: User
) -> None:
    gate.advance(approved, to=ALL, by=people.max, because=URGENT)
    Product.objects.filter(pk=people.saver.pk).update(summary="Other")
    second = gate.propose(by=people.max, note="Another")
    gate.approve(second, by=ivy)
    gate.advance(second, to=SMALL, by=people.max, because=URGENT)
    version = gate.restore(number=1, by=ivy)
    assert version.number == 4
    assert stage_of(second) == "approved"
    assert not Release.objects.on_trial().exists()
    with pytest.raises(CatalogueVersion.DoesNotExist):
        gate.restore(number=3, by=ivy)  # was on trial, never in force


def test_the_first_catalogue_cannot_be_rolled_back(people: Cast, ivy: User) -> None:
    release = Release.objects.create(
        note="First",
        content=publishing.content_in_force(),
        digest="0",
        base_number=0,
        proposed_by=people.max,
        reviewed_by=ivy,
        stage="all",
        version=CatalogueVersion.objects.get(),
    )
    with pytest.raises(NoWayBack):
        gate.go_back(release, by=ivy)
    assert numbers() == [1]


# --- At a time --------------------------------------------------------------------------------


def scheduled(release: Release, by: User) -> None:
    gate.schedule(release, at=timezone.now() + timedelta(hours=1), by=by, because=URGENT)


def due(release: Release) -> None:
    Release.objects.filter(pk=release.pk).update(publish_at=timezone.now())


def test_a_release_is_published_at_its_time_and_not_before(people: Cast, approved: Release) -> None:
    with pytest.raises(RuleBroken, match="That moment is over"):
        gate.schedule(approved, at=timezone.now(), by=people.max, because=URGENT)
    with pytest.raises(StepsLeftOut):
        gate.schedule(approved, at=timezone.now() + timedelta(hours=1), by=people.max)
    scheduled(approved, people.max)
    assert work.publish_due() == 0
    due(approved)
    assert work.publish_due() == 1
    assert work.publish_due() == 0
    release = Release.objects.get()
    assert (release.stage, release.publish_at) == ("all", None)
    assert numbers() == [2, 1]


def test_what_may_not_be_published_at_its_time_says_why(
    people: Cast, approved: Release, ivy: User
) -> None:
    scheduled(approved, people.max)
    Product.objects.filter(pk=people.saver.pk).update(summary="Other")
    publishing.publish(by=ivy, note="Something else")
    due(approved)
    assert work.publish_due() == 0
    release = Release.objects.get()
    assert release.publish_at is None
    assert "catalogue 2 is in force now" in release.refused_because
    assert release.stage == "approved"
    assert AuditEntry.objects.filter(verb="release refused at its time").count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_workers_publish_what_is_due_once(people: Cast, approved: Release) -> None:
    scheduled(approved, people.max)
    due(approved)
    assert sorted(at_once(8, lambda _: work.publish_due())) == [0] * 7 + [1]
    assert numbers() == [2, 1]


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_approve_and_send_back_one_is_first(
    people: Cast, proposed: Release, ivy: User
) -> None:
    def reviewed(_: int) -> str:
        try:
            gate.approve(Release.objects.get(pk=proposed.pk), by=ivy)
        except MovedOn:
            return "late"
        return "first"

    assert sorted(at_once(8, reviewed)) == ["first"] + ["late"] * 7
    assert ReleaseStep.objects.filter(stage="approved").count() == 1


# --- 5 % of the customers -----------------------------------------------------------------------


def test_five_in_a_hundred_customers_are_chosen_and_stay_chosen() -> None:
    chosen = [pk for pk in range(20_000) if is_in_share(pk, 7)]
    assert 0.045 < len(chosen) / 20_000 < 0.055
    assert chosen == [pk for pk in range(20_000) if is_in_share(pk, 7)]
    others = {pk for pk in range(20_000) if is_in_share(pk, 8)}
    assert len(others & set(chosen)) < 200, "another trial has other customers"


def test_the_trial_decides_for_its_share_only_and_only_while_it_lasts(
    people: Cast, approved: Release, ivy: User
) -> None:
    inside = next(pk for pk in range(1, 1000) if is_in_share(pk, 2))
    outside = next(pk for pk in range(1, 1000) if not is_in_share(pk, 2))
    gate.advance(approved, to=SHADOW, by=people.max, because=URGENT)
    assert in_force_for(inside).number == 1
    gate.advance(approved, to=SMALL, by=people.max, because=URGENT)
    assert (in_force_for(inside).number, in_force_for(outside).number) == (2, 1)
    gate.go_back(approved, by=ivy)
    assert in_force_for(inside).number == 1
