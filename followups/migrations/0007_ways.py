import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import followups.models.policy


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_protected_traits"),
        ("followups", "0006_heard_enough"),
        ("interactions", "0002_call"),
        ("service", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("policies", models.JSONField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="followuppolicy",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="followuppolicy",
            name="update_update",
        ),
        migrations.RemoveConstraint(
            model_name="answer",
            name="answer_is_yes_or_score",
        ),
        migrations.RemoveConstraint(
            model_name="followup",
            name="follow_up_called_by_known",
        ),
        migrations.RenameField(model_name="followup", old_name="called_by", new_name="way"),
        migrations.AlterField(
            model_name="followup",
            name="way",
            field=models.CharField(
                choices=[
                    ("agent", "An agent calls"),
                    ("voice", "An automatic voice calls"),
                    ("sms", "A link by SMS"),
                    ("email", "A link by e-mail"),
                    ("portal", "Asked on the customer's page"),
                ],
                default="agent",
                help_text="The one of its ways tried now.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="tries_each",
            field=models.PositiveSmallIntegerField(
                default=2,
                help_text="So many tries by each way; max_attempts bounds those made so far.",
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="ways",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("agent", "An agent calls"),
                        ("voice", "An automatic voice calls"),
                        ("sms", "A link by SMS"),
                        ("email", "A link by e-mail"),
                        ("portal", "Asked on the customer's page"),
                    ],
                    max_length=10,
                ),
                default=followups.models.policy.by_agent,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="followuppolicy",
            name="paused_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="followuppolicy",
            name="paused_because",
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name="followuppolicy",
            name="paused_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="followuppolicy",
            name="paused_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="followuppolicy",
            name="ways",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("agent", "An agent calls"),
                        ("voice", "An automatic voice calls"),
                        ("sms", "A link by SMS"),
                        ("email", "A link by e-mail"),
                        ("portal", "Asked on the customer's page"),
                    ],
                    max_length=10,
                ),
                default=followups.models.policy.by_agent,
                help_text="Tried in this order: the next one where this one is not permitted, does not work, or has used its tries.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="followuppolicyevent",
            name="paused_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="followuppolicyevent",
            name="paused_because",
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name="followuppolicyevent",
            name="paused_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="followuppolicyevent",
            name="paused_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="followuppolicyevent",
            name="ways",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("agent", "An agent calls"),
                        ("voice", "An automatic voice calls"),
                        ("sms", "A link by SMS"),
                        ("email", "A link by e-mail"),
                        ("portal", "Asked on the customer's page"),
                    ],
                    max_length=10,
                ),
                default=followups.models.policy.by_agent,
                help_text="Tried in this order: the next one where this one is not permitted, does not work, or has used its tries.",
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="answer",
            name="question",
            field=models.CharField(
                choices=[
                    ("as_expected", "Did everything go as expected?"),
                    ("as_promised", "Have we delivered as promised?"),
                    ("met_expectations", "Have we met your expectations?"),
                    ("recommend", "How likely are you to recommend us, from 0 to 10?"),
                    ("effort", "How easy was it to get what you needed, from 1 to 7?"),
                    ("expected_days", "How many days should it take?"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="followup",
            name="questions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("as_expected", "Did everything go as expected?"),
                        ("as_promised", "Have we delivered as promised?"),
                        ("met_expectations", "Have we met your expectations?"),
                        ("recommend", "How likely are you to recommend us, from 0 to 10?"),
                        ("effort", "How easy was it to get what you needed, from 1 to 7?"),
                        ("expected_days", "How many days should it take?"),
                    ],
                    max_length=20,
                ),
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="followuppolicy",
            name="questions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("as_expected", "Did everything go as expected?"),
                        ("as_promised", "Have we delivered as promised?"),
                        ("met_expectations", "Have we met your expectations?"),
                        ("recommend", "How likely are you to recommend us, from 0 to 10?"),
                        ("effort", "How easy was it to get what you needed, from 1 to 7?"),
                        ("expected_days", "How many days should it take?"),
                    ],
                    max_length=20,
                ),
                default=followups.models.policy.usual_questions,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="followuppolicyevent",
            name="questions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("as_expected", "Did everything go as expected?"),
                        ("as_promised", "Have we delivered as promised?"),
                        ("met_expectations", "Have we met your expectations?"),
                        ("recommend", "How likely are you to recommend us, from 0 to 10?"),
                        ("effort", "How easy was it to get what you needed, from 1 to 7?"),
                        ("expected_days", "How many days should it take?"),
                    ],
                    max_length=20,
                ),
                default=followups.models.policy.usual_questions,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="voiceanswer",
            name="question",
            field=models.CharField(
                choices=[
                    ("as_expected", "Did everything go as expected?"),
                    ("as_promised", "Have we delivered as promised?"),
                    ("met_expectations", "Have we met your expectations?"),
                    ("recommend", "How likely are you to recommend us, from 0 to 10?"),
                    ("effort", "How easy was it to get what you needed, from 1 to 7?"),
                    ("expected_days", "How many days should it take?"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="voicesurvey",
            name="questions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("as_expected", "Did everything go as expected?"),
                        ("as_promised", "Have we delivered as promised?"),
                        ("met_expectations", "Have we met your expectations?"),
                        ("recommend", "How likely are you to recommend us, from 0 to 10?"),
                        ("effort", "How easy was it to get what you needed, from 1 to 7?"),
                        ("expected_days", "How many days should it take?"),
                    ],
                    max_length=20,
                ),
                size=None,
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(
                            ("question__in", ["recommend", "effort", "expected_days"]),
                            _negated=True,
                        ),
                        ("is_yes__isnull", False),
                        ("score", None),
                    ),
                    models.Q(
                        ("is_yes", None), ("question", "recommend"), ("score__range", (0, 10))
                    ),
                    models.Q(("is_yes", None), ("question", "effort"), ("score__range", (1, 7))),
                    models.Q(
                        ("is_yes", None), ("question", "expected_days"), ("score__range", (0, 365))
                    ),
                    _connector="OR",
                ),
                name="answer_of_its_kind",
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="published_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="restores",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="followups.policyversion",
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="policy_version",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The policies in force when the contact was closed.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="followups.policyversion",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policyversion",
            trigger=pgtrigger.compiler.Trigger(
                name="policies_immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="3b90eae8e57483fb7f0259a6cf39ddde59c1dded",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_policies_immutable_79e09",
                    table="followups_policyversion",
                    when="BEFORE",
                ),
            ),
        ),
    ]
