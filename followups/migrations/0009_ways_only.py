import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("followups", "0008_ways_of_what_stands")]

    operations = [
        migrations.RemoveField(
            model_name="followuppolicy",
            name="called_by",
        ),
        migrations.RemoveField(
            model_name="followuppolicyevent",
            name="called_by",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="followuppolicy",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "followups_followuppolicyevent" ("asks_by_voice", "contact_reason_id", "delay_minutes", "id", "lapse_days", "max_attempts", "name", "paused_at", "paused_because", "paused_by_id", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem_request_type_id", "questions", "retry_minutes", "review_days", "ways", "window_end", "window_start") VALUES (NEW."asks_by_voice", NEW."contact_reason_id", NEW."delay_minutes", NEW."id", NEW."lapse_days", NEW."max_attempts", NEW."name", NEW."paused_at", NEW."paused_because", NEW."paused_by_id", NEW."paused_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."problem_request_type_id", NEW."questions", NEW."retry_minutes", NEW."review_days", NEW."ways", NEW."window_end", NEW."window_start"); RETURN NULL;',
                    hash="781cb58480077fde4e90a242636ddb8892a41cc1",
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
                    func='INSERT INTO "followups_followuppolicyevent" ("asks_by_voice", "contact_reason_id", "delay_minutes", "id", "lapse_days", "max_attempts", "name", "paused_at", "paused_because", "paused_by_id", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem_request_type_id", "questions", "retry_minutes", "review_days", "ways", "window_end", "window_start") VALUES (NEW."asks_by_voice", NEW."contact_reason_id", NEW."delay_minutes", NEW."id", NEW."lapse_days", NEW."max_attempts", NEW."name", NEW."paused_at", NEW."paused_because", NEW."paused_by_id", NEW."paused_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."problem_request_type_id", NEW."questions", NEW."retry_minutes", NEW."review_days", NEW."ways", NEW."window_end", NEW."window_start"); RETURN NULL;',
                    hash="316970a42cbb83b40f1d39403278a2468bb48158",
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
                condition=models.Q(("ways__len__gte", 1)), name="follow_up_has_a_way"
            ),
        ),
        migrations.AddConstraint(
            model_name="followuppolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("paused_at", None),
                        ("paused_because", ""),
                        ("paused_by", None),
                        ("paused_until", None),
                    ),
                    models.Q(
                        ("paused_at__isnull", False),
                        ("paused_by__isnull", False),
                        models.Q(("paused_because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="follow_up_paused_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(("ways__contains", [models.F("way")])),
                name="follow_up_way_of_its_ways",
            ),
        ),
    ]
