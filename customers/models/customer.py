"""Whom do we serve?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.models import AuditEntry, Team, User
from accounts.scoping import TeamScopedQuerySet
from customers import search
from customers.contact_points import normalise
from customers.lawful import is_part
from customers.names import LAST_WORD_KEY, NAME_KEY, forget_words, learn_words

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from customers.models.consent import Consent
    from customers.models.contact_point import ContactPoint
    from customers.models.holding import Holding


class KnownAlready(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "A customer with this source and external id is known already. Change that one."
        )


MARKED: Final = {
    ("bereaved_since", True): "marked bereaved",
    ("bereaved_since", False): "unmarked bereaved",
    ("left_on", True): "marked as having left",
    ("left_on", False): "marked as back",
}


class RegionElsewhere(RuleBroken):
    def __init__(self, region: str, country: str) -> None:
        super().__init__(
            f"“{region[:10]}” is no region of {country}. Write it like {country}-XX (ISO 3166-2), "
            "or leave it empty."
        )


def fitting_region(region: str, *, country: str) -> str:
    """The region, if it is one of that country (or empty). Raises RegionElsewhere."""
    if region and not is_part(country, region):
        raise RegionElsewhere(region, country)
    return region


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
    region = models.CharField(
        max_length=6,
        blank=True,
        default="",
        db_default="",
        help_text="Of the address, ISO 3166-2: GB-SCT, US-TX. Unknown: the strictest rules hold.",
    )
    time_zone = models.CharField(max_length=64, default="Europe/London")
    born_on = models.DateField(null=True, blank=True)
    customer_since = models.DateField(null=True, blank=True)
    vulnerable_since = models.DateField(null=True, blank=True)
    vulnerable_because = models.CharField(max_length=200, blank=True)
    bereaved_since = models.DateField(
        null=True, blank=True, help_text="A bereavement was notified: we ask nothing any more."
    )
    left_on = models.DateField(
        null=True, blank=True, help_text="No longer a customer from that day on."
    )
    figures = models.JSONField(
        default=dict, blank=True, help_text="The customer's own figures, such as annual_income."
    )
    source = models.SlugField(max_length=40, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    consents: RelatedManager[Consent]
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
                name="customer_region_of_country",
                condition=Q(region="")
                | Q(region__regex=r"^[A-Z]{2}-[A-Z0-9]{1,3}$", region__startswith=F("country")),
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

        Raises KnownAlready for an external id that is taken, NotAnAddress for a contact point,
        RegionElsewhere.
        """
        fitting_region(facts.get("region", ""), country=facts.get("country", "GB"))
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
        """Change the named facts; false when they all stood so already.

        Who moves to another country is in no known region of it until somebody says in which.
        Raises RegionElsewhere.
        """
        country = facts.get("country", self.country)
        if country != self.country:
            facts.setdefault("region", "")
        fitting_region(facts.get("region", ""), country=country)
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

    def mark_bereaved(self, *, by: User) -> bool:
        """A bereavement was notified: nobody asks or offers from today; false when known."""
        return self._mark("bereaved_since", since=timezone.localdate(), by=by)

    def unmark_bereaved(self, *, by: User) -> bool:
        return self._mark("bereaved_since", since=None, by=by)

    def mark_left(self, *, by: User, on: date | None = None) -> bool:
        """No longer a customer, from that day on (today); false when known to have left."""
        return self._mark("left_on", since=on or timezone.localdate(), by=by)

    def unmark_left(self, *, by: User) -> bool:
        return self._mark("left_on", since=None, by=by)

    def _mark(self, field: str, *, since: date | None, by: User) -> bool:
        """Set the day, or take it back; the audit entry tells the fact's name and no more."""
        rows = Customer.objects.filter(pk=self.pk, **{f"{field}__isnull": since is not None})
        with transaction.atomic():
            marked = rows.update(**{field: since})
            if marked:
                AuditEntry.record(by=by, verb=MARKED[field, since is not None], subject=self)
        if marked:
            setattr(self, field, since)
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
            point, created = self.contact_points.get_or_create(channel=channel, value=address)
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
            consent = self.consents.create(
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
