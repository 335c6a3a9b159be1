"""What asked after contacts so far is the first version; its order is that of the reasons."""

import json
from hashlib import sha256

from django.db import migrations
from django.db.models import F

COPIED = (
    *("name", "reasons", "channels", "outcomes", "segments", "delay_minutes"),
    *("delay_working_days", "questions", "ways", "max_attempts", "retry_minutes", "lapse_days"),
    *("review_days", "sample_percent", "cool_down_days", "asks_by_voice"),
)


def put_in_order(apps, _):
    policies = apps.get_model("followups", "FollowUpPolicy").objects
    by_reason = F("contact_reason__position").asc(nulls_last=True)
    found = list(policies.select_related("contact_reason").order_by(by_reason, "name"))
    for position, policy in enumerate(found):
        policy.position = position
        policy.reasons = [policy.contact_reason.code] if policy.contact_reason else []
        policy.save(update_fields=["position", "reasons"])
    reasons = apps.get_model("interactions", "ContactReason").objects
    events = apps.get_model("followups", "FollowUpPolicyEvent").objects
    for pk, code in reasons.values_list("pk", "code"):
        events.filter(contact_reason_id=pk).update(reasons=[code])
    if found:
        versions = apps.get_model("followups", "PolicyVersion").objects
        note = "What was in force before there were versions"
        kept = [written(policy) for policy in found]
        digest = sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
        versions.create(number=1, policies=kept, digest=digest, note=note)


def written(policy):
    return {name: getattr(policy, name) for name in COPIED} | {
        "id": policy.pk,
        "window_start": policy.window_start.isoformat("minutes"),
        "window_end": policy.window_end.isoformat("minutes"),
        "request_type": policy.problem_request_type_id,
    }


def name_the_reason(apps, _):
    reasons = apps.get_model("interactions", "ContactReason").objects
    for policy in apps.get_model("followups", "FollowUpPolicy").objects.exclude(reasons=[]):
        policy.contact_reason = reasons.filter(code=policy.reasons[0]).first()
        policy.save(update_fields=["contact_reason"])
    events = apps.get_model("followups", "FollowUpPolicyEvent").objects
    for pk, code in reasons.values_list("pk", "code"):
        events.filter(reasons__0=code).update(contact_reason_id=pk)


class Migration(migrations.Migration):
    dependencies = [("followups", "0012_policies_by_more_than_the_reason")]

    operations = [migrations.RunPython(put_in_order, name_the_reason)]
