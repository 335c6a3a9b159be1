from django.db import migrations, models


class Migration(migrations.Migration):
    """How each gateway has answered lately."""

    dependencies = [("telephony", "0007_layers_and_registers")]

    operations = [
        migrations.CreateModel(
            name="GatewayCircuit",
            fields=[
                (
                    "gateway",
                    models.CharField(max_length=20, primary_key=True, serialize=False),
                ),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, help_text="In a row, up to now."),
                ),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("open_until", models.DateTimeField(blank=True, null=True)),
            ],
        )
    ]
