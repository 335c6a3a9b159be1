import django.contrib.postgres.fields
import django.core.validators
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("followups", "0011_links")]

    operations = [
        # Here, and not with its column: going back, the reasons are filled in before it holds.
        migrations.RemoveConstraint(
            model_name="followuppolicy",
            name="follow_up_policy_one_default",
        ),
        migrations.AddField(
            model_name="policyversion",
            name="digest",
            field=models.CharField(max_length=64, default=""),
            preserve_default=False,
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="followuppolicy",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="followuppolicy",
            name="update_update",
        ),
        migrations.AddField(
            model_name="followuppolicy",
            name="channels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("voice", "Phone"),
                        ("email", "E-mail"),
                        ("chat", "Chat"),
                        ("form", "Web form"),
                        ("sms", "SMS"),
                        ("messaging", "Messaging app"),
                        ("social", "Social post"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="followuppolicy",
            name="cool_down_days",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Who was asked so few days before is left alone.",
                validators=[django.core.validators.MaxValueValidator(365)],
            ),
        ),
        migrations.AddField(
            model_name="followuppolicy",
            name="delay_working_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Working days at the customer's place instead of minutes; from the first hour.",
                null=True,
                validators=[django.core.validators.MaxValueValidator(30)],
            ),
        ),
        migrations.AddField(
            model_name="followuppolicy",
            name="outcomes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("resolved", "Resolved in this contact"),
                        ("promised", "Promised with a date"),
                        ("unresolved", "Not resolved"),
                        ("not_reached", "Customer not reached"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="followuppolicy",
            name="position",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="followuppolicy",
            name="reasons",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SlugField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="followuppolicy",
            name="retired_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="followuppolicy",
            name="sample_percent",
            field=models.PositiveSmallIntegerField(
                default=100,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100),
                ],
            ),
        ),
        migrations.AddField(
            model_name="followuppolicy",
            name="segments",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SlugField(max_length=40), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="followuppolicyevent",
            name="channels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("voice", "Phone"),
                        ("email", "E-mail"),
                        ("chat", "Chat"),
                        ("form", "Web form"),
                        ("sms", "SMS"),
                        ("messaging", "Messaging app"),
                        ("social", "Social post"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="followuppolicyevent",
            name="cool_down_days",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Who was asked so few days before is left alone.",
                validators=[django.core.validators.MaxValueValidator(365)],
            ),
        ),
        migrations.AddField(
            model_name="followuppolicyevent",
            name="delay_working_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Working days at the customer's place instead of minutes; from the first hour.",
                null=True,
                validators=[django.core.validators.MaxValueValidator(30)],
            ),
        ),
        migrations.AddField(
            model_name="followuppolicyevent",
            name="outcomes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("resolved", "Resolved in this contact"),
                        ("promised", "Promised with a date"),
                        ("unresolved", "Not resolved"),
                        ("not_reached", "Customer not reached"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="followuppolicyevent",
            name="position",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="followuppolicyevent",
            name="reasons",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SlugField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="followuppolicyevent",
            name="retired_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="followuppolicyevent",
            name="sample_percent",
            field=models.PositiveSmallIntegerField(
                default=100,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100),
                ],
            ),
        ),
        migrations.AddField(
            model_name="followuppolicyevent",
            name="segments",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SlugField(max_length=40), blank=True, default=list, size=None
            ),
        ),
        migrations.AlterField(
            model_name="followuppolicy",
            name="delay_minutes",
            field=models.PositiveIntegerField(
                default=1440,
                help_text="Minutes from wrap-up to the follow-up.",
                validators=[django.core.validators.MinValueValidator(1)],
            ),
        ),
        migrations.AlterField(
            model_name="followuppolicyevent",
            name="delay_minutes",
            field=models.PositiveIntegerField(
                default=1440,
                help_text="Minutes from wrap-up to the follow-up.",
                validators=[django.core.validators.MinValueValidator(1)],
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
                    ("not_in_sample", "Not in the sample"),
                    ("cooling_down", "Asked a short while ago: left alone for some days"),
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
