import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Promises are watched, and replaced by others before they break."""

    dependencies = [
        ("service", "0001_initial"),
        ("interactions", "0001_initial"),
        ("customers", "0005_protected_traits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="requesttype",
            name="warning_share",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="Warn the owner when this share of the time is left and nothing has "
                "moved: 0.25 for a quarter, 0 for never. Empty: as for everything else.",
                max_digits=3,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(1),
                ],
            ),
        ),
        migrations.AddField(
            model_name="promise",
            name="replaced_by",
            field=models.OneToOneField(
                blank=True,
                help_text="What was agreed instead, before it broke.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="service.promise",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", None), ("status", "broken"), _connector="OR"),
                name="promise_replaced_is_broken",
            ),
        ),
        migrations.CreateModel(
            name="EarlyWarning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("raised_at", models.DateTimeField()),
                (
                    "because",
                    models.CharField(
                        choices=[
                            ("still", "Nothing has moved, and little time is left"),
                            ("short", "It has moved, but hardly any time is left"),
                        ],
                        max_length=20,
                    ),
                ),
                ("escalates_at", models.DateTimeField()),
                ("escalated_at", models.DateTimeField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("acted", "Somebody acted"),
                            ("on_it", "It will be done in time"),
                            ("new_promise", "Told; a new promise was agreed"),
                            ("told", "Told; no new time was agreed"),
                            ("not_reached", "Not reached"),
                            ("too_late", "Its time came first"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "contact",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "promise",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="service.promise",
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="service.servicerequest",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at", None)),
                        fields=["owner", "due_at"],
                        name="early_warning_open_of_owner",
                    ),
                    models.Index(
                        condition=models.Q(("settled_at", None)),
                        fields=["due_at"],
                        name="early_warning_open",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("promise__isnull", False), ("request", None)),
                            models.Q(("promise", None), ("request__isnull", False)),
                            _connector="OR",
                        ),
                        name="early_warning_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("settled_at", None)),
                            models.Q(
                                ("settled_at__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="early_warning_settled_has_outcome",
                    ),
                ],
            },
        ),
    ]
