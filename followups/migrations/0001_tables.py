"""Every table of `followups` in one step; a database that took the steps before it has them already."""

import datetime

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import followups.models.asked
import followups.models.link


class Migration(migrations.Migration):
    replaces = [
        ("followups", "0001_initial"),
        ("followups", "0002_answer_draft"),
        ("followups", "0003_outcomes_of_calls"),
        ("followups", "0004_voice_survey"),
        ("followups", "0005_by_voice"),
        ("followups", "0006_heard_enough"),
        ("followups", "0007_ways"),
        ("followups", "0008_ways_of_what_stands"),
        ("followups", "0009_ways_only"),
        ("followups", "0010_way_and_law_of_a_check"),
        ("followups", "0011_links"),
        ("followups", "0012_policies_by_more_than_the_reason"),
        ("followups", "0013_first_version"),
        ("followups", "0014_reasons_only"),
        ("followups", "0015_parked"),
        ("followups", "0016_given_up"),
        ("followups", "0017_told_apart"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("customers", "0001_tables"),
        ("interactions", "0001_tables"),
        ("messaging", "0001_tables"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("service", "0001_tables"),
        ("telephony", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowUpPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("voice", "Phone"),
                                ("email", "E-mail"),
                                ("chat", "Chat"),
                                ("form", "Web form"),
                                ("sms", "SMS"),
                                ("messaging", "Messaging app"),
                                ("social", "Social post"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "outcomes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("resolved", "Resolved in this contact"),
                                ("promised", "Promised with a date"),
                                ("unresolved", "Not resolved"),
                                ("not_reached", "Customer not reached"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "segments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "delay_minutes",
                    models.PositiveIntegerField(
                        default=1440,
                        help_text="Minutes from wrap-up to the follow-up.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "delay_working_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Working days at the customer's place instead of minutes; from the first hour.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(30)],
                    ),
                ),
                (
                    "sample_percent",
                    models.PositiveSmallIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
                (
                    "cool_down_days",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Who was asked so few days before is left alone.",
                        validators=[django.core.validators.MaxValueValidator(365)],
                    ),
                ),
                (
                    "questions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("as_expected", "Did everything go as expected?"),
                                ("as_promised", "Have we delivered as promised?"),
                                ("met_expectations", "Have we met your expectations?"),
                                ("recommend", "How likely are you to recommend us, from 0 to 10?"),
                                ("effort", "How easy was it to get what you needed, from 1 to 7?"),
                                ("expected_days", "How many days should it take?"),
                            ],
                            max_length=20,
                        ),
                        default=followups.models.asked.usual_questions,
                        size=None,
                    ),
                ),
                (
                    "window_start",
                    models.TimeField(
                        default=datetime.time(9, 0),
                        help_text="Earliest call, in the customer's time zone; 08:00 by law.",
                    ),
                ),
                (
                    "window_end",
                    models.TimeField(
                        default=datetime.time(20, 0),
                        help_text="Latest call, in the customer's time zone; 21:00 by law.",
                    ),
                ),
                (
                    "max_attempts",
                    models.PositiveSmallIntegerField(
                        default=2, validators=[django.core.validators.MinValueValidator(1)]
                    ),
                ),
                (
                    "retry_minutes",
                    models.PositiveIntegerField(
                        default=1440,
                        help_text="Minutes between two attempts.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "lapse_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="Later than this after the contact it makes no sense to ask.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "review_days",
                    models.PositiveSmallIntegerField(
                        default=180,
                        help_text="After a good answer: days until the next look at the needs.",
                    ),
                ),
                (
                    "problem_request_type",
                    models.ForeignKey(
                        blank=True,
                        help_text="What a bad answer opens; empty: the request type “problem-after-contact”.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="service.requesttype",
                    ),
                ),
                (
                    "asks_by_voice",
                    models.BooleanField(
                        default=False,
                        help_text="Right after a call, on the customer's own line, answered by keys.",
                        verbose_name="ask by an automatic voice",
                    ),
                ),
                (
                    "ways",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("agent", "An agent calls"),
                                ("voice", "An automatic voice calls"),
                                ("sms", "A link by SMS"),
                                ("email", "A link by e-mail"),
                                ("portal", "Asked on the customer's page"),
                            ],
                            max_length=10,
                        ),
                        default=followups.models.asked.by_agent,
                        help_text="Tried in this order: the next one where this one is not permitted, does not work, or has used its tries.",
                        size=None,
                    ),
                ),
                ("paused_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "paused_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("paused_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("paused_because", models.CharField(blank=True, editable=False, max_length=200)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "verbose_name": "follow-up policy",
                "verbose_name_plural": "follow-up policies",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sample_percent__gte", 1), ("sample_percent__lte", 100)
                        ),
                        name="follow_up_sample_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("window_end__gt", models.F("window_start"))),
                        name="follow_up_window_forward",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("window_end__lte", datetime.time(21, 0)),
                            ("window_start__gte", datetime.time(8, 0)),
                        ),
                        name="follow_up_window_lawful",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("max_attempts__gte", 1)),
                        name="follow_up_attempts_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("questions__len__gte", 1)),
                        name="follow_up_asks_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ways__len__gte", 1)), name="follow_up_has_a_way"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("paused_at", None),
                                ("paused_because", ""),
                                ("paused_by", None),
                                ("paused_until", None),
                            ),
                            models.Q(
                                ("paused_at__isnull", False),
                                ("paused_by__isnull", False),
                                models.Q(("paused_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="follow_up_paused_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("policies", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "restores",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="followups.policyversion",
                    ),
                ),
                ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "published_by",
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
            name="FollowUp",
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
                        help_text="What it asks about.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="followups.followuppolicy",
                    ),
                ),
                (
                    "policy_version",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The policies in force when the contact was closed.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="followups.policyversion",
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
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("ready", "Ready to call"),
                            ("in_progress", "In progress"),
                            ("answered", "Answered"),
                            ("refused", "Not permitted"),
                            ("unreachable", "Not reached"),
                            ("lapsed", "Too late to ask"),
                            ("parked", "Parked: needs a look"),
                        ],
                        default="planned",
                        max_length=20,
                    ),
                ),
                (
                    "questions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("as_expected", "Did everything go as expected?"),
                                ("as_promised", "Have we delivered as promised?"),
                                ("met_expectations", "Have we met your expectations?"),
                                ("recommend", "How likely are you to recommend us, from 0 to 10?"),
                                ("effort", "How easy was it to get what you needed, from 1 to 7?"),
                                ("expected_days", "How many days should it take?"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("lapses_at", models.DateTimeField()),
                ("window_start", models.TimeField()),
                ("window_end", models.TimeField()),
                ("max_attempts", models.PositiveSmallIntegerField()),
                ("retry_minutes", models.PositiveIntegerField()),
                ("review_days", models.PositiveSmallIntegerField()),
                (
                    "ways",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("agent", "An agent calls"),
                                ("voice", "An automatic voice calls"),
                                ("sms", "A link by SMS"),
                                ("email", "A link by e-mail"),
                                ("portal", "Asked on the customer's page"),
                            ],
                            max_length=10,
                        ),
                        default=followups.models.asked.by_agent,
                        size=None,
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("agent", "An agent calls"),
                            ("voice", "An automatic voice calls"),
                            ("sms", "A link by SMS"),
                            ("email", "A link by e-mail"),
                            ("portal", "Asked on the customer's page"),
                        ],
                        default="agent",
                        help_text="The one of its ways tried now.",
                        max_length=10,
                    ),
                ),
                (
                    "tries_each",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="So many tries by each way; max_attempts bounds those made so far.",
                    ),
                ),
                (
                    "failures",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="In a row, through no doing of the customer's; too many park it.",
                    ),
                ),
                ("attempts_made", models.PositiveSmallIntegerField(default=0)),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("waits_because", models.CharField(blank=True, max_length=120)),
                ("refused_because", models.CharField(blank=True, max_length=120)),
                (
                    "given_up_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Who decided that nobody asks any more.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The contact of the present attempt, or the one that was answered.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "request",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Opened by a bad answer.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="service.servicerequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow-up",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "planned")),
                        fields=["due_at", "id"],
                        name="follow_up_due",
                    ),
                    models.Index(
                        condition=models.Q(("status__in", ["ready", "in_progress"])),
                        fields=["owner", "due_at"],
                        name="follow_up_of_owner",
                    ),
                    models.Index(
                        condition=models.Q(("status", "ready"), ("way", "voice")),
                        fields=["due_at", "id"],
                        name="follow_up_for_voice",
                    ),
                    models.Index(
                        condition=models.Q(("status", "parked")),
                        fields=["due_at", "id"],
                        name="follow_up_parked",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("status__in", ["answered", "refused", "unreachable", "lapsed"])
                        ),
                        fields=["status", "due_at", "id"],
                        name="follow_up_settled",
                    ),
                    models.Index(
                        condition=models.Q(("request__isnull", False)),
                        fields=["request"],
                        name="follow_up_request",
                    ),
                    models.Index(fields=["customer", "-due_at"], name="follow_up_of_customer"),
                    models.Index(
                        condition=models.Q(("answered_at__isnull", False)),
                        fields=["answered_at", "id"],
                        name="follow_up_answered",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("call__isnull", False)),
                        fields=("call",),
                        name="follow_up_of_call",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "planned",
                                    "ready",
                                    "in_progress",
                                    "answered",
                                    "refused",
                                    "unreachable",
                                    "lapsed",
                                    "parked",
                                ],
                            )
                        ),
                        name="follow_up_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "refused"), _negated=True),
                            models.Q(("refused_because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="follow_up_refused_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "answered"), _negated=True),
                            ("answered_at__isnull", False),
                            _connector="OR",
                        ),
                        name="follow_up_answered_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attempts_made__lte", models.F("max_attempts"))),
                        name="follow_up_attempts_bounded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ways__contains", [models.F("way")])),
                        name="follow_up_way_of_its_ways",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("window_end__lte", datetime.time(21, 0)),
                            ("window_start__gte", datetime.time(8, 0)),
                        ),
                        name="follow_up_hours_lawful",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUpPolicyEvent",
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
                        to="followups.followuppolicy",
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
                ("name", models.CharField(max_length=80)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("voice", "Phone"),
                                ("email", "E-mail"),
                                ("chat", "Chat"),
                                ("form", "Web form"),
                                ("sms", "SMS"),
                                ("messaging", "Messaging app"),
                                ("social", "Social post"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "outcomes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("resolved", "Resolved in this contact"),
                                ("promised", "Promised with a date"),
                                ("unresolved", "Not resolved"),
                                ("not_reached", "Customer not reached"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "segments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "delay_minutes",
                    models.PositiveIntegerField(
                        default=1440,
                        help_text="Minutes from wrap-up to the follow-up.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "delay_working_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Working days at the customer's place instead of minutes; from the first hour.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(30)],
                    ),
                ),
                (
                    "sample_percent",
                    models.PositiveSmallIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
                (
                    "cool_down_days",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Who was asked so few days before is left alone.",
                        validators=[django.core.validators.MaxValueValidator(365)],
                    ),
                ),
                (
                    "questions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("as_expected", "Did everything go as expected?"),
                                ("as_promised", "Have we delivered as promised?"),
                                ("met_expectations", "Have we met your expectations?"),
                                ("recommend", "How likely are you to recommend us, from 0 to 10?"),
                                ("effort", "How easy was it to get what you needed, from 1 to 7?"),
                                ("expected_days", "How many days should it take?"),
                            ],
                            max_length=20,
                        ),
                        default=followups.models.asked.usual_questions,
                        size=None,
                    ),
                ),
                (
                    "window_start",
                    models.TimeField(
                        default=datetime.time(9, 0),
                        help_text="Earliest call, in the customer's time zone; 08:00 by law.",
                    ),
                ),
                (
                    "window_end",
                    models.TimeField(
                        default=datetime.time(20, 0),
                        help_text="Latest call, in the customer's time zone; 21:00 by law.",
                    ),
                ),
                (
                    "max_attempts",
                    models.PositiveSmallIntegerField(
                        default=2, validators=[django.core.validators.MinValueValidator(1)]
                    ),
                ),
                (
                    "retry_minutes",
                    models.PositiveIntegerField(
                        default=1440,
                        help_text="Minutes between two attempts.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "lapse_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="Later than this after the contact it makes no sense to ask.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "review_days",
                    models.PositiveSmallIntegerField(
                        default=180,
                        help_text="After a good answer: days until the next look at the needs.",
                    ),
                ),
                (
                    "problem_request_type",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="What a bad answer opens; empty: the request type “problem-after-contact”.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="service.requesttype",
                    ),
                ),
                (
                    "asks_by_voice",
                    models.BooleanField(
                        default=False,
                        help_text="Right after a call, on the customer's own line, answered by keys.",
                        verbose_name="ask by an automatic voice",
                    ),
                ),
                (
                    "ways",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("agent", "An agent calls"),
                                ("voice", "An automatic voice calls"),
                                ("sms", "A link by SMS"),
                                ("email", "A link by e-mail"),
                                ("portal", "Asked on the customer's page"),
                            ],
                            max_length=10,
                        ),
                        default=followups.models.asked.by_agent,
                        help_text="Tried in this order: the next one where this one is not permitted, does not work, or has used its tries.",
                        size=None,
                    ),
                ),
                ("paused_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "paused_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("paused_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("paused_because", models.CharField(blank=True, editable=False, max_length=200)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="followups.followup",
                    ),
                ),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("as_expected", "Did everything go as expected?"),
                            ("as_promised", "Have we delivered as promised?"),
                            ("met_expectations", "Have we met your expectations?"),
                            ("recommend", "How likely are you to recommend us, from 0 to 10?"),
                            ("effort", "How easy was it to get what you needed, from 1 to 7?"),
                            ("expected_days", "How many days should it take?"),
                        ],
                        max_length=20,
                    ),
                ),
                ("is_yes", models.BooleanField(null=True)),
                ("score", models.PositiveSmallIntegerField(null=True)),
                ("words", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("follow_up", "question"), name="answer_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(
                                    ("question__in", ["recommend", "effort", "expected_days"]),
                                    _negated=True,
                                ),
                                ("is_yes__isnull", False),
                                ("score", None),
                            ),
                            models.Q(
                                ("is_yes", None),
                                ("question", "recommend"),
                                ("score__range", (0, 10)),
                            ),
                            models.Q(
                                ("is_yes", None), ("question", "effort"), ("score__range", (1, 7))
                            ),
                            models.Q(
                                ("is_yes", None),
                                ("question", "expected_days"),
                                ("score__range", (0, 365)),
                            ),
                            _connector="OR",
                        ),
                        name="answer_of_its_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AnswerDraft",
            fields=[
                (
                    "follow_up",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="draft",
                        serialize=False,
                        to="followups.followup",
                    ),
                ),
                ("typed", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="followups.followup",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "call",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "contact_point",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.contactpoint",
                    ),
                ),
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
                ("gateway", models.CharField(max_length=20)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reached", "Reached"),
                            ("no_answer", "No answer"),
                            ("busy", "Busy"),
                            ("wrong_number", "Wrong number"),
                            ("call_back", "Asked to call back"),
                            ("declined", "Does not want to be asked"),
                            ("machine", "Answering machine"),
                            ("opted_out", "Never call this number again"),
                            ("not_called", "Not called"),
                            ("silent", "Picked up, answered no question"),
                            ("partial", "Answered in part"),
                            ("broken_off", "The call broke off"),
                            ("sent", "A link was sent by SMS"),
                            ("mailed", "A link was sent by e-mail"),
                            ("not_sent", "Not delivered"),
                            ("by_link", "Answered by a link meanwhile"),
                        ],
                        max_length=20,
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("follow_up", "number"), name="attempt_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("outcome", "")),
                            models.Q(
                                ("ended_at__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="attempt_ended_has_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="service.servicerequest",
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
                    "follow_up",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="followups.followup",
                    ),
                ),
                (
                    "ways",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("sms", "SMS"), ("email", "E-mail")], max_length=10
                        ),
                        size=None,
                    ),
                ),
                ("asked", models.PositiveSmallIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asking", "Asked by link"),
                            ("calling", "An agent asks by phone"),
                            ("confirmed", "Fixed, says the customer"),
                            ("denied", "Not fixed, says the customer"),
                            ("silent", "No word from the customer"),
                            ("dropped", "Taken up again before an answer"),
                        ],
                        default="asking",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ("asking", "calling"))),
                        fields=["due_at", "id"],
                        name="confirmation_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("asking", "calling"))),
                        fields=("request",),
                        name="confirmation_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("status__in", ("asking", "calling"))),
                            models.Q(
                                models.Q(("status__in", ("asking", "calling")), _negated=True),
                                ("settled_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="confirmation_settled_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PermissionCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="followups.followup",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("is_allowed", models.BooleanField()),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("permitted", "Permitted"),
                            (
                                "care_call",
                                "Permitted as a care call: the customer is marked vulnerable",
                            ),
                            ("outside_hours", "Outside the calling hours at the customer's place"),
                            ("public_holiday", "Public holiday at the customer's place"),
                            ("complaint_open", "A complaint of the customer is open"),
                            ("no_consent", "The customer has not agreed to be asked this way"),
                            (
                                "consent_withdrawn",
                                "The customer does not want to be asked this way",
                            ),
                            ("do_not_call", "The number is on the do-not-call list"),
                            ("registered", "The number is on a public register against such calls"),
                            ("register_too_old", "The public register on file is too old to go by"),
                            ("no_phone", "No phone number that reaches the customer"),
                            ("no_address", "No address that reaches the customer this way"),
                            ("place_unknown", "The time at the customer's place is not known"),
                            (
                                "no_common_hour",
                                "No hour is lawful in every place where the phone may ring",
                            ),
                            (
                                "heard_enough",
                                "The customer has heard from us often enough for a while",
                            ),
                            ("too_soon", "Tried a short while ago: too soon to try again"),
                            ("paused", "The policy is paused"),
                            ("not_in_sample", "Not in the sample"),
                            ("cooling_down", "Asked a short while ago: left alone for some days"),
                            ("attempts_used", "All attempts are used"),
                            ("lapsed", "Too late to ask"),
                            ("bereaved", "A bereavement was notified: nobody asks"),
                            ("minor", "The customer is not of age"),
                            ("left", "No longer a customer"),
                            ("person_only", "Marked vulnerable: only a person may ask"),
                        ],
                        max_length=40,
                    ),
                ),
                ("until", models.DateTimeField(blank=True, null=True)),
                (
                    "way",
                    models.CharField(
                        blank=True, help_text="The way that was decided on.", max_length=10
                    ),
                ),
                (
                    "law",
                    models.CharField(
                        blank=True,
                        help_text="The version of the rules' data that decided.",
                        max_length=40,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["follow_up", "-at"], name="permission_check_of")],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        default=followups.models.link.new_key,
                        editable=False,
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="followups.followup",
                    ),
                ),
                (
                    "attempt",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="followups.attempt",
                    ),
                ),
                (
                    "confirmation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="followups.confirmation",
                    ),
                ),
                (
                    "sending",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="messaging.sending",
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["follow_up"], name="link_of_follow_up")],
            },
        ),
        migrations.CreateModel(
            name="VoiceSurvey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "call",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="telephony.call",
                    ),
                ),
                (
                    "interaction",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "attempt",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="followups.attempt",
                    ),
                ),
                (
                    "questions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("as_expected", "Did everything go as expected?"),
                                ("as_promised", "Have we delivered as promised?"),
                                ("met_expectations", "Have we met your expectations?"),
                                ("recommend", "How likely are you to recommend us, from 0 to 10?"),
                                ("effort", "How easy was it to get what you needed, from 1 to 7?"),
                                ("expected_days", "How many days should it take?"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("questions__len__gte", 1)),
                        name="voice_survey_asks_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("attempt__isnull", False), ("interaction", None)),
                            models.Q(("attempt", None), ("interaction__isnull", False)),
                            _connector="OR",
                        ),
                        name="voice_survey_about_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settled_at", None), ("ended_at__isnull", False), _connector="OR"
                        ),
                        name="voice_survey_settled_after_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VoiceAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="followups.voicesurvey",
                    ),
                ),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("as_expected", "Did everything go as expected?"),
                            ("as_promised", "Have we delivered as promised?"),
                            ("met_expectations", "Have we met your expectations?"),
                            ("recommend", "How likely are you to recommend us, from 0 to 10?"),
                            ("effort", "How easy was it to get what you needed, from 1 to 7?"),
                            ("expected_days", "How many days should it take?"),
                        ],
                        max_length=20,
                    ),
                ),
                ("is_yes", models.BooleanField()),
                ("tries", models.PositiveSmallIntegerField(default=1)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": [models.OrderBy(models.F("at")), "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("survey", "question"), name="voice_answer_once")
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="followuppolicy",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "followups_followuppolicyevent" ("asks_by_voice", "channels", "cool_down_days", "delay_minutes", "delay_working_days", "id", "lapse_days", "max_attempts", "name", "outcomes", "paused_at", "paused_because", "paused_by_id", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "problem_request_type_id", "questions", "reasons", "retired_at", "retry_minutes", "review_days", "sample_percent", "segments", "ways", "window_end", "window_start") VALUES (NEW."asks_by_voice", NEW."channels", NEW."cool_down_days", NEW."delay_minutes", NEW."delay_working_days", NEW."id", NEW."lapse_days", NEW."max_attempts", NEW."name", NEW."outcomes", NEW."paused_at", NEW."paused_because", NEW."paused_by_id", NEW."paused_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."problem_request_type_id", NEW."questions", NEW."reasons", NEW."retired_at", NEW."retry_minutes", NEW."review_days", NEW."sample_percent", NEW."segments", NEW."ways", NEW."window_end", NEW."window_start"); RETURN NULL;',
                    hash="a07e14f0911b47e5c07af16469c7c9db8540db2a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2321a",
                    table="followups_followuppolicy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="followuppolicy",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "followups_followuppolicyevent" ("asks_by_voice", "channels", "cool_down_days", "delay_minutes", "delay_working_days", "id", "lapse_days", "max_attempts", "name", "outcomes", "paused_at", "paused_because", "paused_by_id", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "problem_request_type_id", "questions", "reasons", "retired_at", "retry_minutes", "review_days", "sample_percent", "segments", "ways", "window_end", "window_start") VALUES (NEW."asks_by_voice", NEW."channels", NEW."cool_down_days", NEW."delay_minutes", NEW."delay_working_days", NEW."id", NEW."lapse_days", NEW."max_attempts", NEW."name", NEW."outcomes", NEW."paused_at", NEW."paused_because", NEW."paused_by_id", NEW."paused_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."problem_request_type_id", NEW."questions", NEW."reasons", NEW."retired_at", NEW."retry_minutes", NEW."review_days", NEW."sample_percent", NEW."segments", NEW."ways", NEW."window_end", NEW."window_start"); RETURN NULL;',
                    hash="9030a9e1b51d1e4951118ae0e65c469e26fcad4f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e7419",
                    table="followups_followuppolicy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policyversion",
            trigger=pgtrigger.compiler.Trigger(
                name="policies_immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="3b90eae8e57483fb7f0259a6cf39ddde59c1dded",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_policies_immutable_79e09",
                    table="followups_policyversion",
                    when="BEFORE",
                ),
            ),
        ),
    ]
