"""Questions, offers and talks about needs draw from one budget, whoever asks first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from accounts.errors import RuleBroken
from customers.budget import draw
from customers.models import ContactDraw
from followups import reviewing
from followups.errors import HeardEnough, NotPermittedNow
from followups.grounds import Permission, Rule
from followups.models import Attempt, AttemptOutcome, FollowUp, FollowUpStatus
from followups.models.policy import Way
from followups.sweeping import sweep
from needs.models import Need, NeedFit, NeedsReview
from offers import presenting
from offers.models import ContactPolicy
from offers.publishing import publish
from products.models import Product
from tests.cast import Cast, assemble, contact
from tests.followups.scenes import NOON, begun, default_policy, owed, ready
from tests.threads import at_once


def heard(cast: Cast, times: int, purpose: str = "survey") -> None:
    for number in range(times):
        draw(
            customer_id=cast.ada.pk,
            purpose=purpose,
            channel="chat",
            what="call_back",
            subject_id=1000 + number,
            limits=None,
            by=None,
        )


@pytest.mark.usefixtures("noon")
def test_who_has_heard_enough_is_asked_later(cast: Cast) -> None:
    default_policy(name="Every contact", delay_minutes=1, lapse_days=60)
    heard(cast, 4)
    follow_up = owed(cast, cast.ada)
    sweep(at=NOON)
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.PLANNED
    assert follow_up.waits_because == Rule.HEARD_ENOUGH.label
    assert timezone.localdate(follow_up.due_at) == timezone.localdate() + timedelta(days=30)
    with time_machine.travel(follow_up.due_at, tick=False):
        sweep(at=follow_up.due_at)
        follow_up.refresh_from_db()
        assert follow_up.status == FollowUpStatus.READY


@pytest.mark.usefixtures("noon")
def test_what_cannot_wait_that_long_lapses(cast: Cast) -> None:
    heard(cast, 6, "service")
    follow_up = owed(cast, cast.ada)
    sweep(at=NOON)
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.LAPSED


@pytest.mark.usefixtures("noon")
def test_a_question_counts_once_over_its_tries_and_not_when_nobody_was_asked(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada)
    line = ContactDraw.objects.standing().get()
    assert (line.what, line.subject_id) == ("follow_up", follow_up.interaction_id)
    follow_up.report(by=cast.sam, outcome=AttemptOutcome.NO_ANSWER)
    again = NOON + timedelta(days=1)
    with time_machine.travel(again, tick=False):
        sweep(at=again)
        follow_up.refresh_from_db()
        follow_up.begin(by=cast.sam)
        assert ContactDraw.objects.standing().count() == 1
        follow_up.report(by=cast.sam, outcome=AttemptOutcome.NOT_CALLED)
        assert ContactDraw.objects.standing().count() == 0
        follow_up.refresh_from_db()
        follow_up.begin(by=cast.sam)
        follow_up.report(by=cast.sam, outcome=AttemptOutcome.NO_ANSWER)
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.UNREACHABLE
    assert ContactDraw.objects.standing().count() == 0


@pytest.mark.usefixtures("noon")
def test_the_budget_is_asked_again_when_the_call_is_begun(cast: Cast) -> None:
    default_policy(name="Every contact", delay_minutes=1, lapse_days=60)
    follow_up = ready(cast, cast.ada)
    heard(cast, 4)
    with pytest.raises(NotPermittedNow, match="often enough"):
        follow_up.begin(by=cast.sam)
    follow_up.refresh_from_db()
    assert follow_up.attempts_made == 0
    assert ContactDraw.objects.standing().filter(what="follow_up").count() == 0


@pytest.fixture
def crowd(transactional_db: None) -> Cast:
    return assemble()


@pytest.mark.parametrize("seed", [1, 2])
def test_no_mix_of_verbs_exceeds_the_budget(crowd: Cast, seed: int) -> None:
    """Eight at the same moment: follow-ups begun, a needs review called, offers answered."""
    with time_machine.travel(NOON, tick=False):
        acts = _acts(crowd)
        Random(seed).shuffle(acts)

        def act(number: int) -> bool:
            try:
                acts[number]()
            except RuleBroken as refused:
                return not isinstance(refused, NotPermittedNow | HeardEnough)
            return True

        at_once(8, act)
    lines = list(ContactDraw.objects.standing().values_list("purpose", "is_owed"))
    drawn = [purpose for purpose, is_owed in lines if not is_owed]
    assert len(drawn) == 3  # as many as there is room for, and not one more
    assert drawn.count("survey") <= 2
    assert drawn.count("marketing") <= 2
    assert FollowUp.objects.filter(status="in_progress").count() == drawn.count("survey")


def _acts(cast: Cast) -> list[Callable[[], object]]:
    """Room for three contacts, two of a kind; four questions, one talk and three offers."""
    ContactPolicy.objects.update_or_create(
        pk=1, defaults={"max_contacts": 3, "max_surveys": 2, "max_offers": 2}
    )
    for number in range(3):
        product = Product.objects.create(
            code=f"saver-{number}",
            name=f"Saver {number}",
            category=cast.saver.category,
            summary="…",
            benefit_formula="100",
            benefit_sentence="{benefit}",
        )
        NeedFit.objects.create(product=product, need_type=cast.better_return, fit=1)
    NeedFit.objects.all().update(fit="0.90")
    for product in Product.objects.filter(code__startswith="saver-"):
        from service.models import Fulfilment

        request_type = Fulfilment.objects.all()[0].request_type
        Fulfilment.objects.get_or_create(
            product=product,
            defaults={
                "request_type": request_type,
                "promise_text": "It is open",
                "promise_days": 1,
            },
        )
    publish(by=cast.max, note="Three contacts are enough")
    waiting = [ready(cast, cast.ada) for _ in range(4)]
    review = NeedsReview.start(
        customer=cast.ada,
        interaction=waiting[0].interaction,
        owner=cast.sam,
        due_on=timezone.localdate(),
    )
    Need.state(customer=cast.ada, need_type=cast.better_return, by=cast.sam)
    talk = contact(cast, cast.ada)
    presenting.settle_reason(interaction=talk, by=cast.sam)
    products = list(Product.objects.filter(code__startswith="saver-").order_by("pk"))[-3:]
    return [
        *(lambda one=one: one.begin(by=cast.sam) for one in waiting),
        lambda: reviewing.begin(review, by=cast.sam),
        *(
            lambda one=one: presenting.not_relevant(interaction=talk, product=one, by=cast.sam)
            for one in products
        ),
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_mix_of_policies_and_ways_exceeds_the_budget(crowd: Cast, seed: int) -> None:
    """Eight at the same moment, of one customer: two of each way, with different figures."""
    with time_machine.travel(NOON, tick=False):
        acts = _by_every_way(crowd)
        Random(seed).shuffle(acts)

        def act(number: int) -> bool:
            try:
                return bool(acts[number]())
            except (HeardEnough, NotPermittedNow):
                return False

        done = at_once(8, act)
    drawn = list(ContactDraw.objects.standing().values_list("purpose", flat=True))
    assert drawn == ["survey", "survey"]
    assert done.count(True) == 2
    under_way = FollowUp.objects.filter(status=FollowUpStatus.IN_PROGRESS)
    assert under_way.count() == 2
    assert sum(under_way.values_list("attempts_made", flat=True)) == 2
    assert Attempt.objects.count() == 2


def _by_every_way(cast: Cast) -> list[Callable[[], object]]:
    """Claims of all ways in which somebody is disturbed, with room for two of them."""
    ContactPolicy.objects.update_or_create(
        pk=1, defaults={"max_contacts": 3, "max_surveys": 2, "max_offers": 2}
    )
    publish(by=cast.max, note="Two questions are enough")
    default_policy()
    acts: list[Callable[[], object]] = []
    for number, way in enumerate([*Way][:4] * 2):
        follow_up = ready(cast, cast.ada)
        FollowUp.objects.filter(pk=follow_up.pk).update(
            ways=[way],
            way=way,
            max_attempts=number % 3 + 1,
            policy=None if number % 2 else follow_up.policy_id,
            lapses_at=NOON + timedelta(days=number + 2),
        )
        follow_up.refresh_from_db()
        acts.append(_claim(cast, follow_up, way))
    return acts


def _claim(cast: Cast, follow_up: FollowUp, way: str) -> Callable[[], object]:
    if way == Way.AGENT:
        return lambda: follow_up.begin(by=cast.sam)
    if way == Way.VOICE:
        return lambda: claimed(
            partial(
                follow_up.begin_by_voice,
                decided=Permission(Rule.PERMITTED),
                contact_point_id=None,
            )
        )
    return lambda: claimed(
        partial(
            follow_up.begin_by_message,
            decided=Permission(Rule.PERMITTED),
            gateway="inbox",
            contact_point_id=None,
        )
    )


def claimed(claim: Callable[[], object]) -> object:
    """As the sweeps do it: all of it or nothing."""
    with transaction.atomic():
        return claim()
