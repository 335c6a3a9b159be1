"""A busy centre in small: whatever can happen to raw rows, at random, early and late."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, models

from accounts.models import Team
from customers.models import Customer, Holding
from followups.models import Answer, FollowUp
from interactions.models import ContactReason, Interaction, WrapUpCode
from needs.models import Need, NeedType
from products.models import Product
from service.models import Promise, ServiceRequest
from tests.insights.scene import Scene, day, noon

BECAUSE = ["better rate elsewhere", "moved away", "fee", "bad service"]


class Activity:
    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene, self.random = scene, random.Random(seed)
        self.verbs: list[Callable[[], object]] = [
            value
            for name in sorted(vars(type(self)))
            if not name.startswith("_") and name != "happens"
            for value in [getattr(self, name)]
        ]
        self.first = self.random.sample(self.verbs, len(self.verbs))

    def happens(self, times: int) -> None:
        """So many things at random, and at first each thing once."""
        while self.first:
            self.first.pop()()
        for _ in range(times):
            self.random.choice(self.verbs)()

    def _any(self, model: type[models.Model], **only: Any) -> Any:
        pks = list(
            model._default_manager.filter(**only).order_by("pk").values_list("pk", flat=True)
        )
        return model._default_manager.get(pk=self.random.choice(pks)) if pks else None

    def _ago(self) -> int:
        return self.random.randint(0, 75)

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def customer_joins(self) -> None:
        person = self.scene.customer(f"Customer {self.random.random()}", self._any(Team))
        for _ in range(self.random.randint(1, 3)):
            self._holding(person)

    def holding_opens(self) -> None:
        self._holding(self._any(Customer))

    def _holding(self, person: Customer) -> None:
        opened = self._ago()
        until = self.random.randint(0, opened) if self._chance(0.4) else None
        because = self.random.choice(BECAUSE)
        self.scene.holds(person, opened, until, product=self._any(Product), because=because)

    def holding_ends(self) -> None:
        if holding := self._any(Holding, cancelled_on=None):
            latest = max((day(0) - holding.opened_on).days, 0)
            holding.cancelled_on = day(self.random.randint(0, min(latest, 75)))
            holding.cancelled_because = self.random.choice(BECAUSE)
            holding.save()

    def holding_goes_on(self) -> None:
        found = Holding.objects.exclude(cancelled_on=None).order_by("pk").first()
        if found:
            Holding.objects.filter(pk=found.pk).update(cancelled_on=None, cancelled_because="")

    def holding_is_corrected(self) -> None:
        if holding := self._any(Holding):
            earlier = holding.opened_on - timedelta(days=self.random.randint(0, 20))
            Holding.objects.filter(pk=holding.pk).update(
                opened_on=earlier, product=self._any(Product)
            )

    def holding_is_removed(self) -> None:
        if self._chance(0.5) and (holding := self._any(Holding)):
            holding.delete()

    def contacts_happen(self) -> None:
        for _ in range(5):
            person = self._any(Customer)
            ago = self._ago() + self.random.random()
            contact = self.scene.contact(
                person,
                ago,
                reason=self._any(ContactReason),
                code=self._any(WrapUpCode),
                direction=self.random.choice(["inbound", "inbound", "outbound"]),
                is_follow_up=self._chance(0.1),
            )
            if self._chance(0.6):
                self._follow_up(contact, ago)

    def contact_is_repeated(self) -> None:
        if contact := self._any(Interaction, contact_reason__isnull=False):
            again = contact.opened_at + timedelta(days=self.random.choice([1, 6, 7, 8]))
            Interaction.objects.bulk_create(
                [
                    Interaction(
                        customer_id=contact.customer_id,
                        channel="chat",
                        contact_reason_id=contact.contact_reason_id,
                        opened_at=again,
                    )
                ]
            )

    def contact_is_wrapped_up(self) -> None:
        if contact := self._any(Interaction, closed_at=None):
            contact.closed_at = contact.opened_at + timedelta(hours=self.random.randint(0, 60))
            contact.wrap_up_code = self._any(WrapUpCode)
            contact.save()

    def contact_is_corrected(self) -> None:
        if contact := self._any(Interaction):
            Interaction.objects.filter(pk=contact.pk).update(
                customer=self._any(Customer), contact_reason=self._any(ContactReason)
            )

    def contact_is_removed(self) -> None:
        if self._chance(0.4) and (contact := self._any(Interaction)):
            contact.delete()

    def _follow_up(self, contact: Interaction, ago: float) -> None:
        asked = max(ago - self.random.random() * 10, 0)
        if self._chance(0.7):
            score = self.random.randint(0, 10)
            self.scene.answered(contact, asked, is_yes=self._chance(0.7), score=score)
        else:
            status = self.random.choice(["planned", "refused", "unreachable", "lapsed"])
            self.scene.follow_up(contact, asked, status=status)

    def follow_up_moves_on(self) -> None:
        if follow_up := self._any(FollowUp, status="planned"):
            follow_up.status = self.random.choice(["unreachable", "lapsed", "answered"])
            follow_up.due_at += timedelta(days=self.random.randint(0, 3))
            follow_up.answered_at = follow_up.due_at if follow_up.status == "answered" else None
            follow_up.save()

    def answer_is_corrected(self) -> None:
        if answer := self._any(Answer, question="recommend"):
            Answer.objects.filter(pk=answer.pk).update(score=self.random.randint(0, 10))
        if answer := self._any(Answer, question="as_expected"):
            answer.is_yes = not answer.is_yes
            answer.save()

    def answer_is_removed(self) -> None:
        if self._chance(0.3) and (answer := self._any(Answer)):
            answer.delete()

    def need_is_settled(self) -> None:
        contact = self._any(Interaction)
        person = contact.customer if contact else self._any(Customer)
        self.scene.need(
            person,
            self._ago(),
            status=self.random.choice(["met", "met", "unmet", "missed"]),
            contact=contact if self._chance(0.8) else None,
            kind=self._any(NeedType),
        )

    def need_of_a_leaver_is_met(self) -> None:
        if contact := self._any(Interaction, contact_reason__intent="cancel"):
            self.scene.need(contact.customer, self._ago(), contact=contact)

    def need_is_corrected(self) -> None:
        if need := self._any(Need, settled_at__isnull=False):
            changes = {"need_type": self._any(NeedType), "settled_at": noon(self._ago())}
            Need.objects.filter(pk=need.pk).update(**changes)

    def promise_falls_due(self) -> None:
        due = self._ago()
        for expected in (None, due + 1, due + 5):
            done = self.random.choice([None, due + 2, due - 0.5])
            product = self._any(Product) if self._chance(0.5) else None
            self.scene.promise(self._any(Customer), due, done, expected, product=product)

    def promise_is_corrected(self) -> None:
        if promise := self._any(Promise):
            promise.expected_at = noon(self._ago())
            promise.request = self._any(ServiceRequest)
            promise.save()

    def request_is_done(self) -> None:
        ago = self._ago()
        request = self.scene.request(
            self._any(Customer), ago, target=ago + self.random.randint(-3, 3), expected=ago + 1
        )
        if self._chance(0.5):
            ServiceRequest.objects.filter(pk=request.pk).update(product=self._any(Product))

    def request_is_taken_up_again(self) -> None:
        if request := self._any(ServiceRequest, status="resolved"):
            request.status, request.resolved_at = "open", None
            request.save()

    def customer_moves_to_another_team(self) -> None:
        if self._chance(0.5):
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE customers_customer SET team_id = %s WHERE id = %s",
                    [self._any(Team).pk, self._any(Customer).pk],
                )

    def meaning_is_corrected(self) -> None:
        if self._chance(0.2):
            code = self._any(WrapUpCode)
            outcome = self.random.choice(["resolved", "unresolved", "not_reached"])
            WrapUpCode.objects.filter(pk=code.pk).update(outcome=outcome)
            reason = self._any(ContactReason)
            intent = self.random.choice(["cancel", "request"])
            ContactReason.objects.filter(pk=reason.pk).update(intent=intent)

    def customer_is_forgotten(self) -> None:
        if self._chance(0.2) and (person := self._any(Customer, consents=None)):
            person.delete()
