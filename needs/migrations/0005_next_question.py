"""The question that the list asks, and the questions that a reading calls for."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interactions", "0002_call"),
        ("needs", "0004_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="reading",
            name="calls_for",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SlugField(), blank=True, default=list, size=None
            ),
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
    ]
