"""Does every event teach once, in order, from rows alone, and replay bit for bit?"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry
from followups.earned import tell_rewards
from followups.models import FollowUp
from offers.learning import keeping, rewarding, sweeping
from offers.learning.guarding import PERIOD
from offers.learning.logistic import NotAModel, digest_of
from offers.models import (
    LearnedVersion,
    LearningAlarm,
    LearningFreeze,
    LearningPeriod,
    Offer,
    Reward,
)
from offers.tasks import learn
from service.models import ServiceRequest
from tests.cast import Cast
from tests.followups.scenes import default_policy
from tests.offers.learning.conftest import NOON, Answer


@pytest.fixture(autouse=True)
def at_noon(db: None) -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def collect(days: int = 0) -> None:
    at = NOON + timedelta(days=days)
    rewarding.collect(at=at)
    rewarding.collect_later(at=at)


def kinds() -> list[str]:
    return list(Reward.objects.order_by("pk").values_list("kind", flat=True))


def written(count: int) -> None:
    """Rewards as they stand after `count` answers, without the offers."""
    Reward.objects.bulk_create(
        Reward(
            kind="accepted" if n % 3 == 0 else "not_wanted",
            happened_at=NOON,
            product_code="saver-plus",
            features={"match": "0.3", f"channel={'voice' if n % 2 else 'chat'}": "1"},
            propensity=1.0,
        )
        for n in range(count)
    )


def learned(times: int = 1) -> LearnedVersion:
    for _ in range(times):
        sweeping.learn_waiting()
    version = LearnedVersion.objects.first()
    assert version is not None
    return version


def test_an_answer_is_rewarded_once_however_often_looked(answer: Answer) -> None:
    offer = answer()
    assert [rewarding.collect(at=NOON) for _ in range(3)] == [1, 0, 0]
    reward = Reward.objects.get()
    assert (reward.kind, reward.offer, reward.product_code) == ("accepted", offer, "saver-plus")
    assert reward.features["expressed"] == "1"
    assert reward.features["match"] == "0.3550"
    assert reward.propensity == 1.0


def test_the_database_keeps_a_reward_from_standing_twice(answer: Answer) -> None:
    answer()
    rewarding.collect(at=NOON)
    twin = Reward.objects.get()
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
    assert kinds() == ["accepted"]


def test_a_no_is_rewarded_and_later_is_not(people: Cast, answer: Answer) -> None:
    answer(accepts=False)
    later = answer(accepts=False, person=people.cy)
    Offer.objects.filter(pk=later.pk).update(status="later", later_on=NOON.date())
    rewarding.collect(at=NOON)
    assert kinds() == ["not_wanted"]


def test_an_answer_that_may_still_be_taken_back_waits(answer: Answer) -> None:
    answer(days_ago=0.0005)
    assert rewarding.collect(at=NOON) == 0
    assert rewarding.collect(at=NOON + timedelta(minutes=5)) == 1


def test_what_was_kept_is_rewarded_after_30_and_90_days(people: Cast, answer: Answer) -> None:
    answer(days_ago=31)
    people.ada.holdings.create(
        product=people.saver, opened_on=(NOON - timedelta(days=30)).date(), balance=1
    )
    collect()
    assert kinds() == ["kept_30"]
    collect(days=60)
    assert kinds() == ["kept_30", "kept_90"]


def test_a_cancellation_counts_against_it_even_if_looked_late(people: Cast, answer: Answer) -> None:
    answer(days_ago=40)
    holding = people.ada.holdings.create(
        product=people.saver, opened_on=(NOON - timedelta(days=39)).date(), balance=1
    )
    holding.cancel(by=people.sam, because="Did not use it")
    collect()
    assert kinds() == ["cancelled"]


def test_a_complaint_soon_after_counts_against_it(people: Cast, answer: Answer) -> None:
    answer(days_ago=5)
    ServiceRequest.open_request(
        customer=people.ada,
        request_type=people.complaint_request,
        subject="Not what was said",
        owner=people.sam,
        by=people.sam,
    )
    collect()
    assert kinds() == ["accepted", "complaint"]


@pytest.mark.parametrize(("is_bad", "kind"), [(False, "good_answers"), (True, "bad_answers")])
def test_the_follow_ups_answers_are_a_reward(
    people: Cast, answer: Answer, is_bad: bool, kind: str
) -> None:
    default_policy(name="Every contact", delay_minutes=60)
    offer = answer(days_ago=2)
    offer.interaction.close(by=people.sam, wrap_up_code=people.helped, summary="Done")
    request = offer.request if is_bad else None
    FollowUp.objects.filter(interaction=offer.interaction).update(
        status="answered", answered_at=NOON, request=request
    )
    assert [tell_rewards(at=NOON) for _ in range(2)] == [1, 0]
    assert kinds() == [kind]


def test_a_batch_is_learned_once_and_kept_as_a_version(answer: Answer) -> None:
    answer()
    learn()
    learn()
    version = LearnedVersion.objects.get()
    reward = Reward.objects.get()
    assert (version.number, version.position, reward.position) == (1, 1, 1)
    assert reward.naive == pytest.approx(0.2)
    assert version.digest == digest_of(version.described, bytes(version.arrays))


def test_what_was_missed_is_caught_up_in_order() -> None:
    written(1_200)
    counts = [sweeping.learn_waiting() for _ in range(4)]
    assert counts == [500, 500, 200, 0]
    positions = Reward.objects.learned().values_list("position", flat=True)
    assert list(positions) == list(range(1, 1_201))


def test_the_log_replays_to_the_same_bits() -> None:
    written(700)
    version = learned(2)
    again = sweeping.replayed(upto=version.position)
    assert again.arrays() == bytes(version.arrays)
    assert again.described() == version.described


def test_after_going_back_the_log_replays_from_there(people: Cast) -> None:
    written(600)
    learned(2)
    with transaction.atomic():
        base = keeping.go_back(number=1, by=people.max)
    written(50)
    version = learned()
    again = sweeping.replayed(upto=version.position, base=base)
    assert again.arrays() == bytes(version.arrays)


def test_a_version_is_never_rewritten_and_a_damaged_one_is_noticed() -> None:
    written(10)
    version = learned()
    version.arrays = bytes(version.arrays)[:-1] + b"\x00"
    with pytest.raises(NotAModel, match="its hash differs"):
        keeping.restored(version)


def test_a_damaged_version_stops_the_learning_with_an_alarm() -> None:
    written(10)
    version = learned()
    LearnedVersion.objects.filter(pk=version.pk).delete()
    version.pk, version.digest = None, "0" * 64
    version.save(force_insert=True)
    written(5)
    assert sweeping.learn_waiting() == 0
    assert LearningAlarm.objects.get().kind == "broken"
    assert LearningFreeze.objects.get().ended_at is None
    assert Reward.objects.waiting().count() == 5


def test_a_period_keeps_the_figures_of_both_scores() -> None:
    written(PERIOD + 10)
    learned()
    period = LearningPeriod.objects.get()
    assert (period.number, period.figures["answers"]) == (1, PERIOD)
    assert period.figures["naive_auc"] is not None
    assert period.figures["learned_auc"] is not None
    assert LearnedVersion.objects.get().ends_period


def test_worse_than_the_naive_score_raises_an_alarm_and_freezes() -> None:
    written(2 * PERIOD)
    learned()
    LearningPeriod.objects.all().delete()
    Reward.objects.filter(kind="accepted").update(expected=0.1, naive=0.6)
    Reward.objects.filter(kind="not_wanted").update(expected=0.6, naive=0.1)
    written(1)
    learned()
    alarm = LearningAlarm.objects.get()
    assert alarm.kind == "worse"
    assert LearningFreeze.objects.get().began_by is None
    verbs = AuditEntry.objects.filter(verb__startswith="learning").values_list("verb", flat=True)
    assert sorted(verbs) == ["learning alarm", "learning frozen"]


def test_a_frozen_learning_takes_nothing_in_until_it_is_thawed(people: Cast) -> None:
    written(5)
    with transaction.atomic():
        sweeping.lock()
        assert sweeping.freeze(by=people.max, because="Looks odd")
        assert not sweeping.freeze(by=people.max, because="Again")
    assert sweeping.learn_waiting() == 0
    assert sweeping.thaw(by=people.max)
    assert not sweeping.thaw(by=people.max)
    assert sweeping.learn_waiting() == 5


def test_versions_of_old_batches_are_thinned_out_but_not_the_ends_of_periods(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_KEPT", 2)
    written(PERIOD)
    learned()
    for _ in range(5):
        written(1)
        learned()
    assert list(LearnedVersion.objects.values_list("number", flat=True)) == [6, 5, 1]


def test_deleting_the_offer_leaves_a_log_that_names_nobody(people: Cast, answer: Answer) -> None:
    offer = answer()
    learn()
    offer.delete()
    reward = Reward.objects.get()
    assert reward.offer is None
    assert "Ada" not in str(reward.features)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_learn_each_reward_once(people: Cast) -> None:
    written(60)
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: _learn_in_a_thread(), range(8)))
    assert sorted(counts) == [0] * 7 + [60]
    assert LearnedVersion.objects.count() == 1


def _learn_in_a_thread() -> int:
    try:
        return sweeping.learn_waiting()
    finally:
        connection.close()
