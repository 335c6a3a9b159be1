"""What a call can come to, and the rule of the do-not-call list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("followups", "0002_answer_draft")]

    operations = [
        migrations.AlterField(
            model_name="attempt",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("reached", "Reached"),
                    ("no_answer", "No answer"),
                    ("busy", "Busy"),
                    ("wrong_number", "Wrong number"),
                    ("call_back", "Asked to call back"),
                    ("declined", "Does not want to be asked"),
                    ("machine", "Answering machine"),
                    ("opted_out", "Never call this number again"),
                    ("not_called", "Not called"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="permissioncheck",
            name="rule",
            field=models.CharField(
                choices=[
                    ("permitted", "Permitted"),
                    ("care_call", "Permitted as a care call: the customer is marked vulnerable"),
                    ("outside_hours", "Outside the calling hours at the customer's place"),
                    ("public_holiday", "Public holiday at the customer's place"),
                    ("complaint_open", "A complaint of the customer is open"),
                    ("no_consent", "The customer has not agreed to be asked by phone"),
                    ("consent_withdrawn", "The customer does not want to be asked by phone"),
                    ("do_not_call", "The number is on the do-not-call list"),
                    ("no_phone", "No phone number that reaches the customer"),
                    ("place_unknown", "The time at the customer's place is not known"),
                    ("no_common_hour", "No hour is lawful in every place where the phone may ring"),
                    ("attempts_used", "All attempts are used"),
                    ("lapsed", "Too late to ask"),
                ],
                max_length=40,
            ),
        ),
    ]
