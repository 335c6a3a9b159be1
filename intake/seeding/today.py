"""What goes on at Northgate Bank right now? Open contacts, promises due, follow-ups due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from customers.models import Customer
from intake.seeding import told
from intake.seeding.records import answered, asked_later, contact, promise, request
from intake.seeding.told import DAY, HOUR, MINUTE, Owed, Told
from interactions.models import Direction, Interaction, Message
from needs.models import Need, NeedsReview, NeedType
from offers.models import Offer
from offers.outcomes import ask_again
from products.models import Product
from service.models import Promise


@dataclass(slots=True)
class Today:
    """Writes the open ends of the day for customers that have their past already."""

    now: datetime
    staff: dict[str, User]

    def tell(self) -> None:
        for entry in told.CONTACTS:
            self._contact(entry)
        for name, owner, owed in told.UNDER_WAY:
            self._owed(owed, self._customer(name), self.staff[owner], self.now - 4 * DAY)
        for name, need, said in told.NEEDS:
            self._need(self._customer(name), need, said)
        self._offer_later(self._contact(told.OFFERED_LATER))
        for entry in told.ASKED_NOW:
            self._asked_now(self._contact(entry))

    def _customer(self, name: str) -> Customer:
        return Customer.objects.select_related("team").get(source="seed", name=name)

    def _contact(self, entry: Told) -> Interaction:
        """The contact as it stands, with what was said, promised and answered."""
        opened_at, agent = self.now - entry.ago, self.staff.get(entry.agent)
        found = contact(entry, self._customer(entry.customer), agent, opened_at)
        for said in entry.said:
            Message.objects.create(
                interaction=found,
                direction=Direction.OUTBOUND if said.agent else Direction.INBOUND,
                author=self.staff.get(said.agent),
                body=said.words,
                sent_at=opened_at if said.ago is None else self.now - said.ago,
            )
        if entry.notes:
            found.save_notes(text=entry.notes, version=0)
        if entry.owed and agent:
            self._owed(entry.owed, found.customer, agent, opened_at, found)
        if entry.score is not None:
            answered(found, at=opened_at + DAY, score=entry.score)
        return found

    def _owed(
        self,
        owed: Owed,
        customer: Customer,
        owner: User,
        opened_at: datetime,
        by: Interaction | None = None,
    ) -> None:
        asked = request(owed, customer, owner, opened_at=opened_at, by=by)
        promise(asked, owed.promise, due_at=self._due_at(owed), now=self.now)

    def _due_at(self, owed: Owed) -> datetime:
        """An hour of today that is over or near becomes two hours from now."""
        if owed.due_hour is None:
            return self.now + owed.due
        local = timezone.localtime(self.now)
        wanted = local.replace(hour=owed.due_hour, minute=0, second=0, microsecond=0)
        return max(wanted, self.now + 2 * HOUR)

    def _need(self, customer: Customer, need: str, said: str) -> None:
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

    def _offer_later(self, talk: Interaction) -> None:
        assert talk.agent is not None
        offer = Offer.objects.create(
            customer=talk.customer,
            interaction=talk,
            product=Product.objects.get(code="saver-plus"),
            status="later",
            later_on=timezone.localdate(self.now) + 11 * DAY,
            benefit=Decimal("125.00"),
            benefit_sentence="£5,000.00 × (3.10 % − 0.60 %) = £125.00 a year",
            presented_at=talk.opened_at,
            answered_at=talk.closed_at,
            answered_by=talk.agent,
        )
        review = ask_again(offer, interaction=talk, by=talk.agent)
        NeedsReview.objects.filter(pk=review.pk).update(created_at=talk.closed_at)

    def _asked_now(self, talk: Interaction) -> None:
        """What was promised in it is done; its follow-up is due."""
        assert talk.agent is not None
        Promise.objects.create(
            customer=talk.customer,
            interaction=talk,
            text="It is done by today",
            owner=talk.agent,
            made_at=talk.opened_at,
            due_at=self.now - 10 * MINUTE,
            status="kept",
            done_at=self.now - 60 * MINUTE,
        )
        asked_later(talk, due_at=self.now - 2 * MINUTE)
