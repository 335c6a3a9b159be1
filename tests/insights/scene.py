"""Small hand-made histories for the figures: days are counted back from today, at noon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Team, User
from customers.models import Customer, Holding
from followups.models import Answer, FollowUp, FollowUpStatus
from insights.measures import Filters
from insights.periods import Period
from interactions.models import ContactReason, Direction, Interaction, WrapUpCode
from needs.models import Need, NeedType
from products.models import Product
from service.models import Promise, RequestType, ServiceRequest
from tests.cast import Cast

SCORES = {True: 9, False: 3}


def day(ago: int) -> date:
    return timezone.localdate() - timedelta(days=ago)


def noon(ago: float) -> datetime:
    at = datetime.combine(day(0), time(12), tzinfo=timezone.get_default_timezone())
    return at - timedelta(days=ago)


def last_days(days: int, **narrowed: int) -> Filters:
    """The days from `days` ago until today."""
    return Filters(Period(day(days), day(0)), **narrowed)


@dataclass(slots=True)
class Scene:
    cast: Cast

    def customer(self, name: str, team: Team | None = None) -> Customer:
        return Customer.objects.create(team=team or self.cast.team, name=name)

    def holds(
        self,
        person: Customer,
        opened: int,
        until: int | None = None,
        *,
        product: Product | None = None,
        because: str = "moved",
    ) -> Holding:
        return Holding.objects.create(
            customer=person,
            product=product or self.cast.current,
            opened_on=day(opened),
            cancelled_on=None if until is None else day(until),
            cancelled_because="" if until is None else because,
        )

    def contact(
        self,
        person: Customer,
        ago: float,
        *,
        reason: ContactReason | None = None,
        code: WrapUpCode | None = None,
        agent: User | None = None,
        **facts: Any,
    ) -> Interaction:
        """A closed inbound call that lasted ten minutes."""
        fields = {"direction": Direction.INBOUND, "channel": "voice"} | facts
        return Interaction.objects.create(
            customer=person,
            contact_reason=reason or self.cast.card_late,
            wrap_up_code=code or self.cast.helped,
            agent=agent or self.cast.sam,
            opened_at=noon(ago),
            closed_at=noon(ago) + timedelta(minutes=10),
            **fields,
        )

    def follow_up(
        self, contact: Interaction, ago: float, *, status: str = FollowUpStatus.ANSWERED
    ) -> FollowUp:
        is_answered = status == FollowUpStatus.ANSWERED
        return FollowUp.objects.create(
            interaction=contact,
            customer=contact.customer,
            owner=contact.agent or self.cast.sam,
            status=status,
            questions=["as_expected"],
            due_at=noon(ago),
            lapses_at=noon(ago) + timedelta(days=14),
            window_start=time(9),
            window_end=time(20),
            max_attempts=2,
            retry_minutes=60,
            review_days=180,
            answered_at=noon(ago) if is_answered else None,
            refused_because="" if status != FollowUpStatus.REFUSED else "No consent",
        )

    def answered(
        self, contact: Interaction, ago: float, *, is_yes: bool = True, score: int | None = None
    ) -> FollowUp:
        """All four questions answered: three times yes or no, and a score."""
        found = self.follow_up(contact, ago)
        for question in ("as_expected", "as_promised", "met_expectations"):
            Answer.objects.create(follow_up=found, question=question, is_yes=is_yes)
        Answer.objects.create(
            follow_up=found,
            question="recommend",
            score=SCORES[is_yes] if score is None else score,
        )
        return found

    def need(
        self,
        person: Customer,
        ago: float | None,
        *,
        status: str = "met",
        contact: Interaction | None = None,
        kind: NeedType | None = None,
    ) -> Need:
        return Need.objects.create(
            customer=person,
            interaction=contact,
            settled_in=contact if ago is not None else None,
            need_type=kind or self.cast.better_return,
            source="stated",
            strength=Decimal(1),
            status="open" if ago is None else status,
            settled_at=None if ago is None else noon(ago),
            settled_because="" if ago is None else "because",
        )

    def promise(
        self,
        person: Customer,
        due: float,
        done: float | None,
        expected: float | None,
        product: Product | None = None,
    ) -> Promise:
        """Times in days ago; done after due means broken."""
        kept = done is not None and done >= due
        return Promise.objects.create(
            customer=person,
            product=product,
            text="Call back",
            owner=self.cast.sam,
            made_at=noon(due + 10),
            due_at=noon(due),
            expected_at=None if expected is None else noon(expected),
            done_at=None if done is None else noon(done),
            status="kept" if kept else "broken",
        )

    def request(
        self, person: Customer, done: float, *, target: float, expected: float
    ) -> ServiceRequest:
        kind: RequestType = self.cast.card_request
        return ServiceRequest.objects.create(
            customer=person,
            request_type=kind,
            subject="Card",
            owner=self.cast.sam,
            status="resolved",
            opened_at=noon(done + 10),
            target_at=noon(target),
            expected_at=noon(expected),
            resolved_at=noon(done),
        )
