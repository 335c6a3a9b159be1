"""Learn from the rewards that wait, keep the version, and stop when it does harm.

Who locks what: learning, going back and freezing hold the policy's row, so that they come one
after the other; a version that was kept is never changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from secrets import token_hex

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry, User
from offers.learning.features import learner as untaught
from offers.learning.features import seen_of
from offers.learning.guarding import PERIOD, Answered, figures_of, wrong_with
from offers.learning.keeping import keep, restored, thin_out
from offers.learning.learner import ANSWERS, EFFECTS, Before, Learner
from offers.learning.logistic import NotAModel
from offers.models import (
    AlarmKind,
    LearnedVersion,
    LearningAlarm,
    LearningFreeze,
    LearningPeriod,
    LearningPolicy,
    Reward,
)

AT_ONCE = 500  # rewards of one batch


def lock() -> LearningPolicy:
    """One at a time from here to the end of the transaction."""
    LearningPolicy.objects.get_or_create(pk=1, defaults={"salt": token_hex(20)})
    return LearningPolicy.objects.select_for_update().get(pk=1)


def learn_waiting(*, at: datetime | None = None) -> int:
    """Take in the next batch of rewards; how many. None are while learning is frozen.

    `at` is the moment that the new version is kept under: now where none is given.
    """
    with transaction.atomic():
        lock()
        if LearningFreeze.objects.filter(ended_at=None).exists():
            return 0
        waiting = list(Reward.objects.waiting()[:AT_ONCE])
        if not waiting:
            return 0
        newest = LearnedVersion.objects.first()
        try:
            learner = restored(newest) if newest else untaught()
        except NotAModel as damaged:
            _stop(AlarmKind.BROKEN, str(damaged), newest)
            return 0
        _learn(learner, waiting, after=newest.position if newest else 0, at=at)
    return len(waiting)


def _learn(learner: Learner, rewards: Sequence[Reward], *, after: int, at: datetime | None) -> None:
    for position, reward in enumerate(rewards, start=after + 1):
        reward.position = position
        reward.expected, reward.naive = _taught(learner, reward)
    Reward.objects.bulk_update(rewards, ["position", "expected", "naive"])
    ended = _periods_ended()
    version = keep(learner, position=after + len(rewards), ends_period=bool(ended), at=at)
    for number, answers in ended:
        LearningPeriod.objects.create(
            number=number, version=version.number, figures=figures_of(answers)
        )
    if ended:
        wrong = wrong_with(list(LearningPeriod.objects.values_list("figures", flat=True)[:2]))
        if wrong is not None:
            _stop(AlarmKind(wrong.kind), wrong.told, version)
    thin_out()


def _periods_ended() -> list[tuple[int, list[Answered]]]:
    """The periods that are full and not yet told, by number."""
    told = LearningPeriod.objects.count()
    answers = Reward.objects.learned().answers().values_list("kind", "expected", "naive")
    full = answers.count() // PERIOD
    return [
        (
            number + 1,
            [
                Answered(EFFECTS[kind].outcome, expected or 0.0, naive or 0.0)
                for kind, expected, naive in answers[number * PERIOD : (number + 1) * PERIOD]
            ],
        )
        for number in range(told, full)
    ]


def _stop(kind: AlarmKind, told: str, version: LearnedVersion | None) -> None:
    """An alarm that stands until it is settled, and the freeze that goes with it."""
    number = version.number if version else 0
    alarm, is_new = LearningAlarm.objects.get_or_create(
        kind=kind, settled_at=None, defaults={"told": told[:300], "version": number}
    )
    if is_new:
        AuditEntry.record(by=None, verb="learning alarm", subject=alarm, detail={"kind": kind})
    freeze(by=None, because=told)


def change_shares(*, by: User, exploring: Decimal, control: Decimal) -> bool:
    """How much is tried out, and who is ranked without learning; false when it was so already.

    Who is in the control group stays there while the share does not shrink: it goes by a hash.
    """
    with transaction.atomic():
        policy = lock()
        before = {"exploring": str(policy.exploring_share), "control": str(policy.control_share)}
        if (policy.exploring_share, policy.control_share) == (exploring, control):
            return False
        LearningPolicy.objects.filter(pk=policy.pk).update(
            exploring_share=exploring, control_share=control
        )
        told = {"exploring": str(exploring), "control": str(control), "before": before}
        AuditEntry.record(by=by, verb="learning shares changed", subject=policy, detail=told)
    return True


def freeze(*, by: User | None, because: str) -> bool:
    """Nothing more is learned, and lists are ranked without it; false when it was so already."""
    row, is_new = LearningFreeze.objects.get_or_create(
        ended_at=None, defaults={"because": because[:200], "began_by": by}
    )
    if is_new:
        AuditEntry.record(by=by, verb="learning frozen", subject=row)
    return is_new


def thaw(*, by: User) -> bool:
    """Learn and rank by it again; standing alarms are settled. False when nothing was frozen."""
    with transaction.atomic():
        lock()
        now = timezone.now()
        frozen = LearningFreeze.objects.filter(ended_at=None)
        pk = frozen.values_list("pk", flat=True).first()
        if pk is None:
            return False
        frozen.update(ended_at=now, ended_by=by)
        LearningAlarm.objects.filter(settled_at=None).update(settled_at=now, settled_by=by)
        AuditEntry.record(by=by, verb="learning unfrozen", subject=LearningFreeze(pk=pk))
    return True


def replayed(*, upto: int, base: LearnedVersion | None = None) -> Learner:
    """What the log teaches up to a position, from its beginning or from an older version.

    The bits are those of the version kept at that position. Where somebody went back in between,
    the version that this made is the base.
    """
    learner = restored(base) if base else untaught()
    after = base.position if base else 0
    for reward in Reward.objects.learned().filter(position__gt=after, position__lte=upto):
        _taught(learner, reward)
    return learner


def _taught(learner: Learner, reward: Reward) -> Before:
    seen = seen_of(reward.features, reward.product_code)
    return learner.learn(seen, EFFECTS[reward.kind], is_answer=reward.kind in ANSWERS)
