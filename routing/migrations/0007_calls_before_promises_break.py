from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether a customer might be told that a promise will break is kept as of every call."""

    dependencies = [
        ("routing", "0006_calls_not_made"),
        ("telephony", "0006_calls_before_promises_break"),
    ]

    operations = [
        migrations.AlterField(
            model_name="dialdecision",
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
                max_length=20,
            ),
        )
    ]
