from django.db import migrations, models


class Migration(migrations.Migration):
    """Each decision keeps the way that was decided on, and which edition of the rules decided."""

    dependencies = [
        ("followups", "0009_ways_only"),
        ("customers", "0007_region_and_circumstances"),
        ("telephony", "0007_layers_and_registers"),
    ]

    operations = [
        migrations.AddField(
            model_name="permissioncheck",
            name="way",
            field=models.CharField(
                blank=True, help_text="The way that was decided on.", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="permissioncheck",
            name="law",
            field=models.CharField(
                blank=True,
                help_text="The version of the rules' data that decided.",
                max_length=40,
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
                    ("no_consent", "The customer has not agreed to be asked this way"),
                    ("consent_withdrawn", "The customer does not want to be asked this way"),
                    ("do_not_call", "The number is on the do-not-call list"),
                    ("registered", "The number is on a public register against such calls"),
                    ("register_too_old", "The public register on file is too old to go by"),
                    ("no_phone", "No phone number that reaches the customer"),
                    ("no_address", "No address that reaches the customer this way"),
                    ("place_unknown", "The time at the customer's place is not known"),
                    ("no_common_hour", "No hour is lawful in every place where the phone may ring"),
                    ("heard_enough", "The customer has heard from us often enough for a while"),
                    ("too_soon", "Tried a short while ago: too soon to try again"),
                    ("paused", "The policy is paused"),
                    ("attempts_used", "All attempts are used"),
                    ("lapsed", "Too late to ask"),
                    ("bereaved", "A bereavement was notified: nobody asks"),
                    ("minor", "The customer is not of age"),
                    ("left", "No longer a customer"),
                    ("person_only", "Marked vulnerable: only a person may ask"),
                ],
                max_length=40,
            ),
        ),
    ]
