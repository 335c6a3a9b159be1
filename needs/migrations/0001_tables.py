"""Every table of `needs` in one step; a database that took the steps before it has them already."""

from decimal import Decimal

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("needs", "0001_initial"),
        ("needs", "0002_initial"),
        ("needs", "0003_review_taken_up"),
        ("needs", "0004_words"),
        ("needs", "0005_next_question"),
        ("needs", "0006_reviews_on_a_named_day"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("customers", "0001_tables"),
        ("interactions", "0001_tables"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("products", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="DiscoveryQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(unique=True)),
                ("text", models.CharField(max_length=160)),
                (
                    "intents",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("question", "Asks something"),
                                ("request", "Wants something done"),
                                ("change", "Wants to change something"),
                                ("cancel", "Wants to leave"),
                                ("complaint", "Is not satisfied"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "heard_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=40,
                            validators=[
                                django.core.validators.RegexValidator(
                                    "^[^\\W_]+(?:[ '-][^\\W_]+)*\\Z",
                                    "Only words: letters, digits, and single spaces between them.",
                                )
                            ],
                        ),
                        blank=True,
                        default=list,
                        help_text="Words or beginnings of words, with commas between: mortgage, moving house.",
                        size=None,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("retired_on", models.DateField(blank=True, null=True)),
                (
                    "contact_reasons",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="interactions.contactreason"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="NeedsReview",
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
                        help_text="What started it.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("satisfied", "They were satisfied"),
                            ("later", "They asked to be asked again"),
                            ("fits_now", "A product is by now as they wanted it"),
                        ],
                        default="satisfied",
                        max_length=20,
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.product",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("due_on", models.DateField()),
                (
                    "begun_in",
                    models.ForeignKey(
                        blank=True,
                        help_text="The contact in which the needs are talked about.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("due_on"),
                        condition=models.Q(("done_at", None)),
                        name="needs_review_due",
                    ),
                    models.Index(
                        condition=models.Q(("done_at", None)),
                        fields=["owner", "due_on"],
                        name="needs_review_of_owner",
                    ),
                    models.Index(
                        condition=models.Q(("done_at", None)),
                        fields=["customer", "-created_at"],
                        name="needs_review_of_customer",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["satisfied", "later", "fits_now"])),
                        name="needs_review_cause_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cause", "satisfied"), ("product", None)),
                            models.Q(
                                models.Q(("cause", "satisfied"), _negated=True),
                                ("product__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="needs_review_names_its_product",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("cause", "satisfied")),
                        fields=("interaction",),
                        name="needs_review_once_per_contact",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("product__isnull", False)),
                        fields=("interaction", "cause", "product"),
                        name="needs_review_once_per_product",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NeedType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=80)),
                ("description", models.CharField(blank=True, max_length=200)),
                ("retired_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="NextQuestion",
            fields=[
                (
                    "interaction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="interactions.interaction",
                    ),
                ),
                ("code", models.SlugField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Reading",
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
                ("digest", models.CharField(max_length=64)),
                ("is_said", models.BooleanField(default=False)),
                (
                    "calls_for",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(), blank=True, default=list, size=None
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="WordsModel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("backend", models.CharField(max_length=20)),
                ("arrays", models.BinaryField(default=bytes)),
                ("description", models.JSONField(default=dict)),
                ("digest", models.CharField(max_length=64)),
                ("learnt", models.PositiveIntegerField(default=0)),
                ("last_example", models.BigIntegerField(default=0)),
                ("kinds_digest", models.CharField(max_length=64)),
                ("figures", models.JSONField(default=dict)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("released", "Released"), ("refused", "Refused")], max_length=20
                    ),
                ),
                ("because", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("in_force_since", models.DateTimeField(blank=True, null=True)),
                (
                    "put_in_force_by",
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
                "ordering": ["-number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("in_force_since__isnull", False)),
                        fields=["-in_force_since"],
                        name="words_model_in_force",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["released", "refused"])),
                        name="words_model_verdict_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("because", ""), _negated=True),
                        name="words_model_has_because",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdict", "released"), ("in_force_since", None), _connector="OR"
                        ),
                        name="words_model_refused_is_not_in_force",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DiscoveryAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="needs.discoveryquestion",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=80)),
                (
                    "need_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="needs.needtype",
                    ),
                ),
                (
                    "strength",
                    models.DecimalField(
                        decimal_places=2,
                        default=1,
                        max_digits=3,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(1)),
                        ],
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("question", "position"), name="discovery_answer_position_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DiscoveryQuestionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="needs.discoveryquestion",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False)),
                ("text", models.CharField(max_length=160)),
                (
                    "intents",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("question", "Asks something"),
                                ("request", "Wants something done"),
                                ("change", "Wants to change something"),
                                ("cancel", "Wants to leave"),
                                ("complaint", "Is not satisfied"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "heard_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=40,
                            validators=[
                                django.core.validators.RegexValidator(
                                    "^[^\\W_]+(?:[ '-][^\\W_]+)*\\Z",
                                    "Only words: letters, digits, and single spaces between them.",
                                )
                            ],
                        ),
                        blank=True,
                        default=list,
                        help_text="Words or beginnings of words, with commas between: mortgage, moving house.",
                        size=None,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("retired_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Example",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=400)),
                (
                    "need_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="needs.needtype",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
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
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("confirmed", "Suggestion confirmed"),
                            ("corrected", "Suggestion corrected"),
                            ("rejected", "Suggestion rejected"),
                            ("stated", "Need stated by an agent"),
                            ("agreed", "Suggestion left as it was, need kept otherwise"),
                            ("given", "Given by an administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                ("is_weak", models.BooleanField(default=False)),
                ("part", models.PositiveSmallIntegerField()),
                ("model_number", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "doubt",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=4,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(1)),
                        ],
                    ),
                ),
                (
                    "likelier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="needs.needtype",
                    ),
                ),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("looked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer"], name="example_of_customer"),
                    models.Index(
                        condition=models.Q(("doubt__isnull", False)),
                        fields=["-doubt", "id"],
                        name="example_doubted",
                    ),
                    models.Index(
                        condition=models.Q(("looked_at__isnull", False)),
                        fields=["looked_at"],
                        name="example_looked_at",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="example_not_empty"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "source__in",
                                ["confirmed", "corrected", "rejected", "stated", "agreed", "given"],
                            )
                        ),
                        name="example_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("part__lt", 5)), name="example_part_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("doubt__gte", 0), ("doubt__lte", 1)),
                        name="example_doubt_share",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("need_type__isnull", False)),
                        fields=("interaction", "text", "need_type"),
                        name="example_once_per_contact",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("need_type", None)),
                        fields=("interaction", "text"),
                        name="example_of_none_once_per_contact",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Need",
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
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "need_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="needs.needtype",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("stated", "Stated by the customer"),
                            ("discovered", "Discovered by a question"),
                            ("inferred", "Inferred"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "strength",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=3,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(1)),
                        ],
                    ),
                ),
                ("evidence", models.CharField(blank=True, max_length=300)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("met", "Met"),
                            ("unmet", "Unmet: nothing suitable"),
                            ("missed", "Missed: a suitable way existed"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("stated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
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
                ("settled_because", models.CharField(blank=True, max_length=200)),
                (
                    "settled_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "status"], name="need_of_customer"),
                    models.Index(
                        condition=models.Q(("settled_at__isnull", False)),
                        fields=["settled_at"],
                        name="need_settled",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("customer", "need_type"),
                        name="need_open_once_per_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["stated", "discovered", "inferred"])),
                        name="need_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "met", "unmet", "missed"])),
                        name="need_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("strength__gte", 0), ("strength__lte", 1)),
                        name="need_strength_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("status", "open")),
                            models.Q(
                                models.Q(("status", "open"), _negated=True),
                                ("settled_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="need_settled_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "missed"), _negated=True),
                            models.Q(("settled_because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="need_missed_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NeedFit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="products.product",
                    ),
                ),
                (
                    "need_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fits",
                        to="needs.needtype",
                    ),
                ),
                (
                    "fit",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=3,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(1)),
                        ],
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("product", "need_type"), name="need_fit_once"),
                    models.CheckConstraint(
                        condition=models.Q(("fit__gte", 0), ("fit__lte", 1)), name="need_fit_share"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnknownNeed",
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
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                ("text", models.CharField(max_length=400)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("rejected", "Suggestion rejected"),
                            ("answered", "Own words to a question"),
                            ("kept", "Kept by an agent"),
                        ],
                        max_length=20,
                    ),
                ),
                ("said_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("group", models.PositiveIntegerField(blank=True, null=True)),
                ("group_words", models.CharField(blank=True, max_length=120)),
                ("grouped_at", models.DateTimeField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
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
                (
                    "need_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="needs.needtype",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at", None)),
                        fields=["group", "id"],
                        name="unknown_need_waiting",
                    ),
                    models.Index(fields=["customer"], name="unknown_need_of_customer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="unknown_need_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["rejected", "answered", "kept"])),
                        name="unknown_need_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("need_type", None), ("settled_at", None), ("settled_by", None)
                            ),
                            models.Q(("settled_at__isnull", False), ("settled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="unknown_need_settled_by_somebody",
                    ),
                    models.UniqueConstraint(
                        fields=("interaction", "text"), name="unknown_need_once_per_contact"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AnswerGiven",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="needs.discoveryquestion",
                    ),
                ),
                (
                    "answer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="needs.discoveryanswer",
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=300)),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("interaction", "question"),
                        name="discovery_answered_once_per_contact",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DiscoveryAnswerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="needs.discoveryanswer",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "question",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="needs.discoveryquestion",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=80)),
                (
                    "need_type",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="needs.needtype",
                    ),
                ),
                (
                    "strength",
                    models.DecimalField(
                        decimal_places=2,
                        default=1,
                        max_digits=3,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(1)),
                        ],
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NeedFitEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="needs.needfit",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="products.product",
                    ),
                ),
                (
                    "need_type",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="needs.needtype",
                    ),
                ),
                (
                    "fit",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=3,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(1)),
                        ],
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Suggestion",
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
                    "need_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="needs.needtype",
                    ),
                ),
                ("text", models.CharField(max_length=400)),
                ("reasons", models.JSONField(default=list)),
                (
                    "probability",
                    models.DecimalField(
                        decimal_places=3,
                        max_digits=4,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(1)),
                        ],
                    ),
                ),
                ("model_number", models.PositiveIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Suggested"),
                            ("confirmed", "Confirmed"),
                            ("corrected", "Another need"),
                            ("rejected", "No need"),
                            ("known", "The need was kept otherwise"),
                            ("passed", "No longer said"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("suggested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "instead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="needs.needtype",
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
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "open")),
                        fields=["interaction"],
                        name="suggestion_open",
                    ),
                    models.Index(fields=["customer"], name="suggestion_of_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("interaction", "need_type"), name="suggestion_once_per_contact"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["open", "confirmed", "corrected", "rejected", "known", "passed"],
                            )
                        ),
                        name="suggestion_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("probability__gte", 0), ("probability__lte", 1)),
                        name="suggestion_probability_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["open", "known", "passed"]),
                            models.Q(
                                ("answered_at__isnull", False), ("answered_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="suggestion_answered_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("instead__isnull", False), ("status", "corrected")),
                            models.Q(
                                models.Q(("status", "corrected"), _negated=True), ("instead", None)
                            ),
                            _connector="OR",
                        ),
                        name="suggestion_corrected_has_need",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="discoveryquestion",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "needs_discoveryquestionevent" ("code", "heard_words", "id", "intents", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "retired_on", "text") VALUES (NEW."code", NEW."heard_words", NEW."id", NEW."intents", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."retired_on", NEW."text"); RETURN NULL;',
                    hash="a462b2a1a74460fa56eba698a18324fd7d052ed7",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_7c774",
                    table="needs_discoveryquestion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="discoveryquestion",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "needs_discoveryquestionevent" ("code", "heard_words", "id", "intents", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "retired_on", "text") VALUES (NEW."code", NEW."heard_words", NEW."id", NEW."intents", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."retired_on", NEW."text"); RETURN NULL;',
                    hash="ae37a74535f38816ebe3fdce3114d685119a17d6",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ff596",
                    table="needs_discoveryquestion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="needfit",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "needs_needfitevent" ("fit", "id", "need_type_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id") VALUES (NEW."fit", NEW."id", NEW."need_type_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."product_id"); RETURN NULL;',
                    hash="86922fb4fb3b77effc2a47c8e623c3138b923006",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_88f19",
                    table="needs_needfit",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="needfit",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "needs_needfitevent" ("fit", "id", "need_type_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id") VALUES (NEW."fit", NEW."id", NEW."need_type_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."product_id"); RETURN NULL;',
                    hash="ac626a5658439435b76292e6d0979e0376ecc47e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7e4f5",
                    table="needs_needfit",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="discoveryanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "needs_discoveryanswerevent" ("id", "need_type_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "question_id", "strength", "text") VALUES (NEW."id", NEW."need_type_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."question_id", NEW."strength", NEW."text"); RETURN NULL;',
                    hash="b5b2a8b620855416e958be08cd550d40bfa5b90a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_843ca",
                    table="needs_discoveryanswer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="discoveryanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "needs_discoveryanswerevent" ("id", "need_type_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "question_id", "strength", "text") VALUES (NEW."id", NEW."need_type_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."question_id", NEW."strength", NEW."text"); RETURN NULL;',
                    hash="f2076cf11968efbc4f3cf83ddcc13da047c49828",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9d820",
                    table="needs_discoveryanswer",
                    when="AFTER",
                ),
            ),
        ),
    ]
