import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """What is typed while a customer is told that a promise will break is kept as it is typed."""

    dependencies = [("service", "0003_confirmed_by_customers")]

    operations = [
        migrations.CreateModel(
            name="TellingDraft",
            fields=[
                (
                    "warning",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="draft",
                        serialize=False,
                        to="service.earlywarning",
                    ),
                ),
                ("typed", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"ordering": ["pk"]},
        )
    ]
