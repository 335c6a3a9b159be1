"""Every table of `telephony` in one step; a database that took the steps before it has them already."""

import datetime
import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import telephony.gateway


class Migration(migrations.Migration):
    replaces = [
        ("telephony", "0001_calls"),
        ("telephony", "0002_suppression_entries"),
        ("telephony", "0003_prompts"),
        ("telephony", "0004_answered_by"),
        ("telephony", "0005_needs_review_calls"),
        ("telephony", "0006_calls_before_promises_break"),
        ("telephony", "0007_layers_and_registers"),
        ("telephony", "0008_circuits"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("gateway", models.CharField(max_length=20)),
                (
                    "place",
                    models.CharField(
                        blank=True, help_text="The switch, or their reference.", max_length=80
                    ),
                ),
                ("direction", models.CharField(max_length=10)),
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
                        default="service",
                        max_length=20,
                    ),
                ),
                (
                    "line",
                    models.CharField(blank=True, help_text="What the caller chose.", max_length=80),
                ),
                (
                    "remote_number",
                    models.CharField(blank=True, help_text="E.164, as presented.", max_length=16),
                ),
                ("caller_id", models.CharField(blank=True, max_length=16)),
                (
                    "state",
                    models.CharField(default=telephony.gateway.CallState["QUEUED"], max_length=20),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ringing_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("cause", models.CharField(blank=True, max_length=20)),
                (
                    "answered_by",
                    models.CharField(
                        blank=True,
                        choices=[("person", "person"), ("machine", "machine")],
                        help_text="A person or a machine, where the provider told.",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    telephony.gateway.CallState["BUSY"],
                                    telephony.gateway.CallState["CANCELED"],
                                    telephony.gateway.CallState["COMPLETED"],
                                    telephony.gateway.CallState["FAILED"],
                                    telephony.gateway.CallState["NO_ANSWER"],
                                ],
                            ),
                            _negated=True,
                        ),
                        fields=["created_at"],
                        name="call_going_on",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "queued",
                                    "initiated",
                                    "ringing",
                                    "in-progress",
                                    "completed",
                                    "busy",
                                    "no-answer",
                                    "failed",
                                    "canceled",
                                ],
                            )
                        ),
                        name="call_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["inbound", "outbound"])),
                        name="call_direction_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "state__in",
                                    [
                                        telephony.gateway.CallState["BUSY"],
                                        telephony.gateway.CallState["CANCELED"],
                                        telephony.gateway.CallState["COMPLETED"],
                                        telephony.gateway.CallState["FAILED"],
                                        telephony.gateway.CallState["NO_ANSWER"],
                                    ],
                                ),
                                _negated=True,
                            ),
                            ("ended_at__isnull", False),
                            _connector="OR",
                        ),
                        name="call_ended_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallerId",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.CharField(help_text="E.164: +442079460000", max_length=16, unique=True),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="What the called person is told who calls.", max_length=80
                    ),
                ),
                ("verified_on", models.DateField(blank=True, null=True)),
                ("retired_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "caller id",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__regex", "^\\+[1-9][0-9]{6,14}$")),
                        name="caller_id_e164",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GatewayCircuit",
            fields=[
                ("gateway", models.CharField(max_length=20, primary_key=True, serialize=False)),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, help_text="In a row, up to now."),
                ),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("open_until", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Prompt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("seconds", models.DecimalField(decimal_places=2, max_digits=5)),
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
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="RegisterImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("register", models.SlugField(db_index=False, max_length=20)),
                (
                    "as_of",
                    models.DateField(help_text="The day of the file, as its publisher says."),
                ),
                ("source", models.CharField(max_length=120)),
                ("digest", models.CharField(help_text="SHA-256 of the file.", max_length=64)),
                ("lines_done", models.PositiveBigIntegerField(default=0)),
                ("kept", models.PositiveBigIntegerField(default=0)),
                ("faulty", models.PositiveBigIntegerField(default=0)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at__isnull", False)),
                        fields=["register", "-as_of"],
                        name="register_in_force",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("register", "digest"), name="register_import_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CallEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                ("event_id", models.CharField(max_length=120)),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="telephony.call",
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("number", models.BigIntegerField()),
                ("leg", models.CharField(blank=True, max_length=40)),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("detail", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [models.Index(fields=["call", "number"], name="call_event_of_call")],
                "constraints": [
                    models.UniqueConstraint(fields=("gateway", "event_id"), name="call_event_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Leg",
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
                        related_name="legs",
                        to="telephony.call",
                    ),
                ),
                ("key", models.CharField(max_length=40, unique=True)),
                (
                    "party",
                    models.CharField(
                        choices=[
                            ("customer", "customer"),
                            ("agent", "agent"),
                            ("supervisor", "supervisor"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "invited"),
                            ("ringing", "ringing"),
                            ("talking", "talking"),
                            ("held", "held"),
                            ("lost", "lost"),
                            ("left", "left"),
                        ],
                        max_length=10,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("held_since", models.DateTimeField(blank=True, null=True)),
                ("held_for", models.DurationField(default=datetime.timedelta)),
                ("lost_at", models.DateTimeField(blank=True, null=True)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                ("cause", models.CharField(blank=True, max_length=20)),
                ("quality", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "left"), _negated=True),
                        fields=["user"],
                        name="leg_here_of_user",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recording",
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
                        related_name="recordings",
                        to="telephony.call",
                    ),
                ),
                ("file", models.CharField(max_length=120, unique=True)),
                ("seconds", models.DecimalField(decimal_places=2, max_digits=9)),
                ("started_at", models.DateTimeField()),
                (
                    "pauses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), default=list, size=None
                    ),
                ),
            ],
            options={
                "ordering": ["started_at"],
            },
        ),
        migrations.CreateModel(
            name="SuppressionEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(help_text="E.164: +442079460000", max_length=16)),
                (
                    "layer",
                    models.CharField(
                        choices=[
                            ("global", "Everybody: by law, court or group"),
                            ("internal", "Us: the customer said so"),
                        ],
                        default="internal",
                        max_length=30,
                    ),
                ),
                ("reason", models.CharField(max_length=120)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
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
                (
                    "taken_from",
                    models.ForeignKey(
                        blank=True,
                        help_text="The newest edition of the register in which the number stood.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="telephony.registerimport",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "suppression entries",
                "ordering": ["-at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("number", "layer"), name="suppressed_once_a_layer"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__regex", "^\\+[1-9][0-9]{6,14}$")),
                        name="suppression_number_e164",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("layer__in", ["global", "internal"]), ("taken_from", None)),
                            models.Q(
                                ("layer__regex", "^register:[a-z0-9-]{1,20}$"),
                                ("taken_from__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="suppression_layer_known",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="callevent",
            trigger=pgtrigger.compiler.Trigger(
                name="call_event_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="4ea3ab16ff63c2e9a179752d2b2e37e9026af207",
                    operation="UPDATE",
                    pgid="pgtrigger_call_event_append_only_ead36",
                    table="telephony_callevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
