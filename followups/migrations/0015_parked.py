from django.db import migrations, models

STATUSES = [
    "planned",
    "ready",
    "in_progress",
    "answered",
    "refused",
    "unreachable",
    "lapsed",
    "parked",
]


class Migration(migrations.Migration):
    """What fails again and again is parked; what a voice is to call is found by when it was due."""

    dependencies = [("followups", "0014_reasons_only")]

    operations = [
        migrations.AddField(
            model_name="followup",
            name="failures",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="In a row, through no doing of the customer's; too many park it.",
            ),
        ),
        migrations.AlterField(
            model_name="followup",
            name="status",
            field=models.CharField(
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
        migrations.RemoveConstraint(model_name="followup", name="follow_up_status_known"),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                name="follow_up_status_known", condition=models.Q(("status__in", STATUSES))
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("status", "ready"), ("way", "voice")),
                fields=["due_at", "id"],
                name="follow_up_for_voice",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("status", "parked")),
                fields=["due_at", "id"],
                name="follow_up_parked",
            ),
        ),
    ]
