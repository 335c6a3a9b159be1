"""Requests move one step at a time with their history; promises are kept, broken or withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.models import AuditEntry
from interactions.models import TimelineEntry
from service.models import (
    STEPS,
    Promise,
    PromiseInThePast,
    PromiseSettled,
    PromiseStatus,
    PromiseStillOpen,
    RequestMovedOn,
    RequestStatus,
    ServiceRequest,
    StatusChange,
)
from tests.cast import Cast, assemble
from tests.threads import at_once


def opened(cast: Cast, **more: Any) -> ServiceRequest:
    words: dict[str, Any] = {"request_type": cast.card_request, "subject": "Card not arrived"}
    return ServiceRequest.open_request(
        customer=cast.ada, owner=cast.sam, by=cast.sam, **(words | more)
    )


def promised(cast: Cast, *, hours: float = 24, **more: Any) -> Promise:
    return Promise.make(
        customer=cast.ada,
        text="The card arrives",
        due_at=timezone.now() + timedelta(hours=hours),
        owner=cast.sam,
        by=cast.sam,
        **more,
    )


def written() -> tuple[int, int, int]:
    return AuditEntry.objects.count(), TimelineEntry.objects.count(), StatusChange.objects.count()


@time_machine.travel("2026-03-02T10:00:00Z", tick=False)
def test_target_and_expectation_count_from_the_opening(cast: Cast) -> None:
    request = opened(cast)
    assert request.target_at - request.opened_at == timedelta(days=5)
    assert request.expected_at - request.opened_at == timedelta(days=3)
    assert [change.to_status for change in request.status_changes.all()] == ["open"]


def test_every_step_that_is_possible_is_taken_with_its_history(cast: Cast) -> None:
    for start, nexts in STEPS.items():
        for to in nexts:
            request = opened(cast)
            ServiceRequest.objects.filter(pk=request.pk).update(
                status=start, resolved_at=timezone.now()
            )
            request.move(to=to, by=cast.sam, note="On we go")
            stored = ServiceRequest.objects.get(pk=request.pk)
            assert stored.status == to
            assert (stored.resolved_at is not None) is (to in {"resolved", "closed"})
            last = request.status_changes.last()
            assert last is not None
            assert (last.from_status, last.to_status, last.note) == (start, to, "On we go")


def test_every_other_step_is_refused_and_changes_nothing(cast: Cast) -> None:
    for start, nexts in STEPS.items():
        request = opened(cast)
        ServiceRequest.objects.filter(pk=request.pk).update(
            status=start, resolved_at=timezone.now()
        )
        before = written()
        for to in set(RequestStatus.values) - set(nexts) | {"nonsense"}:
            with pytest.raises(RequestMovedOn):
                request.move(to=to, by=cast.sam)
        assert ServiceRequest.objects.get(pk=request.pk).status == start
        assert written() == before


def test_no_request_is_resolved_over_an_open_promise(cast: Cast) -> None:
    request = opened(cast)
    promise = promised(cast, request=request)
    before = written()
    for to in (RequestStatus.RESOLVED, RequestStatus.WITHDRAWN):
        with pytest.raises(PromiseStillOpen, match="1 promise is still open"):
            request.move(to=to, by=cast.sam)
    assert written() == before
    promise.keep(by=cast.sam)
    request.move(to=RequestStatus.RESOLVED, by=cast.sam)
    assert ServiceRequest.objects.get().status == "resolved"


def test_a_request_is_given_once(cast: Cast) -> None:
    request = opened(cast)
    assert request.give_to(owner=cast.rae, by=cast.sam) is True
    assert request.give_to(owner=cast.rae, by=cast.sam) is False
    assert AuditEntry.objects.filter(verb="request given").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_resolve_at_once_one_does(transactional_db: None) -> None:
    cast = assemble()
    request = opened(cast)

    def resolve(_: int) -> bool:
        try:
            ServiceRequest.objects.get(pk=request.pk).move(to="resolved", by=cast.sam)
        except Conflict:
            return False
        return True

    assert sorted(at_once(8, resolve)) == [False] * 7 + [True]
    assert StatusChange.objects.filter(to_status="resolved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_promise_is_never_lost_behind_a_request_resolved_meanwhile(
    transactional_db: None,
) -> None:
    cast = assemble()
    for _ in range(10):
        request = opened(cast)

        def work(number: int, request: ServiceRequest = request) -> None:
            try:
                if number:
                    promised(cast, request=request)
                else:
                    ServiceRequest.objects.get(pk=request.pk).move(to="resolved", by=cast.sam)
            except RuleBroken:
                pass

        at_once(2, work)
        is_resolved = ServiceRequest.objects.get(pk=request.pk).status == "resolved"
        assert not (is_resolved and Promise.objects.open().filter(request=request).exists())


@pytest.mark.parametrize("hours", [-0.001, -24])
def test_a_promise_in_the_past_is_not_made(cast: Cast, hours: float) -> None:
    before = written()
    with pytest.raises(PromiseInThePast):
        promised(cast, hours=hours)
    assert not Promise.objects.exists()
    assert written() == before


def test_a_promise_takes_the_expectation_of_its_request(cast: Cast) -> None:
    request = opened(cast)
    assert promised(cast, request=request).expected_at == request.expected_at
    assert promised(cast).expected_at is None


def test_a_promise_done_in_time_is_kept_and_one_done_late_stays_broken(cast: Cast) -> None:
    in_time, late = promised(cast), promised(cast)
    in_time.keep(by=cast.sam)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        late.keep(by=cast.sam)
    stored = {promise.pk: promise for promise in Promise.objects.all()}
    assert stored[in_time.pk].status == PromiseStatus.KEPT
    assert stored[late.pk].status == PromiseStatus.BROKEN
    assert all(promise.done_at for promise in stored.values())


def test_a_settled_promise_is_settled_for_good(cast: Cast) -> None:
    promise = promised(cast)
    promise.keep(by=cast.sam)
    before = written()
    with pytest.raises(PromiseSettled):
        promise.keep(by=cast.sam)
    with pytest.raises(PromiseSettled):
        promise.withdraw(by=cast.sam, because="Changed our mind")
    assert (Promise.objects.get().status, written()) == ("kept", before)


def test_a_promise_is_not_withdrawn_without_a_reason(cast: Cast) -> None:
    promise, before = promised(cast), written()
    before = written()
    with pytest.raises(RuleBroken, match="reason"):
        promise.withdraw(by=cast.sam, because="  ")
    assert (Promise.objects.get().status, written()) == ("open", before)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_keep_or_withdraw_at_once_one_does(transactional_db: None) -> None:
    cast = assemble()
    promise = promised(cast)

    def settle(number: int) -> bool:
        mine = Promise.objects.get(pk=promise.pk)
        try:
            if number % 2:
                mine.keep(by=cast.sam)
            else:
                mine.withdraw(by=cast.rae, because="Sent twice")
        except PromiseSettled:
            return False
        return True

    assert sorted(at_once(8, settle)) == [False] * 7 + [True]
    settled = AuditEntry.objects.filter(verb__in=["promise kept", "promise withdrawn"])
    assert settled.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_break_each_promise_once(transactional_db: None) -> None:
    cast = assemble()
    for _ in range(30):
        promised(cast, hours=1)
    later = timezone.now() + timedelta(hours=2)
    broken = at_once(4, lambda _: Promise.objects.break_overdue(at=later, batch=7))
    assert sum(broken) == 30
    assert AuditEntry.objects.filter(verb="promise broken").count() == 30
    assert Promise.objects.filter(status="broken").count() == 30


@pytest.mark.parametrize(
    "broken",
    [{"status": "kept"}, {"status": "nonsense"}, {"text": ""}],
)
def test_the_database_refuses_a_promise_that_cannot_be(cast: Cast, broken: dict[str, Any]) -> None:
    promise = promised(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.filter(pk=promise.pk).update(**broken)
    assert Promise.objects.get().status == "open"


@pytest.mark.parametrize("broken", [{"status": "resolved"}, {"status": "?"}, {"subject": ""}])
def test_the_database_refuses_a_request_that_cannot_be(cast: Cast, broken: dict[str, Any]) -> None:
    request = opened(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceRequest.objects.filter(pk=request.pk).update(**broken)
    assert ServiceRequest.objects.get().status == "open"
