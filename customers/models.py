"""Whom do we serve, how are they reached, what have they permitted, what do they hold?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower, Reverse
from django.utils import timezone

from accounts.errors import Conflict
from accounts.models import AuditEntry, Team, User
from accounts.scoping import TeamScopedQuerySet
from customers import search
from customers.contact_points import Channel, normalise
from customers.names import LAST_WORD_KEY, NAME_KEY, forget_words, learn_words
from products.models import Product

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class KnownAlready(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "A customer with this source and external id is known already. Change that one."
        )


class CustomerKind(models.TextChoices):
    PERSON = "person", "Person"
    ORGANISATION = "organisation", "Organisation"


class CustomerQuerySet(TeamScopedQuerySet["Customer"]):
    team_path = "team"

    def search(self, text: str, limit: int = 20) -> list[search.Found]:
        """Customers found by what somebody typed: e-mail, phone, name, part of one, one typo."""
        return search.find(self, text, limit)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Customer(models.Model):
    """A person or organisation we serve."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=CustomerKind, default=CustomerKind.PERSON)
    name = models.CharField(max_length=160)
    segment = models.SlugField(max_length=40, default="personal")
    country = models.CharField(max_length=2, default="GB")
    time_zone = models.CharField(max_length=64, default="Europe/London")
    born_on = models.DateField(null=True, blank=True)
    customer_since = models.DateField(null=True, blank=True)
    vulnerable_since = models.DateField(null=True, blank=True)
    vulnerable_because = models.CharField(max_length=200, blank=True)
    figures = models.JSONField(
        default=dict, blank=True, help_text="The customer's own figures, such as annual_income."
    )
    source = models.SlugField(max_length=40, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    contact_points: RelatedManager[ContactPoint]
    holdings: RelatedManager[Holding]

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="customer_external_id_once",
            ),
            models.CheckConstraint(name="customer_name_given", condition=~Q(name="")),
            models.CheckConstraint(
                name="customer_country_iso", condition=Q(country__regex=r"^[A-Z]{2}$")
            ),
            models.CheckConstraint(
                name="customer_kind_known", condition=Q(kind__in=CustomerKind.values)
            ),
        ]
        indexes: ClassVar = [
            models.Index(NAME_KEY, name="customer_name_prefix"),
            models.Index(LAST_WORD_KEY, name="customer_last_word_prefix"),
            models.Index(F("team"), NAME_KEY, name="customer_name_prefix_of_team"),
            models.Index(F("team"), LAST_WORD_KEY, name="customer_last_word_of_team"),
            GinIndex(OpClass(Lower("name"), "gin_trgm_ops"), name="customer_name_trigram"),
            models.Index(
                fields=["external_id"],
                name="customer_external_id",
                condition=~Q(external_id=""),
            ),
        ]
        triggers: ClassVar = [*learn_words(), *forget_words()]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def register(
        cls,
        *,
        by: User,
        team: Team,
        name: str,
        contact_points: Sequence[Mapping[str, Any]] = (),
        **facts: Any,
    ) -> Customer:
        """Begin to serve somebody, with the ways to reach them.

        Raises KnownAlready for an external id that is taken, NotAnAddress for a contact point.
        """
        with transaction.atomic():
            try:
                with transaction.atomic():
                    customer = cls.objects.create(team=team, name=name, **facts)
            except IntegrityError as error:
                raise KnownAlready from error
            AuditEntry.record(by=by, verb="customer registered", subject=customer)
            for point in contact_points:
                customer.add_contact_point(by=by, **point)
        return customer

    def change(self, *, by: User, **facts: Any) -> bool:
        """Change the named facts; false when they all stood so already."""
        changed = {name: fact for name, fact in facts.items() if getattr(self, name) != fact}
        if not changed:
            return False
        with transaction.atomic():
            Customer.objects.filter(pk=self.pk).update(**changed)
            AuditEntry.record(
                by=by, verb="customer changed", subject=self, detail={"fields": sorted(changed)}
            )
        for name, fact in changed.items():
            setattr(self, name, fact)
        return True

    def mark_vulnerable(self, *, by: User, because: str) -> bool:
        """Keep offers locked and follow-ups careful from today; false when marked already."""
        with transaction.atomic():
            marked = Customer.objects.filter(pk=self.pk, vulnerable_since=None).update(
                vulnerable_since=timezone.localdate(), vulnerable_because=because
            )
            if marked:
                AuditEntry.record(by=by, verb="marked vulnerable", subject=self)
        return bool(marked)

    def add_contact_point(
        self, *, by: User | None, channel: str, value: str, is_preferred: bool = False
    ) -> ContactPoint:
        """Keep one more address, normalised; the one kept already when it is known.

        A preferred one takes the place of the one preferred so far on that channel. Raises
        NotAnAddress when the text is no address on that channel.
        """
        address = normalise(channel, value, country=self.country)
        with transaction.atomic():
            Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=self.pk)
            point, created = ContactPoint.objects.get_or_create(
                customer=self, channel=channel, value=address
            )
            if created:
                AuditEntry.record(by=by, verb="contact point added", subject=point)
            if is_preferred and not point.is_preferred:
                on_channel = self.contact_points.filter(channel=channel)
                on_channel.filter(is_preferred=True).update(is_preferred=False)
                on_channel.filter(pk=point.pk).update(is_preferred=True)
                point.is_preferred = True
        return point

    def record_consent(
        self,
        *,
        by: User | None,
        purpose: str,
        channel: str,
        is_granted: bool,
        source: str,
        wording_version: str,
    ) -> Consent:
        """Write the customer's newest word on one purpose and channel; history stays."""
        with transaction.atomic():
            consent = Consent.objects.create(
                customer=self,
                purpose=purpose,
                channel=channel,
                is_granted=is_granted,
                source=source,
                wording_version=wording_version,
                recorded_by=by,
            )
            AuditEntry.record(
                by=by,
                verb="consent granted" if is_granted else "consent withdrawn",
                subject=self,
                detail={"purpose": purpose, "channel": channel},
            )
        return consent

    def unmark_vulnerable(self, *, by: User) -> bool:
        with transaction.atomic():
            unmarked = (
                Customer.objects.filter(pk=self.pk)
                .exclude(vulnerable_since=None)
                .update(vulnerable_since=None, vulnerable_because="")
            )
            if unmarked:
                AuditEntry.record(by=by, verb="unmarked vulnerable", subject=self)
        return bool(unmarked)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ContactPoint(models.Model):
    """One address on one channel, normalised: phones E.164, e-mail lower-case."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_points")
    channel = models.CharField(max_length=20, choices=Channel)
    value = models.CharField(max_length=254, db_collation="C")
    verified_at = models.DateTimeField(null=True, blank=True)
    is_preferred = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "channel", "value"], name="contact_point_once_per_customer"
            ),
            models.UniqueConstraint(
                fields=["channel", "value"],
                condition=Q(channel=Channel.EMAIL, verified_at__isnull=False),
                name="verified_email_of_one_customer",
            ),
            models.UniqueConstraint(
                fields=["customer", "channel"],
                condition=Q(is_preferred=True),
                name="one_preferred_contact_point",
            ),
            models.CheckConstraint(
                name="phones_are_e164",
                condition=~Q(channel__in=["voice", "sms"])
                | Q(value__regex=r"^\+[1-9][0-9]{6,14}$"),
            ),
            models.CheckConstraint(
                name="contact_channel_known", condition=Q(channel__in=Channel.values)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["value"], name="contact_point_value"),
            # Not for phones alone: the planner trusts no statistics of a partial index.
            models.Index(Reverse("value"), name="contact_point_tail"),
        ]

    def __str__(self) -> str:
        return self.value


class Purpose(models.TextChoices):
    SERVICE = "service", "Service"
    SURVEY = "survey", "Survey"
    MARKETING = "marketing", "Marketing"


class ConsentQuerySet(TeamScopedQuerySet["Consent"]):
    def current(self) -> Self:
        """The newest word per customer, purpose and channel."""
        return self.order_by("customer_id", "purpose", "channel", "-recorded_at", "-pk").distinct(
            "customer_id", "purpose", "channel"
        )


class Consent(models.Model):
    """What a customer permitted or withdrew: one more row each time, never rewritten."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose)
    channel = models.CharField(max_length=20, choices=Channel)
    is_granted = models.BooleanField()
    source = models.CharField(max_length=80)
    wording_version = models.CharField(max_length=40)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["customer", "purpose", "channel", "-recorded_at", "-id"],
                name="consent_newest",
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="consent_purpose_known", condition=Q(purpose__in=Purpose.values)
            ),
            models.CheckConstraint(
                name="consent_channel_known", condition=Q(channel__in=Channel.values)
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="consent_history_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        word = "granted" if self.is_granted else "withdrawn"
        return f"{self.get_purpose_display()} by {self.get_channel_display()}: {word}"


class HoldingQuerySet(TeamScopedQuerySet["Holding"]):
    def held(self) -> Self:
        return self.filter(cancelled_on=None)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Holding(models.Model):
    """A product the customer has or had; rates in per cent a year, money in `currency`."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="holdings")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=40, blank=True)
    opened_on = models.DateField()
    cancelled_on = models.DateField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=3, default="GBP")
    balance = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    annual_rate = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    monthly_charge = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    external_id = models.CharField(max_length=80, blank=True)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="holding_cancelled_after_opening",
                condition=Q(cancelled_on=None) | Q(cancelled_on__gte=F("opened_on")),
            ),
            models.CheckConstraint(
                name="holding_cancelled_with_reason",
                condition=Q(cancelled_on=None, cancelled_because="")
                | (Q(cancelled_on__isnull=False) & ~Q(cancelled_because="")),
            ),
            models.UniqueConstraint(
                fields=["customer", "external_id"],
                condition=~Q(external_id=""),
                name="holding_external_id_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "opened_on"], name="holding_of_customer"),
            models.Index(
                fields=["cancelled_on"],
                name="holding_cancelled",
                condition=Q(cancelled_on__isnull=False),
            ),
            models.Index(fields=["product", "opened_on"], name="holding_of_product"),
        ]

    def __str__(self) -> str:
        return f"{self.product} since {self.opened_on:%d %b %Y}"

    def cancel(self, *, by: User, because: str) -> bool:
        """End the holding today; false when it had ended already."""
        with transaction.atomic():
            ended = Holding.objects.filter(pk=self.pk, cancelled_on=None).update(
                cancelled_on=timezone.localdate(), cancelled_because=because
            )
            if ended:
                AuditEntry.record(by=by, verb="holding cancelled", subject=self)
        return bool(ended)
