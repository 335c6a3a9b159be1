"""What is to be done for a customer, whose is it, and where does it stand?"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from interactions.models import Interaction, TimelineEntry, TimelineKind
from products.models import Product
from service.models.request_type import RequestType
from service.models.status import LIVE, STEPS, PromiseStatus, RequestStatus
from service.signals import request_moved

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from service.models.promise import Promise


class PromiseStillOpen(RuleBroken):
    def __init__(self, count: int) -> None:
        promises = "1 promise is" if count == 1 else f"{count} promises are"
        super().__init__(
            f"{promises} still open on this request. Keep or withdraw them, then resolve it."
        )


class RequestMovedOn(Conflict):
    def __init__(self) -> None:
        super().__init__("This request was changed by somebody else. Look again and repeat.")


class RequestEnded(Conflict):
    def __init__(self) -> None:
        super().__init__("This request has ended already. Take it up again, then promise.")


class ServiceRequestQuerySet(TeamScopedQuerySet["ServiceRequest"]):
    def open(self) -> Self:
        return self.filter(status__in=LIVE)

    def of(self, customer: Customer) -> Self:
        return self.filter(customer=customer)

    def owned_by(self, owner: User) -> Self:
        return self.filter(owner=owner)

    def complaints(self) -> Self:
        return self.filter(request_type__is_complaint=True)


class ServiceRequest(models.Model):
    """Something to be done for a customer: owned, with a target and a history.

    A request opened by a bad answer `needs_confirmation`: it is resolved by us and closed only
    by the customer's word.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    request_type = models.ForeignKey(RequestType, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    subject = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=20, choices=RequestStatus, default=RequestStatus.OPEN)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    needs_confirmation = models.BooleanField(default=False)
    is_priority = models.BooleanField(
        default=False, help_text="We said that it was fixed, and the customer says that it is not."
    )
    opened_at = models.DateTimeField(default=timezone.now)
    target_at = models.DateTimeField()
    expected_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    promises: RelatedManager[Promise]
    status_changes: RelatedManager[StatusChange]

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="request_status_known", condition=Q(status__in=RequestStatus.values)
            ),
            models.CheckConstraint(
                name="request_resolved_has_time",
                condition=Q(status__in=[*LIVE, RequestStatus.WITHDRAWN])
                | Q(resolved_at__isnull=False),
            ),
            models.CheckConstraint(name="request_subject_given", condition=~Q(subject="")),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer", "target_at"],
                name="request_open_of_customer",
                condition=Q(status__in=LIVE),
            ),
            models.Index(
                fields=["owner", "target_at"],
                name="request_open_of_owner",
                condition=Q(status__in=LIVE),
            ),
            models.Index(fields=["customer", "-opened_at"], name="request_of_customer"),
            models.Index(fields=["opened_at"], name="request_opened"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    @classmethod
    def open_request(
        cls,
        *,
        customer: Customer,
        request_type: RequestType,
        subject: str,
        owner: User,
        by: User | None,
        interaction: Interaction | None = None,
        product: Product | None = None,
        description: str = "",
        needs_confirmation: bool = False,
        expected_days: int | None = None,
    ) -> ServiceRequest:
        """Open an owned request whose target and expectation are counted from now.

        What needs the customer's confirmation has the customer's expectation as its target, too:
        `expected_days` as they said it, else the type's.
        """
        now = timezone.now()
        expected = expected_within(request_type, days=expected_days)
        target = expected if needs_confirmation else _days(request_type.target_days)
        with transaction.atomic():
            request = cls.objects.create(
                customer=customer,
                interaction=interaction,
                request_type=request_type,
                product=product,
                subject=subject,
                description=description,
                owner=owner,
                needs_confirmation=needs_confirmation,
                opened_at=now,
                target_at=now + target,
                expected_at=now + expected,
            )
            StatusChange.objects.create(request=request, to_status=request.status, by=by, at=now)
            request._tell(by=by, verb="request opened", title=f"Request opened: {subject}")
        return request

    def move(self, *, to: str, by: User | None, note: str = "") -> None:
        """Take the request to another status, with its history entry.

        Raises PromiseStillOpen when it would be resolved over an open promise, RequestMovedOn
        when the step is not possible from where the request now stands.
        """
        with transaction.atomic():
            current = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if to not in STEPS[current.status]:
                raise RequestMovedOn
            if to in (RequestStatus.RESOLVED, RequestStatus.WITHDRAWN):
                open_promises = self.promises.filter(status=PromiseStatus.OPEN).count()
                if open_promises:
                    raise PromiseStillOpen(open_promises)
            now = timezone.now()
            resolved_at = {
                RequestStatus.RESOLVED: now,
                RequestStatus.CLOSED: current.resolved_at or now,
                RequestStatus.NOT_CONFIRMED: current.resolved_at or now,
            }.get(RequestStatus(to))
            ServiceRequest.objects.filter(pk=self.pk).update(status=to, resolved_at=resolved_at)
            StatusChange.objects.create(
                request=self, from_status=current.status, to_status=to, by=by, at=now, note=note
            )
            self.status, self.resolved_at = to, resolved_at
            self._tell(
                by=by,
                verb=f"request {to}",
                title=f"Request {RequestStatus(to).label.lower()}: {self.subject}",
                detail=note,
            )
            request_moved.send(ServiceRequest, request=self, before=current.status)

    def give_up_confirming(self, *, because: str) -> bool:
        """Resolved, and the customer never said whether: closed as what it is."""
        with transaction.atomic():
            rows = ServiceRequest.objects.filter(pk=self.pk, status=RequestStatus.RESOLVED)
            closed = rows.update(status=RequestStatus.NOT_CONFIRMED)
            if closed:
                StatusChange.objects.create(
                    request=self,
                    from_status=RequestStatus.RESOLVED,
                    to_status=RequestStatus.NOT_CONFIRMED,
                    note=because[:300],
                )
                self.status = RequestStatus.NOT_CONFIRMED
                self._tell(
                    by=None,
                    verb="request not confirmed",
                    title=f"Request closed, not confirmed: {self.subject}",
                    detail=because,
                )
        return bool(closed)

    def reopen(self, *, note: str) -> None:
        """It is not fixed, says the customer: back to its owner, before everything else."""
        with transaction.atomic():
            self.move(to=RequestStatus.IN_PROGRESS, by=None, note=note[:300])
            now = timezone.now()
            ServiceRequest.objects.filter(pk=self.pk).update(
                is_priority=True, target_at=Least(F("target_at"), now)
            )
            self.refresh_from_db(fields=["is_priority", "target_at"])
            panel_changed(panel="console.my_work", user_ids=[self.owner_id])

    def add_words(self, words: str) -> bool:
        """The customer adds what else is wrong; false when the request is over.

        One that we thought resolved is taken up again.
        """
        with transaction.atomic():
            current = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if current.status not in (*LIVE, RequestStatus.RESOLVED):
                return False
            description = f"{current.description}\n{words}".strip()
            ServiceRequest.objects.filter(pk=self.pk).update(description=description)
            self.description = description
            if current.status == RequestStatus.RESOLVED:
                self.reopen(note="Something else is wrong, says the customer")
            self._tell(
                by=None,
                verb="request added to",
                title=f"Customer adds to request: {self.subject}",
                detail=words,
            )
            panel_changed(panel="console.my_work", user_ids=[self.owner_id])
        return True

    def hold_open(self) -> None:
        """Keep the request as it is until the transaction ends. Raises RequestEnded."""
        held = ServiceRequest.objects.select_for_update(of=("self",), no_key=True)
        if held.open().filter(pk=self.pk).first() is None:
            raise RequestEnded

    def give_to(self, *, owner: User, by: User) -> bool:
        """Change the owner; false when it is theirs already."""
        with transaction.atomic():
            given = (
                ServiceRequest.objects.filter(pk=self.pk).exclude(owner=owner).update(owner=owner)
            )
            if given:
                self.owner = owner
                AuditEntry.record(
                    by=by, verb="request given", subject=self, detail={"owner": owner.pk}
                )
                panel_changed(panel="console.my_work", user_ids=[owner.pk, by.pk])
        return bool(given)

    def _tell(self, *, by: User | None, verb: str, title: str, detail: str = "") -> None:
        TimelineEntry.write(
            customer_id=self.customer_id,
            kind=TimelineKind.REQUEST,
            title=title,
            detail=detail,
            interaction_id=self.interaction_id,
        )
        AuditEntry.record(by=by, verb=verb, subject=self)
        panel_changed(
            panel="service.requests",
            customer_id=self.customer_id,
            user_ids={self.owner_id} | ({by.pk} if by else set()),
        )


def expected_within(request_type: RequestType, *, days: int | None = None) -> timedelta:
    """How long it may take by the customer's yardstick: as they said, else as for that type."""
    return _days(request_type.expected_days if days is None else days)


def _days(number: Decimal | int) -> timedelta:
    """Zero days are the same day: half of one."""
    return timedelta(days=float(number) or 0.5)


class StatusChange(models.Model):
    """One step in a request's history."""

    request = models.ForeignKey(
        ServiceRequest, on_delete=models.CASCADE, related_name="status_changes"
    )
    from_status = models.CharField(max_length=20, choices=RequestStatus, blank=True)
    to_status = models.CharField(max_length=20, choices=RequestStatus)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
