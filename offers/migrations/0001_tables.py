"""Every table of `offers` in one step; a database that took the steps before it has them already."""

import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("offers", "0001_initial"),
        ("offers", "0002_releases"),
        ("offers", "0003_outcomes"),
        ("offers", "0004_learning"),
        ("offers", "0005_fairness"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("customers", "0001_tables"),
        ("interactions", "0001_tables"),
        ("needs", "0001_tables"),
        ("products", "0001_tables"),
        ("service", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "max_offers",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="Offers put to one customer within the period, at most.",
                    ),
                ),
                (
                    "max_surveys",
                    models.PositiveSmallIntegerField(
                        default=4,
                        help_text="Contacts after which one customer is asked how it went, at most.",
                    ),
                ),
                (
                    "max_contacts",
                    models.PositiveSmallIntegerField(
                        default=6,
                        help_text="Offers, questions and calls of ours together, at most. What was promised or asked for is counted and never refused.",
                    ),
                ),
                (
                    "period_days",
                    models.PositiveSmallIntegerField(
                        default=30, validators=[django.core.validators.MaxValueValidator(366)]
                    ),
                ),
                (
                    "cooling_off_days",
                    models.PositiveSmallIntegerField(
                        default=90, help_text="A declined product is not offered again before."
                    ),
                ),
                (
                    "need_floor",
                    models.DecimalField(
                        decimal_places=2,
                        default=0.2,
                        help_text="Need strength × fit below this never becomes an offer.",
                        max_digits=3,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "contact policy",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="contact_policy_single"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period_days__lte", 366)),
                        name="contact_policy_period_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    "interaction",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("catalogue_number", models.PositiveIntegerField()),
                ("engine", models.CharField(max_length=20)),
                ("inputs", models.JSONField()),
                ("results", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("interaction"),
                        models.OrderBy(models.F("id"), descending=True),
                        name="decision_of_interaction",
                    ),
                    models.Index(
                        models.F("customer"),
                        models.OrderBy(models.F("id"), descending=True),
                        name="decision_of_customer",
                    ),
                    django.contrib.postgres.indexes.BrinIndex(
                        fields=["made_at"], name="decision_made_brin"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeclineReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(unique=True)),
                (
                    "name",
                    models.CharField(
                        help_text="As customers say it: “Costs too much”.", max_length=60
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("retired_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="FairnessAudit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("customers", models.PositiveIntegerField()),
                ("figures", models.JSONField()),
                ("alerts", models.JSONField(default=list)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="LearnedVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("position", models.PositiveBigIntegerField()),
                ("described", models.JSONField()),
                ("arrays", models.BinaryField()),
                ("digest", models.CharField(max_length=64)),
                ("note", models.CharField(blank=True, max_length=120)),
                ("ends_period", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="LearningAlarm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("worse", "The learned score ranks worse than the naive one"),
                            ("drifted", "The learned chances are no longer true"),
                            ("broken", "What was stored is not what was learned"),
                        ],
                        max_length=20,
                    ),
                ),
                ("told", models.CharField(max_length=300)),
                ("version", models.PositiveIntegerField()),
                ("raised_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at", None)),
                        fields=("kind",),
                        name="learning_alarm_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["worse", "drifted", "broken"])),
                        name="learning_alarm_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LearningFreeze",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("because", models.CharField(max_length=200)),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "began_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        models.Value(1),
                        condition=models.Q(("ended_at", None)),
                        name="learning_freeze_one_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LearningPeriod",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("version", models.PositiveIntegerField()),
                ("figures", models.JSONField()),
                ("ended_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="LearningPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "exploring_share",
                    models.DecimalField(
                        decimal_places=3,
                        default=0.05,
                        help_text="Share of decisions that may try another order, at most 0.2.",
                        max_digits=4,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                    ),
                ),
                (
                    "exploring_distance",
                    models.DecimalField(
                        decimal_places=3,
                        default=0.1,
                        help_text="Only offers whose score is within this share of the best change places.",
                        max_digits=4,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                    ),
                ),
                (
                    "control_share",
                    models.DecimalField(
                        decimal_places=3,
                        default=0.05,
                        help_text="Share of customers ranked without what was learned, to compare with.",
                        max_digits=4,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                    ),
                ),
                ("salt", models.CharField(max_length=40)),
            ],
            options={
                "verbose_name_plural": "learning policy",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="learning_policy_single"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("control_share__range", (0, 0.5)), ("exploring_share__range", (0, 0.2))
                        ),
                        name="learning_policy_capped",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyTest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("inputs", models.JSONField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "retired_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)),
                        fields=("name",),
                        name="policy_test_name_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReasonSettled",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "interaction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "reasons settled",
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("note", models.CharField(max_length=200)),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("base_number", models.PositiveIntegerField()),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for review"),
                            ("returned", "Sent back"),
                            ("approved", "Approved"),
                            ("shadow", "Shadow"),
                            ("small", "5 % of customers"),
                            ("all", "All customers"),
                            ("withdrawn", "Withdrawn"),
                            ("rolled_back", "Rolled back"),
                        ],
                        db_index=True,
                        default="proposed",
                        max_length=20,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("proposed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("publish_at", models.DateTimeField(blank=True, null=True)),
                ("refused_because", models.TextField(blank=True)),
                (
                    "trial",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.catalogueversion",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.catalogueversion",
                    ),
                ),
                ("is_on_trial", models.BooleanField(null=True, unique=True)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "stage__in",
                                [
                                    "proposed",
                                    "returned",
                                    "approved",
                                    "shadow",
                                    "small",
                                    "all",
                                    "withdrawn",
                                    "rolled_back",
                                ],
                            )
                        ),
                        name="release_stage_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by", None),
                            models.Q(("reviewed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="release_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("stage__in", ["approved", "shadow", "small", "all"]), _negated=True
                            ),
                            models.Q(("reviewed_by", None), _negated=True),
                            _connector="OR",
                        ),
                        name="release_reviewed_before_customers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("is_on_trial", True),
                                ("stage__in", ("shadow", "small")),
                                ("trial__isnull", False),
                            ),
                            models.Q(
                                models.Q(("stage__in", ("shadow", "small")), _negated=True),
                                ("is_on_trial", None),
                            ),
                            _connector="OR",
                        ),
                        name="release_on_trial_is_marked",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    "interaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.product",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offers.decision",
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="needs.need",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("presented", "Presented"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("later", "Later"),
                            ("already_has", "Already has it"),
                            ("not_relevant", "Not relevant"),
                            ("would_need", "Would need something else"),
                        ],
                        default="presented",
                        max_length=20,
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offers.declinereason",
                    ),
                ),
                ("because", models.CharField(blank=True, max_length=200)),
                ("later_on", models.DateField(blank=True, null=True)),
                (
                    "benefit",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                ("currency", models.CharField(default="GBP", max_length=3)),
                ("benefit_sentence", models.CharField(blank=True, max_length=300)),
                ("presented_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="service.servicerequest",
                    ),
                ),
                (
                    "promise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="service.promise",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "-presented_at"], name="offer_of_customer"),
                    models.Index(fields=["presented_at"], name="offer_presented"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("interaction", "product"), name="offer_once_per_interaction"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "presented",
                                    "accepted",
                                    "declined",
                                    "later",
                                    "already_has",
                                    "not_relevant",
                                    "would_need",
                                ],
                            )
                        ),
                        name="offer_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "later"), _negated=True),
                            ("later_on__isnull", False),
                            _connector="OR",
                        ),
                        name="offer_later_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("status", "presented")),
                            models.Q(
                                models.Q(("status", "presented"), _negated=True),
                                ("answered_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="offer_answer_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "accepted"), _negated=True),
                            ("decision", None),
                            models.Q(("promise__isnull", False), ("request__isnull", False)),
                            _connector="OR",
                        ),
                        name="offer_accepted_is_on_the_ledger",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyExpectation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "test",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="expectations",
                        to="offers.policytest",
                    ),
                ),
                ("product_code", models.SlugField()),
                (
                    "verdict",
                    models.CharField(
                        choices=[("sees", "sees"), ("waits", "waits for"), ("never", "never sees")],
                        max_length=20,
                    ),
                ),
            ],
            options={
                "ordering": ["product_code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("test", "product_code"), name="policy_expectation_once_per_product"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["sees", "waits", "never"])),
                        name="policy_verdict_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleaseStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="offers.release",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for review"),
                            ("returned", "Sent back"),
                            ("approved", "Approved"),
                            ("shadow", "Shadow"),
                            ("small", "5 % of customers"),
                            ("all", "All customers"),
                            ("withdrawn", "Withdrawn"),
                            ("rolled_back", "Rolled back"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("because", models.CharField(blank=True, max_length=200)),
                ("figures", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ShadowDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="offers.release",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="offers.decision",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("live", models.JSONField()),
                ("offered", models.JSONField()),
                ("is_same", models.BooleanField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("release", "decision"), name="shadow_once_per_decision"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Simulation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="simulations",
                        to="offers.release",
                    ),
                ),
                ("days", models.PositiveSmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for the worker"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=20,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("seen_at", models.DateTimeField(null=True)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("figures", models.JSONField(blank=True, default=dict)),
                ("failed_because", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["waiting", "running", "done", "cancelled", "failed"])
                        ),
                        name="simulation_status_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("waiting", "running"))),
                        fields=("release",),
                        name="simulation_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Condition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.product",
                    ),
                ),
                (
                    "offer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="offers.offer",
                    ),
                ),
                ("words", models.CharField(max_length=200)),
                ("term", models.CharField(blank=True, max_length=40)),
                (
                    "comparison",
                    models.CharField(
                        blank=True,
                        choices=[("at_least", "at least"), ("at_most", "at most")],
                        max_length=10,
                    ),
                ),
                (
                    "figure",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=16, null=True),
                ),
                ("said_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "said_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["customer"],
                        name="condition_of_customer",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("ended_at", None),
                            ("told_at", None),
                            models.Q(("term", ""), _negated=True),
                        ),
                        fields=["product"],
                        name="condition_untold",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True),
                        name="condition_words_given",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("comparison", ""), ("figure", None), ("term", "")),
                            models.Q(
                                models.Q(("term", ""), _negated=True),
                                ("comparison__in", ["at_least", "at_most"]),
                                ("figure__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="condition_figure_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reward",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="offers.offer",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted"),
                            ("not_wanted", "Not wanted"),
                            ("kept_30", "Kept after 30 days"),
                            ("kept_90", "Kept after 90 days"),
                            ("good_answers", "The follow-up's answers were good"),
                            ("bad_answers", "The follow-up heard of a problem"),
                            ("cancelled", "Cancelled"),
                            ("complaint", "Followed by a complaint"),
                        ],
                        max_length=20,
                    ),
                ),
                ("happened_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("product_code", models.SlugField()),
                ("features", models.JSONField()),
                ("propensity", models.FloatField(null=True)),
                ("is_control", models.BooleanField(default=False)),
                ("position", models.PositiveBigIntegerField(null=True, unique=True)),
                ("expected", models.FloatField(null=True)),
                ("naive", models.FloatField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("position", None)), fields=["id"], name="reward_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("offer", "kind"), name="reward_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "accepted",
                                    "not_wanted",
                                    "kept_30",
                                    "kept_90",
                                    "good_answers",
                                    "bad_answers",
                                    "cancelled",
                                    "complaint",
                                ],
                            )
                        ),
                        name="reward_kind_known",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="decision_immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="6a6fc21ea9d76dc3a3d3315621aca10a9f4c6b46",
                    operation="UPDATE",
                    pgid="pgtrigger_decision_immutable_922df",
                    table="offers_decision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="fairnessaudit",
            trigger=pgtrigger.compiler.Trigger(
                name="fairness_audit_immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="aca998be8f18dd2c7da267d2d8f1c574ca2b578b",
                    operation="UPDATE",
                    pgid="pgtrigger_fairness_audit_immutable_a1123",
                    table="offers_fairnessaudit",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="learnedversion",
            trigger=pgtrigger.compiler.Trigger(
                name="learned_version_immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="a06e2dfe0ac91f8df60b5fb4bb03f9bb33cd07be",
                    operation="UPDATE",
                    pgid="pgtrigger_learned_version_immutable_5ea3f",
                    table="offers_learnedversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="release",
            trigger=pgtrigger.compiler.Trigger(
                name="release_content_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='RAISE EXCEPTION \'pgtrigger: Cannot update of "content", "digest", "proposed_by_id", "base_number" rows from % table\', TG_TABLE_NAME;',
                    hash="56b074aae6602c45dc07a67d35b840f9241110d2",
                    operation='UPDATE OF "content", "digest", "proposed_by_id", "base_number"',
                    pgid="pgtrigger_release_content_frozen_f4fe6",
                    table="offers_release",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="releasestep",
            trigger=pgtrigger.compiler.Trigger(
                name="release_step_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="24bba21cfdd3121730c3cbaec0945cee0c4bd52e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_release_step_append_only_50324",
                    table="offers_releasestep",
                    when="BEFORE",
                ),
            ),
        ),
    ]
