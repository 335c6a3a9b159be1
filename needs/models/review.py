"""When do we look at a customer's needs again?"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format

from accounts.errors import Conflict, RuleBroken
from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from accounts.scoping import TeamScopedQuerySet
from customers.models import Customer
from interactions.models import Interaction, Outcome
from products.models import Product


class ReviewSettled(Conflict):
    def __init__(self) -> None:
        super().__init__("Somebody has taken up this needs review already. Choose another one.")


class ReviewInThePast(RuleBroken):
    def __init__(self) -> None:
        super().__init__("Choose a day still to come for the next look at the needs.")


class ReviewCause(models.TextChoices):
    SATISFIED = "satisfied", "They were satisfied"
    LATER = "later", "They asked to be asked again"
    FITS_NOW = "fits_now", "A product is by now as they wanted it"


UNTOLD = Q(begun_in=None) | Q(begun_in__wrap_up_code__outcome=Outcome.NOT_REACHED)


class NeedsReviewQuerySet(TeamScopedQuerySet["NeedsReview"]):
    def open(self) -> Self:
        return self.filter(done_at=None)

    def due(self, *, on: date) -> Self:
        """Open, not talked about yet, and one of each customer: one look is enough."""
        of_theirs = NeedsReview.objects.open().filter(customer=OuterRef("customer"))
        newer = of_theirs.filter(
            Q(created_at__gt=OuterRef("created_at"))
            | Q(created_at=OuterRef("created_at"), pk__gt=OuterRef("pk")),
            Q(cause=ReviewCause.SATISFIED) | Q(product=OuterRef("product")),
            cause=OuterRef("cause"),
        )
        beside = of_theirs.filter(UNTOLD, due_on__lte=on).filter(
            Q(due_on__gt=OuterRef("due_on")) | Q(due_on=OuterRef("due_on"), pk__gt=OuterRef("pk"))
        )
        due = self.open().filter(UNTOLD, ~Exists(newer), ~Exists(beside), due_on__lte=on)
        return due.select_related("product")

    def about(self, *, customer_id: int, product: Product) -> Self:
        """Those that one product started."""
        return self.filter(customer=customer_id, product=product)

    def owned_by(self, owner: User) -> Self:
        return self.filter(owner=owner)


class NeedsReview(models.Model):
    """A look at a customer's needs that is due: the start of the next cycle.

    A customer has one at a time of each cause and product: a newer good answer ends the one that
    was waiting, but not the day that they named themselves. What is due together is one talk.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(
        Interaction, on_delete=models.CASCADE, related_name="+", help_text="What started it."
    )
    cause = models.CharField(max_length=20, choices=ReviewCause, default=ReviewCause.SATISFIED)
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    begun_in = models.ForeignKey(
        Interaction,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The contact in which the needs are talked about.",
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = NeedsReviewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="needs_review_cause_known", condition=Q(cause__in=ReviewCause.values)
            ),
            models.CheckConstraint(
                name="needs_review_names_its_product",
                condition=Q(cause=ReviewCause.SATISFIED, product=None)
                | (~Q(cause=ReviewCause.SATISFIED) & Q(product__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["interaction"],
                condition=Q(cause=ReviewCause.SATISFIED),
                name="needs_review_once_per_contact",
            ),
            models.UniqueConstraint(
                fields=["interaction", "cause", "product"],
                condition=Q(product__isnull=False),
                name="needs_review_once_per_product",
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("due_on"), name="needs_review_due", condition=Q(done_at=None)),
            models.Index(
                fields=["owner", "due_on"], name="needs_review_of_owner", condition=Q(done_at=None)
            ),
            models.Index(
                fields=["customer", "-created_at"],
                name="needs_review_of_customer",
                condition=Q(done_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"Needs review on {self.due_on:%d %b %Y}"

    @property
    def told(self) -> str:
        """Why it is due, in words."""
        on = date_format(timezone.localtime(self.created_at), "j M Y")
        match self.cause:
            case ReviewCause.LATER:
                return f"Again about {self.product}, as asked on {on}"
            case ReviewCause.FITS_NOW:
                return f"{self.product} is by now as they wanted it"
            case _:
                return f"Satisfied on {on}"

    @classmethod
    def start(
        cls,
        *,
        customer: Customer,
        interaction: Interaction,
        owner: User,
        due_on: date,
        cause: str = ReviewCause.SATISFIED,
        product: Product | None = None,
    ) -> NeedsReview:
        """Open the next cycle; the one already open for that interaction when called again.

        What was still waiting for the same cause and product ends: the newest sets the date.
        """
        alike: dict[str, Any] = {"cause": cause, "product": product}
        with transaction.atomic():
            Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=customer.pk)
            review, created = cls.objects.get_or_create(
                interaction=interaction,
                **alike,
                defaults={"customer": customer, "owner": owner, "due_on": due_on},
            )
            if created:
                waiting = cls.objects.open().filter(customer=customer, **alike)
                waiting.exclude(pk=review.pk).update(done_at=timezone.now())
                AuditEntry.record(by=None, verb="needs review started", subject=review)
                panel_changed(panel="needs.reviews", user_ids=[owner.pk])
        return review

    def begin(self, *, by: User, contact: Interaction) -> None:
        """Talk about the needs in this contact; due again when nobody was reached.

        Whatever else is due of the customer is talked about with it.
        """
        still = NeedsReview.objects.open().filter(pk=self.pk, begun_in=self.begun_in_id)
        with transaction.atomic():
            if not still.update(begun_in=contact, owner=by):
                raise ReviewSettled
            self._due_with_it().update(begun_in=contact, owner=by)
            self._tell(by=by, verb="needs review begun")

    def finish(self, *, by: User) -> None:
        """The needs were looked at. Raises ReviewSettled."""
        now = timezone.now()
        with transaction.atomic():
            if not NeedsReview.objects.open().filter(pk=self.pk).update(done_at=now, done_by=by):
                raise ReviewSettled
            self._due_with_it().update(done_at=now, done_by=by)
            self.done_at, self.done_by = now, by
            self._tell(by=by, verb="needs review done")

    def put_off(self, *, by: User, to: date) -> None:
        """Look again on a later day. Raises ReviewInThePast, ReviewSettled."""
        if to <= timezone.localdate():
            raise ReviewInThePast
        with transaction.atomic():
            if not NeedsReview.objects.open().filter(pk=self.pk).update(due_on=to, begun_in=None):
                raise ReviewSettled
            self._due_with_it().update(done_at=timezone.now(), done_by=by)
            self.due_on, self.begun_in = to, None
            self._tell(by=by, verb="needs review put off")

    def _due_with_it(self) -> NeedsReviewQuerySet:
        others = NeedsReview.objects.open().filter(customer=self.customer_id)
        return others.filter(due_on__lte=timezone.localdate()).exclude(pk=self.pk)

    def _tell(self, *, by: User, verb: str) -> None:
        AuditEntry.record(by=by, verb=verb, subject=self)
        panel_changed(panel="needs.reviews", user_ids={self.owner_id, by.pk})
