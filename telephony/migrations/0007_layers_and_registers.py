import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Who says that a number is not called: us, everybody, or a public register of some day."""

    dependencies = [
        ("telephony", "0006_calls_before_promises_break"),
    ]

    operations = [
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
        migrations.AddField(
            model_name="suppressionentry",
            name="layer",
            field=models.CharField(
                choices=[
                    ("global", "Everybody: by law, court or group"),
                    ("internal", "Us: the customer said so"),
                ],
                default="internal",
                max_length=30,
            ),
        ),
        migrations.AddField(
            model_name="suppressionentry",
            name="taken_from",
            field=models.ForeignKey(
                blank=True,
                help_text="The newest edition of the register in which the number stood.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="telephony.registerimport",
            ),
        ),
        migrations.AlterField(
            model_name="suppressionentry",
            name="number",
            field=models.CharField(help_text="E.164: +442079460000", max_length=16),
        ),
        migrations.AddConstraint(
            model_name="suppressionentry",
            constraint=models.UniqueConstraint(
                fields=("number", "layer"), name="suppressed_once_a_layer"
            ),
        ),
        migrations.AddConstraint(
            model_name="suppressionentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("layer__in", ["global", "internal"]),
                    ("taken_from", None),
                )
                | models.Q(
                    ("layer__regex", "^register:[a-z0-9-]{1,20}$"),
                    ("taken_from__isnull", False),
                ),
                name="suppression_layer_known",
            ),
        ),
    ]
