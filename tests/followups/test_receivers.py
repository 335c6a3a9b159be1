"""A closing and the follow-up that it owes: both or none."""

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from accounts.errors import RuleBroken
from followups.models import FollowUp, FollowUpPolicy, FollowUpStatus
from followups.receivers import _warn_once
from interactions.models import Interaction, Outcome, WrapUpCode
from tests.cast import Cast, contact
from tests.followups.scenes import default_policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy() -> FollowUpPolicy:
    return default_policy(name="Everything else", delay_minutes=60)


def close(interaction: Interaction, cast: Cast) -> bool:
    return interaction.close(by=cast.sam, wrap_up_code=cast.helped, summary="Done")


def test_a_closed_contact_owes_a_follow_up_with_the_policys_figures(
    cast: Cast, policy: FollowUpPolicy
) -> None:
    interaction = contact(cast, cast.ada)
    assert close(interaction, cast)
    owed = FollowUp.objects.get()
    assert interaction.closed_at is not None
    assert (owed.interaction_id, owed.customer_id, owed.owner_id) == (
        interaction.pk,
        cast.ada.pk,
        cast.sam.pk,
    )
    assert owed.status == FollowUpStatus.PLANNED
    assert (owed.due_at - interaction.closed_at).total_seconds() == 60 * 60
    assert owed.questions == policy.questions
    assert (owed.max_attempts, owed.retry_minutes, owed.review_days) == (2, 24 * 60, 180)


def test_planning_costs_two_statements_and_the_promise_watch_one(
    cast: Cast, policy: FollowUpPolicy, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from interactions.signals import interaction_closed

    interaction = contact(cast, cast.ada)
    interaction.wrap_up_code = cast.helped
    with django_assert_num_queries(3):
        interaction_closed.send(sender=Interaction, interaction=interaction, by=cast.sam)


def test_the_policy_of_the_contact_reason_goes_before_the_default(
    cast: Cast, policy: FollowUpPolicy
) -> None:
    own = default_policy(name="Closing", reasons=[cast.closing.code], delay_minutes=5)
    close(contact(cast, cast.ada, reason=cast.closing), cast)
    close(contact(cast, cast.ben, reason=cast.card_late), cast)
    assert FollowUp.objects.get(customer=cast.ada).policy == own
    assert FollowUp.objects.get(customer=cast.ben).policy == policy


def test_a_closing_rolled_back_leaves_no_follow_up(cast: Cast, policy: FollowUpPolicy) -> None:
    interaction = contact(cast, cast.ada)

    @transaction.atomic
    def close_and_fail() -> None:
        close(interaction, cast)
        assert FollowUp.objects.count() == 1
        raise RuntimeError

    with pytest.raises(RuntimeError):
        close_and_fail()
    assert FollowUp.objects.count() == 0
    assert Interaction.objects.open().filter(pk=interaction.pk).exists()


def test_closing_twice_makes_one(cast: Cast, policy: FollowUpPolicy) -> None:
    interaction = contact(cast, cast.ada)
    assert close(interaction, cast)
    assert not close(interaction, cast)
    assert not Interaction.objects.get(pk=interaction.pk).close(
        by=cast.rae, wrap_up_code=cast.helped, summary="Again"
    )
    assert FollowUp.objects.count() == 1


def test_a_follow_up_call_owes_none_of_its_own(cast: Cast, policy: FollowUpPolicy) -> None:
    call = Interaction.open_contact(
        customer=cast.ada, by=cast.sam, channel="voice", is_follow_up=True
    )
    assert close(call, cast)
    assert FollowUp.objects.count() == 0


def test_a_customer_who_was_not_reached_is_not_asked_how_it_went(
    cast: Cast, policy: FollowUpPolicy
) -> None:
    not_reached = WrapUpCode.objects.create(
        code="nobody", name="Nobody", outcome=Outcome.NOT_REACHED
    )
    contact(cast, cast.ada).close(by=cast.sam, wrap_up_code=not_reached, summary="")
    assert FollowUp.objects.count() == 0


def test_without_a_policy_nothing_is_owed_and_the_log_says_so_once(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    _warn_once.cache_clear()
    close(contact(cast, cast.ada), cast)
    close(contact(cast, cast.ben), cast)
    assert FollowUp.objects.count() == 0
    assert [
        record.message for record in caplog.records if record.name == "followups.receivers"
    ] == ["no follow-up is owed after contacts: no policy"]


def test_a_contact_that_nobody_had_goes_to_the_supervisor(
    cast: Cast, policy: FollowUpPolicy
) -> None:
    interaction = Interaction.open_contact(customer=cast.ada, by=None, channel="form")
    interaction.close(by=None, wrap_up_code=cast.helped, summary="Answered by itself")
    assert FollowUp.objects.get().owner == cast.una


def test_a_follow_up_call_is_not_wrapped_up_while_its_outcome_is_unknown(
    cast: Cast, policy: FollowUpPolicy
) -> None:
    close(contact(cast, cast.ada), cast)
    call = Interaction.open_contact(
        customer=cast.ada, by=cast.sam, channel="voice", is_follow_up=True
    )
    FollowUp.objects.update(status=FollowUpStatus.IN_PROGRESS, call=call, attempts_made=1)
    with pytest.raises(RuleBroken, match="Record the answers"):
        close(call, cast)
    assert Interaction.objects.open().filter(pk=call.pk).exists()
