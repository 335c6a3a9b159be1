import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import Q

import followups.models.link

OUTCOMES = [
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
    ("sent", "A link was sent"),
    ("not_sent", "Not delivered"),
    ("by_link", "Answered by a link meanwhile"),
]
STATUSES = [
    ("asking", "Asked by link"),
    ("calling", "An agent asks by phone"),
    ("confirmed", "Fixed, says the customer"),
    ("denied", "Not fixed, says the customer"),
    ("silent", "No word from the customer"),
    ("dropped", "Taken up again before an answer"),
]
OPEN = ("asking", "calling")


def key(**how):
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID", **how
    )


class Migration(migrations.Migration):
    """Links that customers open, and asking whether what went wrong is fixed."""

    dependencies = [
        ("customers", "0008_asked_whether_fixed"),
        ("followups", "0010_way_and_law_of_a_check"),
        ("messaging", "0001_sendings"),
        ("service", "0003_confirmed_by_customers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attempt",
            name="outcome",
            field=models.CharField(blank=True, choices=OUTCOMES, max_length=20),
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                ("id", key()),
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
                    models.CharField(choices=STATUSES, default="asking", max_length=10),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
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
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="service.servicerequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("status__in", OPEN)),
                        fields=("request",),
                        name="confirmation_open_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(("settled_at", None), ("status__in", OPEN))
                        | Q(~Q(("status__in", OPEN)), ("settled_at__isnull", False)),
                        name="confirmation_settled_has_time",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=Q(("status__in", OPEN)),
                        fields=["due_at", "id"],
                        name="confirmation_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", key()),
                (
                    "key",
                    models.CharField(
                        default=followups.models.link.new_key,
                        editable=False,
                        max_length=40,
                        unique=True,
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
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
                    "follow_up",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="followups.followup",
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
            ],
            options={
                "indexes": [models.Index(fields=["follow_up"], name="link_of_follow_up")],
            },
        ),
    ]
