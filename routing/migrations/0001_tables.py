"""Every table of `routing` in one step; a database that took the steps before it has them already."""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import routing.models.queues


class Migration(migrations.Migration):
    replaces = [
        ("routing", "0001_queues"),
        ("routing", "0002_recording_policy"),
        ("routing", "0003_told_while_waiting"),
        ("routing", "0004_outbound_calls"),
        ("routing", "0005_calls_by_voice"),
        ("routing", "0006_calls_not_made"),
        ("routing", "0007_calls_before_promises_break"),
        ("routing", "0008_pace_of_voices"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("customers", "0001_tables"),
        ("interactions", "0001_tables"),
        ("telephony", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgentPhone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("tab", models.CharField(max_length=40)),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Consultation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="telephony.call",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("leg", models.CharField(max_length=40, unique=True)),
                ("brief", models.CharField(max_length=200)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("handed_over_at", models.DateTimeField(blank=True, null=True)),
                ("returned_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("handed_over_at", None), ("returned_at", None)),
                        fields=("call",),
                        name="one_consultation_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("brief", ""), _negated=True),
                        name="consultation_has_a_brief",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DialDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "call_key",
                    models.UUIDField(
                        help_text="The call's own key, also of one that never came to be."
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("service", "The customer's own concern"),
                            ("follow_up", "Follow-up"),
                            ("survey", "Questions by voice"),
                            ("call_back", "Call back"),
                            ("needs_review", "Needs review"),
                            ("promise", "Told before a promise breaks"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "when",
                    models.CharField(
                        choices=[
                            ("queued", "When it was asked for"),
                            ("dialling", "Right before their phone would ring"),
                        ],
                        max_length=10,
                    ),
                ),
                ("number", models.CharField(max_length=16)),
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
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("is_allowed", models.BooleanField()),
                ("rule", models.CharField(max_length=40)),
                ("words", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["call_key"], name="dial_decision_of_call"),
                    models.Index(fields=["customer", "-at"], name="dial_decision_of_customer"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboundCall",
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
                ("about", models.PositiveBigIntegerField()),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "contact_point",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.contactpoint",
                    ),
                ),
                ("leg", models.CharField(blank=True, max_length=40, null=True, unique=True)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("dialled_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("told", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["about"], name="outbound_call_about"),
                    models.Index(
                        condition=models.Q(("agent", None)),
                        fields=["asked_at"],
                        name="outbound_call_by_voice",
                    ),
                    models.Index(
                        condition=models.Q(("told", ""), _negated=True),
                        fields=["agent", "-ended_at"],
                        name="outbound_call_not_made",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("agent",),
                        name="one_outbound_call_per_agent",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("agent", None), ("ended_at", None)),
                        fields=("customer",),
                        name="one_voice_call_per_customer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agent", None), ("leg", None)),
                            models.Q(("agent__isnull", False), ("leg__isnull", False)),
                            _connector="OR",
                        ),
                        name="outbound_call_agent_has_leg",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Skill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=80)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="AgentSkill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="routing.skill",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "skill"), name="agent_skill_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Queue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="routing.skill",
                    ),
                ),
                (
                    "is_default",
                    models.BooleanField(
                        default=False, help_text="Takes what no other queue takes."
                    ),
                ),
                ("answered_within", models.PositiveSmallIntegerField(default=20)),
                ("ring_seconds", models.PositiveSmallIntegerField(default=20)),
                (
                    "overflow_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="routing.queue",
                    ),
                ),
                ("overflow_after", models.PositiveSmallIntegerField(default=120)),
                ("opens_at", models.TimeField(default=datetime.time(8, 0))),
                ("closes_at", models.TimeField(default=datetime.time(20, 0))),
                (
                    "days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        default=routing.models.queues.weekdays,
                        size=None,
                    ),
                ),
                ("time_zone", models.CharField(default="Europe/London", max_length=40)),
                ("position", models.PositiveSmallIntegerField(default=100)),
                (
                    "recording",
                    models.CharField(
                        choices=[
                            ("never", "Never"),
                            ("consented", "Where the customer has consented"),
                        ],
                        default="never",
                        max_length=10,
                    ),
                ),
                ("retired_on", models.DateField(blank=True, null=True)),
                (
                    "contact_reasons",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="interactions.contactreason"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True), ("retired_on", None)),
                        fields=("is_default",),
                        name="one_default_queue",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opens_at"))),
                        name="queue_opens_before_it_closes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ring_seconds__gte", 5), ("ring_seconds__lte", 60)),
                        name="queue_ring_is_bounded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallBack",
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
                    "queue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="routing.queue",
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
                ("number", models.CharField(blank=True, max_length=16)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("asked", "Asked to be called"),
                            ("cut_off", "The call was cut off"),
                            ("left", "Left while waiting"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("entered_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["entered_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None)),
                        fields=["queue", "entered_at"],
                        name="call_back_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Place",
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
                    "queue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="routing.queue",
                    ),
                ),
                (
                    "contact_reason",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.contactreason",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "match",
                    models.CharField(
                        choices=[("nobody", "Not known"), ("maybe", "Maybe"), ("certain", "Known")],
                        default="nobody",
                        max_length=10,
                    ),
                ),
                (
                    "interaction",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("offered", "Ringing at an agent"),
                            ("talking", "Talking"),
                            ("done", "Served"),
                            ("left", "Left before an answer"),
                            ("call_back", "Wants to be called back"),
                            ("closed", "Called out of hours"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("leg", models.CharField(blank=True, max_length=40)),
                ("offered_until", models.DateTimeField(blank=True, null=True)),
                ("offers_made", models.PositiveSmallIntegerField(default=0)),
                (
                    "passed_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "last_agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["entered_at"],
                        name="place_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("state", "offered")),
                        fields=["offered_until"],
                        name="place_offered",
                    ),
                    models.Index(fields=["queue", "entered_at"], name="place_of_queue"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["offered", "talking"])),
                        fields=("agent",),
                        name="one_call_per_agent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["offered", "talking"]), _negated=True),
                            ("agent__isnull", False),
                            _connector="OR",
                        ),
                        name="place_with_agent_when_offered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "waiting",
                                    "offered",
                                    "talking",
                                    "done",
                                    "left",
                                    "call_back",
                                    "closed",
                                ],
                            )
                        ),
                        name="place_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("match", "nobody"), ("customer__isnull", False), _connector="OR"
                        ),
                        name="place_match_has_customer",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dialdecision",
            trigger=pgtrigger.compiler.Trigger(
                name="dial_decision_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='RAISE EXCEPTION \'pgtrigger: Cannot update of "call_key", "purpose", "when", "number", "by_id", "at", "is_allowed", "rule", "words" rows from % table\', TG_TABLE_NAME;',
                    hash="59ab9756242781d1329a9389d760d3f62c7f83b1",
                    operation='UPDATE OF "call_key", "purpose", "when", "number", "by_id", "at", "is_allowed", "rule", "words"',
                    pgid="pgtrigger_dial_decision_append_only_cbe16",
                    table="routing_dialdecision",
                    when="BEFORE",
                ),
            ),
        ),
    ]
