"""What is to be done for customers, what did we promise, and by when?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from interactions.models import Interaction, TimelineEntry, TimelineKind
from products.models import Product

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class PromiseInThePast(RuleBroken):
    def __init__(self) -> None:
        super().__init__("A promise needs a time still to come. Choose a later date or time.")


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


class PromiseSettled(Conflict):
    def __init__(self) -> None:
        super().__init__("This promise is settled already.")


class RequestType(models.Model):
    """A kind of request with our target and the customers' expectation, both in days."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    target_days = models.DecimalField(
        max_digits=5, decimal_places=2, validators=[MinValueValidator(0)]
    )
    expected_days = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0)],
        help_text="How long customers think it should take.",
    )
    is_complaint = models.BooleanField(default=False)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class RequestStatus(models.TextChoices):
    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    WAITING = "waiting", "Waiting for the customer"
    RESOLVED = "resolved", "Resolved"
    CLOSED = "closed", "Confirmed by the customer"
    WITHDRAWN = "withdrawn", "Withdrawn"


LIVE = (RequestStatus.OPEN, RequestStatus.IN_PROGRESS, RequestStatus.WAITING)

STEPS: dict[str, tuple[str, ...]] = {
    RequestStatus.OPEN: (
        RequestStatus.IN_PROGRESS,
        RequestStatus.WAITING,
        RequestStatus.RESOLVED,
        RequestStatus.WITHDRAWN,
    ),
    RequestStatus.IN_PROGRESS: (
        RequestStatus.WAITING,
        RequestStatus.RESOLVED,
        RequestStatus.WITHDRAWN,
    ),
    RequestStatus.WAITING: (
        RequestStatus.IN_PROGRESS,
        RequestStatus.RESOLVED,
        RequestStatus.WITHDRAWN,
    ),
    RequestStatus.RESOLVED: (RequestStatus.CLOSED, RequestStatus.IN_PROGRESS),
    RequestStatus.CLOSED: (RequestStatus.IN_PROGRESS,),
    RequestStatus.WITHDRAWN: (RequestStatus.IN_PROGRESS,),
}


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
    ) -> ServiceRequest:
        """Open an owned request whose target and expectation are counted from now."""
        now = timezone.now()
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
                target_at=now + timedelta(days=float(request_type.target_days)),
                expected_at=now + timedelta(days=float(request_type.expected_days)),
            )
            StatusChange.objects.create(request=request, to_status=request.status, by=by, at=now)
            request._tell(by=by, verb="request opened", title=f"Request opened: {subject}")
        return request

    def move(self, *, to: str, by: User, note: str = "") -> None:
        """Take the request to another status, with its history entry.

        Raises PromiseStillOpen when it would be resolved over an open promise, RequestMovedOn
        when the step is not possible from where the request now stands.
        """
        with transaction.atomic():
            current = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if to not in STEPS[current.status]:
                raise RequestMovedOn
            if to in (RequestStatus.RESOLVED, RequestStatus.WITHDRAWN):
                open_promises = Promise.objects.open().filter(request=self).count()
                if open_promises:
                    raise PromiseStillOpen(open_promises)
            now = timezone.now()
            resolved_at = {
                RequestStatus.RESOLVED: now,
                RequestStatus.CLOSED: current.resolved_at or now,
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


class PromiseStatus(models.TextChoices):
    OPEN = "open", "Open"
    KEPT = "kept", "Kept"
    BROKEN = "broken", "Broken"
    WITHDRAWN = "withdrawn", "Withdrawn"


class PromiseQuerySet(TeamScopedQuerySet["Promise"]):
    def open(self) -> Self:
        return self.filter(status=PromiseStatus.OPEN)

    def broken(self) -> Self:
        return self.filter(status=PromiseStatus.BROKEN)

    def owed(self) -> Self:
        """Open, or broken and still not done: somebody has to act."""
        return self.filter(
            Q(status=PromiseStatus.OPEN) | Q(status=PromiseStatus.BROKEN, done_at=None)
        )

    def of(self, customer: Customer) -> Self:
        return self.filter(customer=customer)

    def owned_by(self, owner: User) -> Self:
        return self.filter(owner=owner)

    def break_overdue(self, *, at: datetime, batch: int = 500) -> int:
        """Mark open promises whose time has passed as broken, with their history; how many.

        Each batch is claimed FOR UPDATE SKIP LOCKED and committed, so that two sweeps at once
        write every entry once, and a killed one loses nothing.
        """
        broken = 0
        while claimed := self._break_batch(at=at, batch=batch):
            broken += claimed
        return broken

    def _break_batch(self, *, at: datetime, batch: int) -> int:
        with transaction.atomic():
            late = list(
                self.open()
                .filter(due_at__lt=at)
                .order_by("due_at", "pk")
                .select_for_update(skip_locked=True)[:batch]
            )
            Promise.objects.filter(pk__in=[promise.pk for promise in late]).update(
                status=PromiseStatus.BROKEN
            )
            TimelineEntry.objects.bulk_create(
                TimelineEntry(
                    customer_id=promise.customer_id,
                    interaction_id=promise.interaction_id,
                    kind=TimelineKind.PROMISE,
                    at=promise.due_at,
                    title=f"Promise broken: {promise.text}"[:200],
                )
                for promise in late
            )
            AuditEntry.objects.bulk_create(
                AuditEntry(
                    verb="promise broken",
                    subject_type=Promise._meta.label_lower,
                    subject_id=promise.pk,
                )
                for promise in late
            )
            owners = {promise.owner_id for promise in late}
            panel_changed(panel="service.requests", user_ids=owners)
            panel_changed(panel="console.my_work", user_ids=owners)
        return len(late)


class Promise(models.Model):
    """What we said we would do, by when, and who owns it.

    A promise done after its time stays broken; `done_at` tells when it was done all the same.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    request = models.ForeignKey(
        ServiceRequest, null=True, blank=True, on_delete=models.CASCADE, related_name="promises"
    )
    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    expected_at = models.DateTimeField(
        null=True, blank=True, help_text="When the customer thinks it should be done."
    )
    status = models.CharField(max_length=20, choices=PromiseStatus, default=PromiseStatus.OPEN)
    done_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="promise_status_known", condition=Q(status__in=PromiseStatus.values)
            ),
            models.CheckConstraint(
                name="promise_kept_has_time",
                condition=~Q(status=PromiseStatus.KEPT) | Q(done_at__isnull=False),
            ),
            models.CheckConstraint(name="promise_text_given", condition=~Q(text="")),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer", "due_at"],
                name="promise_owed_to_customer",
                condition=Q(status__in=["open", "broken"], done_at=None),
            ),
            models.Index(
                fields=["owner", "due_at"],
                name="promise_owed_by_owner",
                condition=Q(status__in=["open", "broken"], done_at=None),
            ),
            models.Index(fields=["due_at"], name="promise_open_due", condition=Q(status="open")),
        ]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def make(
        cls,
        *,
        customer: Customer,
        text: str,
        due_at: datetime,
        owner: User,
        by: User,
        request: ServiceRequest | None = None,
        interaction: Interaction | None = None,
        product: Product | None = None,
        expected_at: datetime | None = None,
    ) -> Promise:
        """Put a promise on the ledger. Raises PromiseInThePast, or RequestEnded.

        The request is held meanwhile, so that nobody resolves it over this promise.
        """
        if due_at <= timezone.now():
            raise PromiseInThePast
        with transaction.atomic():
            if request is not None:
                request.hold_open()
            promise = cls.objects.create(
                customer=customer,
                request=request,
                interaction=interaction,
                product=product,
                text=text,
                due_at=due_at,
                owner=owner,
                expected_at=expected_at or (request.expected_at if request else None),
            )
            promise._tell(by=by, verb="promise made", title=f"Promised: {text}")
        return promise

    def keep(self, *, by: User) -> None:
        """Say that it is done: kept when in time, else done late. Raises PromiseSettled."""
        now = timezone.now()
        with transaction.atomic():
            kept = Promise.objects.open().filter(pk=self.pk, due_at__gte=now)
            if kept.update(status=PromiseStatus.KEPT, done_at=now):
                self.status, self.done_at = PromiseStatus.KEPT, now
                self._tell(by=by, verb="promise kept", title=f"Promise kept: {self.text}")
                return
            late = Promise.objects.owed().filter(pk=self.pk)
            if not late.update(status=PromiseStatus.BROKEN, done_at=now):
                raise PromiseSettled
            self.status, self.done_at = PromiseStatus.BROKEN, now
            self._tell(by=by, verb="promise done late", title=f"Promise done late: {self.text}")

    def withdraw(self, *, by: User, because: str) -> None:
        """Take the promise back, with the reason the customer was given. Raises PromiseSettled."""
        if not because.strip():
            raise RuleBroken("Give the reason that the customer was told, then withdraw it.")
        with transaction.atomic():
            withdrawn = (
                Promise.objects.open()
                .filter(pk=self.pk)
                .update(status=PromiseStatus.WITHDRAWN, withdrawn_because=because)
            )
            if not withdrawn:
                raise PromiseSettled
            self.status, self.withdrawn_because = PromiseStatus.WITHDRAWN, because
            self._tell(
                by=by,
                verb="promise withdrawn",
                title=f"Promise withdrawn: {self.text}",
                detail=because,
            )

    def _tell(self, *, by: User, verb: str, title: str, detail: str = "") -> None:
        TimelineEntry.write(
            customer_id=self.customer_id,
            kind=TimelineKind.PROMISE,
            title=title,
            detail=detail,
            interaction_id=self.interaction_id,
        )
        AuditEntry.record(by=by, verb=verb, subject=self)
        panel_changed(
            panel="service.requests",
            customer_id=self.customer_id,
            user_ids={self.owner_id, by.pk},
        )


class Fulfilment(models.Model):
    """What accepting a product starts: a request of a type, with a promise and its days."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="+")
    request_type = models.ForeignKey(RequestType, on_delete=models.PROTECT, related_name="+")
    promise_text = models.CharField(max_length=200)
    promise_days = models.DecimalField(
        max_digits=5, decimal_places=2, validators=[MinValueValidator(0.01)]
    )

    def __str__(self) -> str:
        return f"{self.product}: {self.promise_text}"
