from django.db import migrations, models


class Migration(migrations.Migration):
    """Calls may be about a customer's needs; those that were not made are told to their agents."""

    dependencies = [
        ("routing", "0005_calls_by_voice"),
        ("telephony", "0005_needs_review_calls"),
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
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="outboundcall",
            index=models.Index(
                fields=["agent", "-ended_at"],
                condition=~models.Q(told=""),
                name="outbound_call_not_made",
            ),
        ),
    ]
