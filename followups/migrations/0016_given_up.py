import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OUTCOMES = [
    ("reached", "Reached"),
    ("no_answer", "No answer"),
    ("busy", "Busy"),
    ("wrong_number", "Wrong number"),
    ("call_back", "Asked to call back"),
    ("declined", "Does not want to be asked"),
    ("machine", "Answering machine"),
    ("opted_out", "Never call this number again"),
    ("not_called", "Not called"),
    ("silent", "Picked up, answered no question"),
    ("partial", "Answered in part"),
    ("broken_off", "The call broke off"),
    ("sent", "A link was sent by SMS"),
    ("mailed", "A link was sent by e-mail"),
    ("not_sent", "Not delivered"),
    ("by_link", "Answered by a link meanwhile"),
]


class Migration(migrations.Migration):
    """What a supervisor gave up is told apart from what no rule permits, SMS from e-mail."""

    dependencies = [
        ("followups", "0015_parked"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="followup",
            name="given_up_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Who decided that nobody asks any more.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="attempt",
            name="outcome",
            field=models.CharField(blank=True, choices=OUTCOMES, max_length=20),
        ),
    ]
