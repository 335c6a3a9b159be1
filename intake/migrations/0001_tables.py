"""Every table of `intake` in one step; a database that took the steps before it has them already."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("intake", "0001_initial"),
        ("intake", "0002_bulk_load"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="BulkLoad",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("set_aside", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.Value(1),
                        condition=models.Q(("finished_at", None)),
                        name="bulk_load_one_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.SlugField(max_length=40)),
                ("file_name", models.CharField(max_length=200)),
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256 of file and mapping together.", max_length=64
                    ),
                ),
                ("as_of", models.DateField()),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("rows_done", models.PositiveIntegerField(default=0)),
                (
                    "added",
                    models.PositiveIntegerField(default=0, help_text="Customers that were new."),
                ),
                (
                    "changed",
                    models.PositiveIntegerField(default=0, help_text="Customers that were known."),
                ),
                ("left_out", models.PositiveIntegerField(default=0, help_text="Rows with errors.")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None)),
                        fields=("digest",),
                        name="import_run_unfinished_once",
                    )
                ],
            },
        ),
    ]
