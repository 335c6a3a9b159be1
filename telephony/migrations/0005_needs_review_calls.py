from django.db import migrations, models


class Migration(migrations.Migration):
    """Calls may be about a customer's needs."""

    dependencies = [("telephony", "0004_answered_by")]

    operations = [
        migrations.AlterField(
            model_name="call",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("service", "The customer's own concern"),
                    ("follow_up", "Follow-up"),
                    ("survey", "Questions by voice"),
                    ("call_back", "Call back"),
                    ("needs_review", "Needs review"),
                ],
                default="service",
                max_length=20,
            ),
        )
    ]
