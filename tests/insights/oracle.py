"""The same figures counted a second way: plain Python over the raw rows, slow and obvious."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from customers.models import Customer, Holding
from followups.models import Answer, FollowUp
from interactions.models import Interaction
from needs.models import Need
from service.models import Promise, ServiceRequest

ONE = timedelta(days=1)
Products = set[int | None]
Key = tuple[str, date, int | None, int | None, str, str]  # tally, day, team, product, outcome, why


def local(at: datetime) -> date:
    return timezone.localdate(at)


def is_held(holding: Holding, evening: date) -> bool:
    return holding.opened_on <= evening and (
        holding.cancelled_on is None or holding.cancelled_on > evening
    )


class Counting:
    """All raw rows, and the figures that they make."""

    def __init__(self) -> None:
        self.count: Counter[Key] = Counter()
        self.teams = dict(Customer.objects.values_list("pk", "team_id"))
        self.holdings: dict[int, list[Holding]] = {pk: [] for pk in self.teams}
        for holding in Holding.objects.order_by("pk"):
            self.holdings[holding.customer_id].append(holding)

    def add(self, tally: str, on: date, who: int, products: Products, *why: str) -> None:
        outcome, reason = (*why, "")[:2]
        for team in (None, self.teams[who]):
            for product in products:
                self.count[tally, on, team, product, outcome, reason] += 1

    def held(self, who: int, on: date) -> Products:
        return {None} | {
            holding.product_id
            for holding in self.holdings[who]
            if holding.opened_on <= on
            and (holding.cancelled_on is None or holding.cancelled_on >= on)
        }

    def count_holdings(self) -> None:
        for who, theirs in self.holdings.items():
            for holding in theirs:
                own: Products = {None, holding.product_id}
                self.add("opened", holding.opened_on, who, own, "opened")
                if holding.cancelled_on:
                    why = holding.cancelled_because
                    self.add("cancelled", holding.cancelled_on, who, own, "cancelled", why)
            for product in {None, *(holding.product_id for holding in theirs)} if theirs else ():
                some = [h for h in theirs if product is None or h.product_id == product]
                for tally, on, outcome, why in stays(some):
                    self.add(tally, on, who, {product}, outcome, why)

    def count_contacts_and_needs(self) -> None:
        contacts = list(Interaction.objects.select_related("contact_reason", "wrap_up_code"))
        needs = list(Need.objects.select_related("need_type"))
        for contact in contacts:
            who = contact.customer_id
            for tally, on, outcome, why in of_contact(contact, contacts, needs, self.holdings):
                self.add(tally, on, who, self.held(who, on), outcome, why)
        for need in needs:
            if need.settled_at:
                on, who = local(need.settled_at), need.customer_id
                self.add("needs", on, who, self.held(who, on), need.status, need.need_type.code)

    def count_promises_and_requests(self) -> None:
        for promise in Promise.objects.select_related("request"):
            if promise.status in ("kept", "broken"):
                asked = promise.request.product_id if promise.request else None
                product = promise.product_id or asked
                yardstick = beside(promise.done_at, promise.expected_at)
                on, who = local(promise.due_at), promise.customer_id
                self.add("promises", on, who, {None, product}, promise.status, yardstick)
        for request in ServiceRequest.objects.all():
            if request.status in ("resolved", "closed") and request.resolved_at:
                outcome = "kept" if request.resolved_at <= request.target_at else "broken"
                yardstick = beside(request.resolved_at, request.expected_at)
                on, who = local(request.resolved_at), request.customer_id
                self.add("requests", on, who, {None, request.product_id}, outcome, yardstick)

    def count_follow_ups(self) -> None:
        for row in FollowUp.objects.all():
            if row.status in ("answered", "unreachable", "refused", "lapsed"):
                on, who = local(row.due_at), row.customer_id
                self.add("follow_ups", on, who, self.held(who, on), row.status, row.refused_because)
        answers = list(Answer.objects.select_related("follow_up"))
        for tally, on, who, outcome in of_answers(answers, self.holdings):
            self.add(tally, on, who, self.held(who, on), outcome)


def figures() -> Counter[Key]:
    """Every figure of every day, as the roll-ups ought to hold them."""
    counting = Counting()
    counting.count_holdings()
    counting.count_contacts_and_needs()
    counting.count_promises_and_requests()
    counting.count_follow_ups()
    return counting.count


def stays(holdings: list[Holding]) -> Iterator[tuple[str, date, str, str]]:
    """Walk through the customer's days and see when they came and were lost."""
    first = min(holding.opened_on for holding in holdings)
    cohort = first.strftime("%Y-%m")
    yield "joined", first, "joined", ""
    ends = [holding.cancelled_on for holding in holdings if holding.cancelled_on]
    began: date | None = None
    for on in sorted({*(holding.opened_on for holding in holdings), *ends}):
        is_customer = any(is_held(holding, on) for holding in holdings)
        if is_customer and began is None:
            began = on
            yield "came", on, "came", cohort
        elif began is not None and not is_customer:
            last = max(
                (h for h in holdings if h.cancelled_on == on and h.opened_on < on),
                key=lambda holding: holding.pk,
            )
            yield "lost", on, "lost", last.cancelled_because
            yield "lost_of_cohort", on, "lost", cohort
            yield "lost_since", on, "lost", began.isoformat()
            began = None


def of_contact(
    contact: Interaction,
    contacts: list[Interaction],
    needs: list[Need],
    holdings: dict[int, list[Holding]],
) -> Iterator[tuple[str, date, str, str]]:
    reason, code = contact.contact_reason, contact.wrap_up_code
    if contact.closed_at is None or contact.is_follow_up or reason is None or code is None:
        return
    on = local(contact.closed_at)
    if contact.direction == "inbound" and code.outcome != "not_reached":
        again = any(
            other.customer_id == contact.customer_id
            and other.contact_reason_id == reason.pk
            and other.direction == "inbound"
            and not other.is_follow_up
            and (other.opened_at, other.pk) > (contact.opened_at, contact.pk)
            and other.opened_at <= contact.closed_at + 7 * ONE
            for other in contacts
        )
        resolved = "first" if code.outcome == "resolved" else "not_resolved"
        yield "first_contact", on, "repeated" if again else resolved, ""
    if reason.intent != "cancel":
        return
    theirs = [
        holding
        for holding in holdings[contact.customer_id]
        if holding.opened_on <= on and (holding.cancelled_on is None or holding.cancelled_on >= on)
    ]
    gone = [(h.cancelled_on, h.pk, h.cancelled_because) for h in theirs if h.cancelled_on]
    gone = [entry for entry in gone if entry[0] <= on + 30 * ONE]
    met = [
        (need.settled_at, need.pk, need.need_type.code)
        for need in needs
        if need.status == "met"
        and need.settled_at
        and need.customer_id == contact.customer_id
        and (
            need.settled_in_id == contact.pk
            or (
                need.interaction_id == contact.pk
                and need.settled_at <= contact.closed_at + 30 * ONE
            )
        )
    ]
    if gone:
        yield "saved", on, "left", min(gone)[2]
    elif theirs and met:
        yield "saved", on, "saved", min(met)[2]
    elif theirs:
        yield "saved", on, "undecided", ""


def beside(done: datetime | None, expected: datetime | None) -> str:
    if expected is None:
        return "not_known"
    return "in_time" if done is not None and done <= expected else "late"


def of_answers(
    answers: list[Answer], holdings: dict[int, list[Holding]]
) -> Iterator[tuple[str, date, int, str]]:
    newest: dict[int, tuple[Any, int, Answer]] = {}
    keys = {"as_expected": "as_expected", "as_promised": "as_promised", "met_expectations": "met"}
    for answer in answers:
        follow_up = answer.follow_up
        if follow_up.status != "answered" or follow_up.answered_at is None:
            continue
        on, who = local(follow_up.answered_at), follow_up.customer_id
        if answer.question in keys:
            yield keys[answer.question], on, who, "yes" if answer.is_yes else "no"
            continue
        score = answer.score or 0
        group = "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"
        yield "nps", on, who, group
        entry = (follow_up.answered_at, follow_up.pk, answer)
        newest[who] = max(newest.get(who, entry), entry, key=lambda found: found[:2])
    for who, (at, _, answer) in newest.items():
        stays_on = any(holding.cancelled_on is None for holding in holdings[who])
        promoter = (answer.score or 0) >= 9
        outcome = ("advocate" if stays_on else "promoter_left") if promoter else "other"
        yield "advocates", local(at), who, outcome
