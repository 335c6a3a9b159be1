"""Drafts and versions: nothing of a draft is in force, and what was in force stays as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction
from django.db.utils import InternalError

from accounts.models import AuditEntry
from followups.models import FollowUpPolicy, PolicyVersion
from followups.policies import drafting, versions
from followups.policies.choosing import latest
from followups.policies.versions import MovedOn, NothingChanged, NotPublishable
from tests.cast import Cast
from tests.followups.scenes import default_policy, owed


def published(cast: Cast, **changes: object) -> PolicyVersion:
    FollowUpPolicy.objects.update(**changes)
    return versions.publish(by=cast.max, note="Tried out")


def test_a_draft_changes_no_follow_up_before_it_is_published(cast: Cast) -> None:
    default_policy(review_days=180)
    FollowUpPolicy.objects.update(review_days=30)
    before = owed(cast, cast.ada)
    second = versions.publish(by=cast.max, note="Look earlier")
    after = owed(cast, cast.ben)
    assert (before.review_days, after.review_days) == (180, 30)
    assert before.policy_version
    assert before.policy_version.number == 1
    assert after.policy_version == second
    entry = AuditEntry.objects.get(verb="follow-up policies published", by=cast.max)
    assert entry.detail["number"] == 2


def test_a_version_is_never_rewritten(cast: Cast) -> None:
    default_policy()
    with pytest.raises(InternalError), transaction.atomic():
        PolicyVersion.objects.update(note="Another")
    with pytest.raises(InternalError), transaction.atomic():
        PolicyVersion.objects.all().delete()
    assert PolicyVersion.objects.get().note == ""


def test_what_would_leave_contacts_out_is_not_published(cast: Cast) -> None:
    default_policy()
    FollowUpPolicy.objects.update(channels=["email"])
    with pytest.raises(NotPublishable, match="does not fit every contact"):
        versions.publish(by=cast.max)
    default_policy(name="Others")
    FollowUpPolicy.objects.update(channels=[])
    with pytest.raises(NotPublishable, match="those below it are never"):
        versions.publish(by=cast.max)
    FollowUpPolicy.objects.all().retire()
    with pytest.raises(NotPublishable, match="There is no policy"):
        versions.publish(by=cast.max)


def test_a_reason_that_is_gone_is_named(cast: Cast) -> None:
    default_policy(reasons=["long-gone"])
    default_policy()
    with pytest.raises(NotPublishable, match="no longer kept: long-gone"):
        versions.publish(by=cast.max)
    assert PolicyVersion.objects.count() == 0


def test_nothing_changed_is_not_published_twice(cast: Cast) -> None:
    default_policy()
    with pytest.raises(NothingChanged, match="version 1"):
        versions.publish(by=cast.max)
    assert PolicyVersion.objects.count() == 1


def test_who_looked_at_an_older_version_publishes_nothing(cast: Cast) -> None:
    default_policy()
    published(cast, review_days=90)
    FollowUpPolicy.objects.update(review_days=60)
    with pytest.raises(MovedOn):
        versions.publish(by=cast.max, seen=1)
    assert PolicyVersion.objects.count() == 2


def test_an_older_version_comes_back_as_a_new_one_and_the_draft_with_it(cast: Cast) -> None:
    first = default_policy()
    published(cast, review_days=90)
    extra = drafting.add({"name": "Chats", "channels": ["chat"]}, by=cast.max)
    versions.publish(by=cast.max)
    third = versions.restore(PolicyVersion.objects.get(number=1), by=cast.max)
    version, policies = latest()
    assert version == third
    assert (third.number, third.restores.number if third.restores else 0) == (4, 1)
    assert [one.name for one in policies] == [first.name]
    assert policies[0].review_days == 180
    assert versions.draft() == policies
    extra.refresh_from_db()
    assert extra.retired_at
    versions.restore(PolicyVersion.objects.get(number=3), by=cast.max)
    extra.refresh_from_db()
    assert extra.retired_at is None


def test_differences_are_told_in_words(cast: Cast) -> None:
    default_policy(name="Everybody")
    _, before = latest()
    FollowUpPolicy.objects.update(sample_percent=50, ways=["email", "agent"])
    drafting.add({"name": "Chats", "channels": ["chat"]}, by=cast.max)
    told = versions.differences(before, versions.draft(), reasons={}, types={})
    assert told[0].startswith("“Chats” is new: 1 day after any contact by chat, ask 4 questions")
    assert told[1:] == [
        "“Everybody”, ways: by phone → by e-mail, then by phone.",
        "“Everybody”, sample: 100 % → 50 %.",
    ]
    back = versions.differences(versions.draft(), before, reasons={}, types={})
    assert back[0] == "“Chats” is taken out."


def test_a_request_type_is_told_by_its_name_and_missed_where_it_is_gone(cast: Cast) -> None:
    default_policy(name="Everybody")
    _, before = latest()
    after = [replace(before[0], request_type=cast.card_request.pk)]
    told = versions.differences(before, after, reasons={}, types=versions.type_names())
    assert told == [
        "“Everybody”, request for a problem: the usual one → “Card not arrived”.",
    ]
    (missed,) = versions.problems(after, reasons={}, types={})
    assert missed.startswith("“Everybody” opens a request of a type that is no longer kept.")


def test_no_version_asks_on_a_page_that_customers_do_not_have(cast: Cast) -> None:
    default_policy(ways=["agent", "portal"])
    assert FollowUpPolicy.objects.get().terms.ways == ("agent", "portal"), "an old row is valid"
    with pytest.raises(NotPublishable, match="asks on the customer's page, and there is none"):
        versions.publish(by=cast.max)
    assert PolicyVersion.objects.count() == 0


def test_the_order_is_the_administrators(cast: Cast) -> None:
    default_policy(name="Everybody")
    chats = drafting.add({"name": "Chats", "channels": ["chat"]}, by=cast.max)
    forms = drafting.add({"name": "Forms", "channels": ["form"]}, by=cast.max)
    assert [one.name for one in versions.draft()] == ["Chats", "Forms", "Everybody"]
    assert drafting.move(forms, up=True, by=cast.max)
    assert [one.name for one in versions.draft()] == ["Forms", "Chats", "Everybody"]
    assert not drafting.move(forms, up=True, by=cast.max)
    assert drafting.take_out(chats, by=cast.max)
    assert not drafting.take_out(chats, by=cast.max)
    drafting.discard(by=cast.max)
    assert [one.name for one in versions.draft()] == ["Everybody"]


def test_two_who_change_one_policy_do_not_undo_each_other(cast: Cast) -> None:
    policy = default_policy()
    seen = drafting.mark(policy.terms)
    assert drafting.change(policy, {"review_days": 30}, seen=seen, by=cast.max)
    with pytest.raises(drafting.ChangedMeanwhile):
        drafting.change(policy, {"review_days": 60}, seen=seen, by=cast.max)
    policy.refresh_from_db()
    assert policy.review_days == 30
