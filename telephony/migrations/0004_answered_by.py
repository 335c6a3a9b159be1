from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep who answered, a person or a machine, where the provider tells."""

    dependencies = [("telephony", "0003_prompts")]

    operations = [
        migrations.AddField(
            model_name="call",
            name="answered_by",
            field=models.CharField(
                blank=True,
                choices=[("person", "person"), ("machine", "machine")],
                help_text="A person or a machine, where the provider told.",
                max_length=10,
            ),
        )
    ]
