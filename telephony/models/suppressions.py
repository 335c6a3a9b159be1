"""Which numbers may not be called, who says so, and how old is what we know of public registers?"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Final

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import AuditEntry, User

REGISTER: Final = "register:"  # and the register's code: “register:tps”


class Layer(models.TextChoices):
    """Who says that a number is not called. A public register is a layer of its own."""

    GLOBAL = "global", "Everybody: by law, court or group"
    INTERNAL = "internal", "Us: the customer said so"


class RegisterImport(models.Model):
    """One edition of a public register on its way in, or taken in. `lines_done` is where a stopped
    import goes on; the edition before stays in force until `finished_at`.
    """

    register = models.SlugField(max_length=20, db_index=False)
    as_of = models.DateField(help_text="The day of the file, as its publisher says.")
    source = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    lines_done = models.PositiveBigIntegerField(default=0)
    kept = models.PositiveBigIntegerField(default=0)
    faulty = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["register", "digest"], name="register_import_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["register", "-as_of"],
                name="register_in_force",
                condition=Q(finished_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.register} of {self.as_of:%d %b %Y}"

    @classmethod
    def days_of(cls) -> dict[str, date]:
        """Of which day each register is, by its code; one that was never taken in is missing."""
        newest = cls.objects.exclude(finished_at=None).order_by("register", "-as_of")
        found = newest.distinct("register").values_list("register", "as_of")
        return {f"{REGISTER}{register}": as_of for register, as_of in found}


class SuppressionEntry(models.Model):
    """A number that is not called, by one layer, from `at` on; whose it is does not matter.

    What a layer forbids stands in the rules of the country: `customers.lawful`.
    """

    number = models.CharField(max_length=16, help_text="E.164: +442079460000")
    layer = models.CharField(max_length=30, choices=Layer, default=Layer.INTERNAL)
    reason = models.CharField(max_length=120)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_from = models.ForeignKey(
        RegisterImport,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The newest edition of the register in which the number stood.",
    )

    class Meta:
        ordering: ClassVar = ["-at"]
        verbose_name_plural = "suppression entries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "layer"], name="suppressed_once_a_layer"),
            models.CheckConstraint(
                name="suppression_number_e164", condition=Q(number__regex=r"^\+[1-9][0-9]{6,14}$")
            ),
            models.CheckConstraint(
                name="suppression_layer_known",
                condition=Q(layer__in=Layer.values, taken_from=None)
                | Q(layer__regex=r"^register:[a-z0-9-]{1,20}$", taken_from__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.reason}"

    @classmethod
    def suppress(
        cls, *, number: str, reason: str, by: User | None = None, layer: str = Layer.INTERNAL
    ) -> SuppressionEntry:
        """Never call this number again, from this moment on; twice is once."""
        with transaction.atomic():
            entry, is_new = cls.objects.get_or_create(
                number=number, layer=layer, defaults={"reason": reason[:120], "by": by}
            )
            if is_new:
                AuditEntry.record(by=by, verb="number suppressed", subject=entry)
        return entry

    @classmethod
    def holds(cls, number: str) -> bool:
        """Whether this number is never called, whatever for; public registers forbid less."""
        return cls.objects.filter(number=number, layer__in=Layer.values).exists()
