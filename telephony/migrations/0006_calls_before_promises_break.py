from django.db import migrations, models


class Migration(migrations.Migration):
    """Calls may tell a customer that a promise will break."""

    dependencies = [("telephony", "0005_needs_review_calls")]

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
                    ("promise", "Told before a promise breaks"),
                ],
                default="service",
                max_length=20,
            ),
        )
    ]
