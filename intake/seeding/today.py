"""What goes on at Northgate Bank right now? Open contacts, promises due, follow-ups due.

Moments are relative to `now`, so that every clock on the desk runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import AuditEntry, User
from customers.models import Customer
from followups.models import Answer, Attempt, FollowUp, FollowUpPolicy, FollowUpStatus
from interactions.models import (
    ContactReason,
    Direction,
    Interaction,
    Message,
    TimelineEntry,
    TimelineKind,
    WrapUpCode,
)
from needs.models import Need, NeedType
from offers.models import Offer
from products.models import Product
from service.models import Promise, RequestType, ServiceRequest, StatusChange

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def later_today(now: datetime, hour: int) -> datetime:
    """That hour at the bank today; when it is over or near, two hours from now."""
    local = timezone.localtime(now)
    return max(local.replace(hour=hour, minute=0, second=0, microsecond=0), now + 2 * 60 * MINUTE)


@dataclass(slots=True)
class Today:
    """Writes the open ends of the day for customers that have their past already."""

    now: datetime
    staff: dict[str, User]

    def tell(self) -> None:
        self._ada()
        self._ben()
        self._cy()
        self._dorothy()
        self._eve()
        self._others()

    def _ada(self) -> None:
        """Loyal, and on the phone with Sam: 'close my savings account'."""
        ada, sam = self._customer("Ada Byron"), self.staff["sam"]
        self._heard_before(ada, sam)
        mailed = self._contact(
            ada,
            "email",
            "card-not-arrived",
            "where is my card",
            agent=sam,
            opened_at=self.now - DAY,
            lasted=14 * MINUTE,
            wrap_up="promised",
            summary="Card sent again; promised for today.",
            words="I ordered a new card ten days ago. Where is it? Ada Byron",
        )
        request = self._request(
            ada, "card-delivery", "Card not arrived", sam, opened_at=self.now - DAY, by=mailed
        )
        self._promise(request, "Your card is with you", due_at=later_today(self.now, 17))
        call = self._contact(
            ada,
            "voice",
            "close-account",
            "close my savings account",
            agent=sam,
            opened_at=self.now - timedelta(seconds=134),
        )
        call.save_notes(text="Ada wants to close her Instant Saver. ", version=0)

    def _heard_before(self, ada: Customer, sam: User) -> None:
        """Her last follow-up: all as expected, a promoter."""
        earlier = self._contact(
            ada,
            "voice",
            "change-details",
            "new phone number",
            agent=sam,
            opened_at=self.now - 41 * DAY,
            lasted=6 * MINUTE,
            wrap_up="helped",
            summary="Number changed, asked for nothing else.",
        )
        self._answered(earlier, at=self.now - 40 * DAY, is_good=True, score=9)

    def _ben(self) -> None:
        """Leaving, for a reason: charges; a promise to him was broken."""
        ben, sam = self._customer("Ben King"), self.staff["sam"]
        called = self._contact(
            ben,
            "voice",
            "charge-question",
            "charged £12.50 again",
            agent=sam,
            opened_at=self.now - 9 * DAY,
            lasted=8 * MINUTE,
            wrap_up="promised",
            summary="Promised to look into refunding the charge within five days.",
        )
        request = self._request(
            ben,
            "refund-charge",
            "Refund £12.50 charged twice",
            sam,
            opened_at=self.now - 9 * DAY,
            by=called,
        )
        self._promise(request, "You hear about your refund", due_at=self.now - 4 * DAY)
        chat = self._contact(
            ben,
            "chat",
            "close-account",
            "moving to another bank",
            agent=sam,
            opened_at=self.now - 6 * MINUTE,
        )
        for ago, author, body in (
            (6, None, "Hi. I want to close my account and move everything to another bank."),
            (5, sam, "Hello Ben, this is Sam. I am sorry to hear it, and I will help you with it."),
            (
                3,
                None,
                "Two things: nobody came back about the refund, and £12.50 a month is silly.",
            ),
        ):
            Message.objects.create(
                interaction=chat,
                direction=Direction.OUTBOUND if author else Direction.INBOUND,
                author=author,
                body=body,
                sent_at=self.now - ago * MINUTE,
            )

    def _cy(self) -> None:
        """Has permitted nothing but service; a mail waits for somebody."""
        self._contact(
            self._customer("Cy Dunn"),
            "email",
            "savings-rate",
            "interest on my savings",
            agent=None,
            opened_at=self.now - 95 * MINUTE,
            words="What do you pay on savings today? Please answer by e-mail only. Cy Dunn",
        )

    def _dorothy(self) -> None:
        """Vulnerable: offers stay locked, a request goes on."""
        dorothy, rae = self._customer("Dorothy Lane"), self.staff["rae"]
        called = self._contact(
            dorothy,
            "voice",
            "change-details",
            "account in my husband's name",
            agent=rae,
            opened_at=self.now - 2 * DAY,
            lasted=22 * MINUTE,
            wrap_up="promised",
            summary="Account to be changed to her name; she sends the certificate.",
        )
        request = self._request(
            dorothy,
            "change-details",
            "Change the account to her name",
            rae,
            opened_at=self.now - 2 * DAY,
            by=called,
        )
        self._promise(request, "The account is in your name", due_at=later_today(self.now, 18))
        self._contact(
            dorothy,
            "voice",
            "change-details",
            "has the certificate arrived",
            agent=rae,
            opened_at=self.now - 4 * MINUTE,
        )

    def _eve(self) -> None:
        """An open complaint: service comes first; a form waits."""
        eve, rae = self._customer("Eve Nolan"), self.staff["rae"]
        called = self._contact(
            eve,
            "voice",
            "complaint",
            "third time I ask about a refused card",
            agent=rae,
            opened_at=self.now - 5 * DAY,
            lasted=17 * MINUTE,
            wrap_up="promised",
            summary="Complaint taken; answer promised.",
        )
        request = self._request(
            eve,
            "complaint",
            "Card refused abroad three times",
            rae,
            opened_at=self.now - 5 * DAY,
            by=called,
        )
        self._promise(request, "You have our answer", due_at=self.now + 3 * DAY)
        self._contact(
            eve,
            "form",
            "complaint",
            "any news on my complaint?",
            agent=None,
            opened_at=self.now - 38 * MINUTE,
            words="I was promised an answer this week. Is somebody working on it?",
        )

    def _others(self) -> None:
        """Waiting contacts, promises about to break, needs not yet met, follow-ups due."""
        sam, rae, bea = self.staff["sam"], self.staff["rae"], self.staff["bea"]
        for name, channel, reason, subject, minutes, said in (
            ("Farah Aziz", "chat", "payment-failed", "rent did not go out", 3, "My rent bounced!"),
            ("George Pell", "form", "online-access", "locked out of the app", 52, "New phone."),
            ("Lily Chen", "email", "card-abroad", "card for Japan", 140, "Flying on Friday."),
        ):
            opened_at = self.now - minutes * MINUTE
            self._contact(
                self._customer(name),
                channel,
                reason,
                subject,
                agent=None,
                opened_at=opened_at,
                words=said,
            )
        for name, owner, subject, text, due_at in (
            ("Hannah Osei", sam, "Payment shown twice", "We call you back", self.now + 25 * MINUTE),
            (
                "Imran Malik",
                sam,
                "Statement for the landlord",
                "Statement sent",
                self.now + 4 * DAY,
            ),
            ("Jean Crawford", sam, "Direct debit not stopped", "It is stopped", self.now - 3 * DAY),
            ("Kofi Mensah", rae, "Card refused at the till", "We call you back", self.now + DAY),
            ("Alder & Sons Joinery", bea, "Second signature", "Form sent", self.now + 2 * DAY),
        ):
            request = self._request(
                self._customer(name),
                "payment-investigation",
                subject,
                owner,
                opened_at=self.now - 4 * DAY,
            )
            self._promise(request, text, due_at=due_at)
        self._needs_known()
        self._follow_ups_due()

    def _needs_known(self) -> None:
        for name, need, said in (
            ("Marek Nowak", "buying-home", "we are looking at flats in spring"),
            ("Nia Griffiths", "cheaper-borrowing", "the card interest eats me up"),
            ("Oliver Hughes", "better-return", "my savings earn next to nothing"),
        ):
            customer = self._customer(name)
            Need.objects.get_or_create(
                customer=customer,
                need_type=NeedType.objects.get(code=need),
                status="open",
                defaults={
                    "source": "stated",
                    "strength": Decimal("0.90"),
                    "evidence": said,
                    "stated_at": self.now - 12 * DAY,
                },
            )
        later = self._contact(
            self._customer("Priya Raman"),
            "voice",
            "savings-rate",
            "where to put £5,000",
            agent=self.staff["sam"],
            opened_at=self.now - 19 * DAY,
            lasted=9 * MINUTE,
            wrap_up="answered",
            summary="Wants to decide about Saver Plus next month.",
        )
        Offer.objects.create(
            customer=later.customer,
            interaction=later,
            product=Product.objects.get(code="saver-plus"),
            status="later",
            later_on=timezone.localdate(self.now) + 11 * DAY,
            benefit=Decimal("125.00"),
            benefit_sentence="£5,000.00 × (3.10 % − 0.60 %) = £125.00 a year",
            presented_at=later.opened_at,
            answered_at=later.closed_at,
            answered_by=self.staff["sam"],
        )

    def _follow_ups_due(self) -> None:
        """Contacts of this day that are asked about now: the sweep makes them ready to call."""
        for name, agent, reason, subject, hours in (
            ("Quentin Blythe", "sam", "card-lost", "lost my card on the train", 3),
            ("Rosa Delgado", "sam", "payment-failed", "transfer never arrived", 5),
            ("Stefan Popescu", "rae", "charge-question", "what is this £5 charge", 4),
            ("Bluebell Nursery", "bea", "business-account", "charges for paying in cash", 6),
        ):
            customer, owner = self._customer(name), self.staff[agent]
            contact = self._contact(
                customer,
                "voice",
                reason,
                subject,
                agent=owner,
                opened_at=self.now - hours * 60 * MINUTE,
                lasted=7 * MINUTE,
                wrap_up="promised",
                summary="Promised to have it done by today.",
            )
            Promise.objects.create(
                customer=customer,
                interaction=contact,
                text="It is done by today",
                owner=owner,
                made_at=contact.opened_at,
                due_at=self.now - 10 * MINUTE,
                status="kept",
                done_at=self.now - 60 * MINUTE,
            )
            self._planned(contact, due_at=self.now - 2 * MINUTE)

    def _customer(self, name: str) -> Customer:
        return Customer.objects.select_related("team").get(source="seed", name=name)

    def _contact(
        self,
        customer: Customer,
        channel: str,
        reason: str,
        subject: str,
        *,
        agent: User | None,
        opened_at: datetime,
        lasted: timedelta | None = None,
        wrap_up: str = "",
        summary: str = "",
        words: str = "",
    ) -> Interaction:
        """A contact as it stands: open, or closed after `lasted` with its timeline entry."""
        closed_at = opened_at + lasted if lasted else None
        interaction = Interaction.objects.create(
            customer=customer,
            channel=channel,
            contact_reason=ContactReason.objects.get(code=reason),
            subject=subject,
            agent=agent,
            opened_at=opened_at,
            closed_at=closed_at,
            wrap_up_code=WrapUpCode.objects.get(code=wrap_up) if wrap_up else None,
            summary=summary,
        )
        if words:
            Message.objects.create(
                interaction=interaction, direction=Direction.INBOUND, body=words, sent_at=opened_at
            )
        AuditEntry.record(by=agent, verb="interaction opened", subject=interaction)
        if closed_at:
            AuditEntry.record(by=agent, verb="interaction closed", subject=interaction)
            self._line(interaction, TimelineKind.CONTACT, opened_at, subject, summary)
        return interaction

    def _line(
        self, interaction: Interaction, kind: str, at: datetime, title: str, detail: str = ""
    ) -> None:
        TimelineEntry.write(
            customer_id=interaction.customer_id,
            kind=kind,
            at=at,
            title=title,
            detail=detail,
            channel=interaction.channel if kind == TimelineKind.CONTACT else "",
            interaction_id=interaction.pk,
        )

    def _request(
        self,
        customer: Customer,
        kind: str,
        subject: str,
        owner: User,
        *,
        opened_at: datetime,
        by: Interaction | None = None,
    ) -> ServiceRequest:
        request_type = RequestType.objects.get(code=kind)
        request = ServiceRequest.objects.create(
            customer=customer,
            interaction=by,
            request_type=request_type,
            subject=subject,
            status="in_progress",
            owner=owner,
            opened_at=opened_at,
            target_at=opened_at + timedelta(days=float(request_type.target_days)),
            expected_at=opened_at + timedelta(days=float(request_type.expected_days)),
        )
        for before, after, minutes in (("", "open", 0), ("open", "in_progress", 12)):
            StatusChange.objects.create(
                request=request,
                from_status=before,
                to_status=after,
                at=opened_at + minutes * MINUTE,
                by=owner,
            )
        AuditEntry.record(by=owner, verb="request opened", subject=request)
        TimelineEntry.write(
            customer_id=customer.pk,
            kind=TimelineKind.REQUEST,
            at=opened_at,
            title=f"Request opened: {subject}",
            interaction_id=by.pk if by else None,
        )
        return request

    def _promise(self, request: ServiceRequest, text: str, *, due_at: datetime) -> None:
        made_at = request.opened_at + MINUTE
        promise = Promise.objects.create(
            customer=request.customer,
            request=request,
            interaction=request.interaction,
            text=text,
            owner=request.owner,
            made_at=made_at,
            due_at=due_at,
            expected_at=request.expected_at,
            status="open" if due_at > self.now else "broken",
        )
        AuditEntry.record(by=request.owner, verb="promise made", subject=promise)
        TimelineEntry.write(
            customer_id=request.customer_id,
            kind=TimelineKind.PROMISE,
            at=made_at,
            title=f"Promised: {text}",
            interaction_id=request.interaction_id,
        )

    def _planned(self, contact: Interaction, *, due_at: datetime) -> FollowUp:
        policy = FollowUpPolicy.objects.get(contact_reason=None)
        assert contact.agent is not None
        return FollowUp.objects.create(
            interaction=contact,
            customer=contact.customer,
            policy=policy,
            owner=contact.agent,
            questions=policy.questions,
            due_at=due_at,
            lapses_at=due_at + timedelta(days=policy.lapse_days),
            window_start=time(8),
            window_end=time(21),
            max_attempts=policy.max_attempts,
            retry_minutes=policy.retry_minutes,
            review_days=policy.review_days,
        )

    def _answered(
        self, contact: Interaction, *, at: datetime, is_good: bool, score: int
    ) -> FollowUp:
        follow_up = self._planned(contact, due_at=at)
        assert contact.agent is not None
        call = Interaction.objects.create(
            customer=contact.customer,
            channel="voice",
            direction=Direction.OUTBOUND,
            subject=f"Follow-up: {contact.subject}",
            agent=contact.agent,
            is_follow_up=True,
            opened_at=at,
            closed_at=at + 3 * MINUTE,
            wrap_up_code=WrapUpCode.objects.get(code="answered"),
            summary="Asked how it went.",
        )
        Attempt.objects.create(
            follow_up=follow_up,
            number=1,
            call=call,
            by=contact.agent,
            gateway="own_phone",
            started_at=at,
            ended_at=at + 3 * MINUTE,
            outcome="reached",
        )
        for question in ("as_expected", "as_promised", "met_expectations"):
            Answer.objects.create(follow_up=follow_up, question=question, is_yes=is_good, at=at)
        Answer.objects.create(follow_up=follow_up, question="recommend", score=score, at=at)
        FollowUp.objects.filter(pk=follow_up.pk).update(
            status=FollowUpStatus.ANSWERED, answered_at=at, attempts_made=1, ready_at=at, call=call
        )
        word = "as expected" if is_good else "not as expected"
        self._line(call, TimelineKind.FOLLOW_UP, at, f"Follow-up: {word}, recommends us {score}")
        return follow_up
