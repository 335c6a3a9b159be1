"""Every table of `insights` in one step; a database that took the steps before it has them already."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("insights", "0001_initial"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("products", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Figure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tally", models.CharField(max_length=20)),
                (
                    "grain",
                    models.CharField(choices=[("day", "Day"), ("month", "Month")], max_length=5),
                ),
                ("start_on", models.DateField()),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="products.product",
                    ),
                ),
                ("outcome", models.CharField(max_length=20)),
                ("reason", models.CharField(blank=True, max_length=120)),
                ("n", models.IntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["tally", "grain", "start_on"], name="figure_of_tally")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "tally",
                            "product",
                            "grain",
                            "team",
                            "start_on",
                            "outcome",
                            "reason",
                        ),
                        include=("n",),
                        name="figure_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grain__in", ["day", "month"])),
                        name="figure_grain_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=20)),
                ("day", models.DateField()),
            ],
            options={
                "indexes": [models.Index(fields=["source", "day"], name="mark_of_source")],
            },
        ),
        migrations.CreateModel(
            name="RollUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("refreshed_at", models.DateTimeField(null=True)),
                (
                    "waiting",
                    models.PositiveIntegerField(
                        default=0, help_text="Days still to be counted again."
                    ),
                ),
                ("counting_from", models.DateField(null=True)),
                ("time_zone", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="roll_up_single")
                ],
            },
        ),
    ]
