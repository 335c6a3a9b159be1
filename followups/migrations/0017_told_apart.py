"""Which links went out by e-mail, and who gave a follow-up up: what was kept tells both."""

from django.db import migrations


def tell_apart(apps, _):
    attempts = apps.get_model("followups", "Attempt").objects
    attempts.filter(outcome="sent", contact_point__channel="email").update(outcome="mailed")
    given_up = apps.get_model("accounts", "AuditEntry").objects.filter(verb="follow-up given up")
    follow_ups = apps.get_model("followups", "FollowUp").objects
    refused = follow_ups.filter(status="refused", refused_because__startswith="Given up by ")
    for pk, by in given_up.order_by("pk").values_list("subject_id", "by"):
        refused.filter(pk=pk).update(given_up_by=by)


def tell_alike(apps, _):
    attempts = apps.get_model("followups", "Attempt").objects
    attempts.filter(outcome="mailed").update(outcome="sent")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_missed_a_call"), ("followups", "0016_given_up")]

    operations = [migrations.RunPython(tell_apart, tell_alike)]
