import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("followups", "0013_first_version")]

    operations = [
        migrations.AlterModelOptions(
            name="followuppolicy",
            options={
                "ordering": ["position", "pk"],
                "verbose_name": "follow-up policy",
                "verbose_name_plural": "follow-up policies",
            },
        ),
        migrations.RemoveField(
            model_name="followuppolicy",
            name="contact_reason",
        ),
        migrations.RemoveField(
            model_name="followuppolicyevent",
            name="contact_reason",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="followuppolicy",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "followups_followuppolicyevent" ("asks_by_voice", "channels", "cool_down_days", "delay_minutes", "delay_working_days", "id", "lapse_days", "max_attempts", "name", "outcomes", "paused_at", "paused_because", "paused_by_id", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "problem_request_type_id", "questions", "reasons", "retired_at", "retry_minutes", "review_days", "sample_percent", "segments", "ways", "window_end", "window_start") VALUES (NEW."asks_by_voice", NEW."channels", NEW."cool_down_days", NEW."delay_minutes", NEW."delay_working_days", NEW."id", NEW."lapse_days", NEW."max_attempts", NEW."name", NEW."outcomes", NEW."paused_at", NEW."paused_because", NEW."paused_by_id", NEW."paused_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."problem_request_type_id", NEW."questions", NEW."reasons", NEW."retired_at", NEW."retry_minutes", NEW."review_days", NEW."sample_percent", NEW."segments", NEW."ways", NEW."window_end", NEW."window_start"); RETURN NULL;',
                    hash="a07e14f0911b47e5c07af16469c7c9db8540db2a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2321a",
                    table="followups_followuppolicy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="followuppolicy",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "followups_followuppolicyevent" ("asks_by_voice", "channels", "cool_down_days", "delay_minutes", "delay_working_days", "id", "lapse_days", "max_attempts", "name", "outcomes", "paused_at", "paused_because", "paused_by_id", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "problem_request_type_id", "questions", "reasons", "retired_at", "retry_minutes", "review_days", "sample_percent", "segments", "ways", "window_end", "window_start") VALUES (NEW."asks_by_voice", NEW."channels", NEW."cool_down_days", NEW."delay_minutes", NEW."delay_working_days", NEW."id", NEW."lapse_days", NEW."max_attempts", NEW."name", NEW."outcomes", NEW."paused_at", NEW."paused_because", NEW."paused_by_id", NEW."paused_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."problem_request_type_id", NEW."questions", NEW."reasons", NEW."retired_at", NEW."retry_minutes", NEW."review_days", NEW."sample_percent", NEW."segments", NEW."ways", NEW."window_end", NEW."window_start"); RETURN NULL;',
                    hash="9030a9e1b51d1e4951118ae0e65c469e26fcad4f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e7419",
                    table="followups_followuppolicy",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="followuppolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("sample_percent__gte", 1), ("sample_percent__lte", 100)),
                name="follow_up_sample_a_share",
            ),
        ),
    ]
