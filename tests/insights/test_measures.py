"""Does each measure count what its words say? Small histories with known answers."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from insights import measures
from insights.measures import MEASURES, Filters
from insights.periods import Period, month_of, shift
from tests.insights.scene import Scene, day, last_days, noon

pytestmark = pytest.mark.django_db


def outcomes(scene: Scene, key: str, filters: Filters | None = None) -> Counter[str]:
    found = MEASURES[key].records(scene.cast.max, filters or last_days(60))
    return Counter(found.values_list("outcome", flat=True))


def reasons(scene: Scene, key: str, filters: Filters | None = None) -> Counter[str]:
    found = MEASURES[key].records(scene.cast.max, filters or last_days(60))
    return Counter(found.values_list("reason", flat=True))


def names(records: measures.AnyRecords) -> set[str]:
    return {getattr(row, "name", None) or row.customer.name for row in records}


def test_a_customer_is_lost_when_nothing_is_held_at_the_end_of_the_day(scene: Scene) -> None:
    gone = scene.customer("Gone")
    scene.holds(gone, 100, 10, because="better rate elsewhere")
    keeps_one = scene.customer("Keeps one")
    scene.holds(keeps_one, 100, 10)
    scene.holds(keeps_one, 90)
    switched = scene.customer("Switched the same day")
    scene.holds(switched, 100, 10)
    scene.holds(switched, 10, product=scene.cast.saver)
    two_at_once = scene.customer("Two at once")
    scene.holds(two_at_once, 100, 5, because="first")
    scene.holds(two_at_once, 80, 5, because="second")
    assert outcomes(scene, "lost") == {"lost": 2}
    assert reasons(scene, "lost") == {"better rate elsewhere": 1, "second": 1}


def test_one_who_came_back_and_left_again_is_lost_twice(scene: Scene) -> None:
    person = scene.customer("Back and gone")
    scene.holds(person, 50, 40)
    scene.holds(person, 30, 20)
    assert outcomes(scene, "lost") == {"lost": 2}
    assert outcomes(scene, "came") == {"came": 2}


def test_what_was_opened_and_cancelled_the_same_day_makes_no_customer(scene: Scene) -> None:
    scene.holds(scene.customer("Changed mind"), 10, 10)
    assert outcomes(scene, "came") == {}
    assert outcomes(scene, "lost") == {}
    assert outcomes(scene, "opened") == {"opened": 1}
    assert outcomes(scene, "cancelled") == {"cancelled": 1}


def test_retained_are_customers_of_the_beginning_who_stayed_throughout(scene: Scene) -> None:
    stayed, left, returned, new = (
        scene.customer(name) for name in ("Stayed", "Left", "Returned", "New")
    )
    scene.holds(stayed, 100)
    scene.holds(left, 100, 10)
    scene.holds(returned, 100, 20)
    scene.holds(returned, 15)
    scene.holds(new, 20, 5)
    who, month = scene.cast.max, last_days(30)
    assert names(measures.customers_before(who, month)) == {
        "Ada Byron",
        "Ben King",
        "Cy Dunn",
        "Stayed",
        "Left",
        "Returned",
    }
    assert names(measures.retained(who, month)) == {"Ada Byron", "Ben King", "Cy Dunn", "Stayed"}
    assert names(measures.leavers(who, month)) == {"Left", "Returned"}
    assert names(measures.customers_after(who, month)) == {
        "Ada Byron",
        "Ben King",
        "Cy Dunn",
        "Stayed",
        "Returned",
    }


def test_with_a_product_a_customer_is_one_who_holds_it(scene: Scene) -> None:
    person = scene.customer("Drops the saver")
    scene.holds(person, 100)
    scene.holds(person, 90, 10, product=scene.cast.saver, because="fee")
    assert outcomes(scene, "lost") == {}
    only_saver = last_days(60, product_id=scene.cast.saver.pk)
    assert reasons(scene, "lost", only_saver) == {"fee": 1}


def test_a_cohort_is_followed_month_by_month(scene: Scene) -> None:
    month = shift(month_of(day(0)), -3)
    ago = (day(0) - month).days
    for name, until in (("Stays", None), ("Leaves in month 1", shift(month, 1)), ("Gone", month)):
        person = scene.customer(name)
        end = None if until is None else (day(0) - until).days - 10
        scene.holds(person, ago, end)
    who, filters = scene.cast.max, last_days(10)
    kept = [
        names(measures.cohort(who, filters, month=month, after=after)) for after in (None, 0, 1, 2)
    ]
    assert kept == [
        {"Stays", "Leaves in month 1", "Gone"},
        {"Stays", "Leaves in month 1"},
        {"Stays"},
        {"Stays"},
    ]


def test_saved_needs_a_need_that_was_met(scene: Scene) -> None:
    saved, undecided, left, too_late, gone_before = (
        scene.customer(name) for name in ("Saved", "Undecided", "Left", "Left later", "Gone")
    )
    for person, until in ((saved, None), (undecided, None), (left, 30), (too_late, 1)):
        scene.holds(person, 100, until, because="fee")
    scene.holds(gone_before, 100, 50)
    contacts = {
        person.name: scene.contact(person, 40, reason=scene.cast.closing)
        for person in (saved, undecided, left, too_late, gone_before)
    }
    scene.need(saved, 40, contact=contacts["Saved"])
    scene.need(undecided, 40, contact=contacts["Undecided"], status="missed")
    scene.need(left, 40, contact=contacts["Left"])
    scene.need(too_late, 40, contact=contacts["Left later"])
    assert outcomes(scene, "saved") == {"saved": 2, "undecided": 1, "left": 1}
    assert reasons(scene, "saved") == {"better-return": 2, "": 1, "fee": 1}


def test_a_need_met_after_thirty_days_saved_nobody(scene: Scene) -> None:
    contact = scene.contact(scene.cast.ada, 50, reason=scene.cast.closing)
    need = scene.need(scene.cast.ada, 10, contact=contact)
    need.settled_in = None
    need.save()
    assert outcomes(scene, "saved") == {"undecided": 1}


def test_the_same_reason_within_seven_days_was_not_resolved_at_first(scene: Scene) -> None:
    cast = scene.cast
    scene.contact(cast.ada, 30)
    scene.contact(cast.ada, 24)  # 6 days later, the same reason
    scene.contact(cast.ada, 10)  # later than 7 days
    scene.contact(cast.ben, 30)
    scene.contact(cast.ben, 29, reason=cast.complaint)  # another reason
    scene.contact(cast.cy, 30, code=cast.not_helped)
    scene.contact(cast.cy, 28, direction="outbound")  # we called
    scene.contact(cast.cy, 27, is_follow_up=True)
    assert outcomes(scene, "first_contact") == {"first": 4, "repeated": 1, "not_resolved": 1}


def test_exactly_seven_days_later_still_counts_as_a_repeat(scene: Scene) -> None:
    first = scene.contact(scene.cast.ada, 20)
    again = scene.contact(scene.cast.ada, 12)
    assert first.closed_at is not None
    again.opened_at = first.closed_at + timedelta(days=7)
    again.save()
    assert outcomes(scene, "first_contact")["repeated"] == 1
    again.opened_at += timedelta(seconds=1)
    again.save()
    assert outcomes(scene, "first_contact")["repeated"] == 0


def test_answers_promoters_and_detractors(scene: Scene) -> None:
    cast = scene.cast
    for person, score in ((cast.ada, 10), (cast.ben, 8), (cast.cy, 6), (cast.ada, 9)):
        scene.answered(scene.contact(person, 20), 19, is_yes=score > 6, score=score)
    assert outcomes(scene, "nps") == {"promoter": 2, "passive": 1, "detractor": 1}
    for key in ("as_expected", "as_promised", "met"):
        assert outcomes(scene, key) == {"yes": 3, "no": 1}


def test_an_advocate_has_stayed_and_counts_by_the_newest_word(scene: Scene) -> None:
    cast = scene.cast
    scene.answered(scene.contact(cast.ada, 30), 29, score=3)
    scene.answered(scene.contact(cast.ada, 20), 19, score=10)
    scene.answered(scene.contact(cast.ben, 30), 29, score=10)
    scene.answered(scene.contact(cast.ben, 20), 19, score=2)
    scene.answered(scene.contact(cast.cy, 20), 19, score=9)
    cast.cy.holdings.update(cancelled_on=day(5), cancelled_because="moved")
    assert outcomes(scene, "advocates") == {"advocate": 1, "other": 1, "promoter_left": 1}


def test_follow_ups_count_when_they_have_ended(scene: Scene) -> None:
    for status in ("answered", "unreachable", "refused", "lapsed", "planned", "ready"):
        scene.follow_up(scene.contact(scene.cast.ada, 20), 19, status=status)
    assert outcomes(scene, "follow_ups") == {
        "answered": 1,
        "unreachable": 1,
        "refused": 1,
        "lapsed": 1,
    }


def test_needs_by_how_they_were_settled(scene: Scene) -> None:
    ada = scene.cast.ada
    for status in ("met", "met", "unmet", "missed"):
        scene.need(ada, 5, status=status)
    scene.need(ada, None)
    assert outcomes(scene, "needs") == {"met": 2, "unmet": 1, "missed": 1}


def test_a_promise_kept_by_us_may_be_late_for_the_customer(scene: Scene) -> None:
    ada = scene.cast.ada
    scene.promise(ada, due=10, done=11, expected=14)  # ours kept, 3 days late for her
    scene.promise(ada, due=10, done=15, expected=14)  # both
    scene.promise(ada, due=10, done=9, expected=5)  # broken, in time for her all the same
    scene.promise(ada, due=10, done=None, expected=14)
    scene.promise(ada, due=10, done=11, expected=None)
    found = MEASURES["promises"].records(scene.cast.max, last_days(60))
    assert Counter(found.values_list("outcome", "reason")) == {
        ("kept", "late"): 1,
        ("kept", "in_time"): 1,
        ("broken", "in_time"): 1,
        ("broken", "late"): 1,
        ("kept", "not_known"): 1,
    }


def test_requests_beside_what_customers_expect(scene: Scene) -> None:
    scene.request(scene.cast.ada, 10, target=5, expected=12)
    scene.request(scene.cast.ada, 10, target=12, expected=15)
    assert outcomes(scene, "requests") == {"kept": 1, "broken": 1}
    assert reasons(scene, "requests") == {"late": 2}


def test_a_record_belongs_to_the_local_day(scene: Scene) -> None:
    contact = scene.contact(scene.cast.ada, 20)
    contact.closed_at = noon(20) + timedelta(hours=11, minutes=59)
    contact.save()
    only = Filters(Period(day(20), day(20)))
    assert outcomes(scene, "first_contact", only) == {"first": 1}
    contact.closed_at += timedelta(minutes=1)
    contact.save()
    assert outcomes(scene, "first_contact", only) == {}


def test_a_product_means_the_customers_who_held_it_that_day(scene: Scene) -> None:
    saver = scene.cast.saver
    scene.holds(scene.cast.ada, 30, 10, product=saver)
    scene.holds(scene.cast.ada, 29, 10, product=saver)
    for ago in (31, 20, 10, 9):
        scene.contact(scene.cast.ada, ago)
    with_saver = last_days(60, product_id=saver.pk)
    assert sum(outcomes(scene, "first_contact", with_saver).values()) == 2


def test_denominator_and_numerator_are_records(scene: Scene) -> None:
    for code in (scene.cast.helped, scene.cast.not_helped):
        scene.contact(scene.cast.ada, 20 if code == scene.cast.helped else 5, code=code)
    measure, who = MEASURES["first_contact"], scene.cast.max
    assert measure.denominator(who, last_days(60)).count() == 2
    assert measure.numerator(who, last_days(60)).count() == 1
