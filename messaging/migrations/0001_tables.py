"""Every table of `messaging` in one step; a database that took the steps before it has them already."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("messaging", "0001_sendings"),
        ("messaging", "0002_replies_reach_people"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="InboxItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                (
                    "carrier",
                    models.CharField(choices=[("sms", "SMS"), ("email", "E-mail")], max_length=10),
                ),
                ("to", models.CharField(max_length=254)),
                ("sender", models.CharField(max_length=254)),
                ("subject", models.CharField(blank=True, max_length=160)),
                ("text", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["to", "-at"], name="inbox_item_of")],
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                ("event_id", models.CharField(max_length=64)),
                (
                    "carrier",
                    models.CharField(choices=[("sms", "SMS"), ("email", "E-mail")], max_length=10),
                ),
                ("sender", models.CharField(max_length=254)),
                ("text", models.CharField(blank=True, max_length=1600)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("unknown_since", models.DateTimeField(blank=True, null=True)),
                ("looked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "looked_by",
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
                        condition=models.Q(("looked_at", None), ("unknown_since__isnull", False)),
                        fields=["at"],
                        name="reply_unknown",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("gateway", "event_id"), name="reply_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("looked_at", None), ("looked_by", None)),
                            models.Q(("looked_at__isnull", False), ("looked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="reply_looked_at_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "carrier",
                    models.CharField(choices=[("sms", "SMS"), ("email", "E-mail")], max_length=10),
                ),
                ("gateway", models.CharField(max_length=20)),
                ("to", models.CharField(max_length=254)),
                ("sender", models.CharField(max_length=254)),
                ("subject", models.CharField(blank=True, max_length=160)),
                ("text", models.TextField()),
                ("stop_url", models.CharField(blank=True, max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Being sent"),
                            ("unknown", "The provider did not say whether it was sent"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("failed", "Not delivered"),
                            ("canceled", "Not sent"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        blank=True, help_text="The provider's name for it.", max_length=64
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("because", models.CharField(blank=True, max_length=160)),
                ("queued_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["due_at", "id"],
                        name="sending_due",
                    ),
                    models.Index(fields=["to", "-claimed_at"], name="sending_to_address"),
                    models.Index(
                        condition=models.Q(("state__in", ["sending", "unknown"])),
                        fields=["claimed_at"],
                        name="sending_unsettled",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "queued",
                                    "sending",
                                    "unknown",
                                    "sent",
                                    "delivered",
                                    "failed",
                                    "canceled",
                                ],
                            )
                        ),
                        name="sending_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("carrier__in", ["sms", "email"])),
                        name="sending_carrier_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["sending", "unknown", "sent", "delivered"]),
                                _negated=True,
                            ),
                            ("claimed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="sending_claimed_has_time",
                    ),
                ],
            },
        ),
    ]
