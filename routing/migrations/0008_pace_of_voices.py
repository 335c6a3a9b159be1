from django.db import migrations, models


class Migration(migrations.Migration):
    """How many calls by voice were begun lately is counted before each one."""

    dependencies = [("routing", "0007_calls_before_promises_break")]

    operations = [
        migrations.AddIndex(
            model_name="outboundcall",
            index=models.Index(
                condition=models.Q(("agent", None)),
                fields=["asked_at"],
                name="outbound_call_by_voice",
            ),
        )
    ]
