"""Who was called by a voice was called by an agent where the voice could not.

All tries counted together then: to an agent's are left those that the voice has not used.
"""

from django.db import migrations
from django.db.models import F


def name_the_ways(apps, _):
    follow_ups = apps.get_model("followups", "FollowUp").objects
    follow_ups.filter(way="voice").update(ways=["voice", "agent"])
    follow_ups.filter(status__in=["planned", "ready", "in_progress"]).update(
        tries_each=F("max_attempts") - F("attempts_made")
    )
    for kept in ("FollowUpPolicy", "FollowUpPolicyEvent"):
        rows = apps.get_model("followups", kept).objects
        rows.filter(called_by="voice").update(ways=["voice", "agent"])


def name_who_calls(apps, _):
    for kept in ("FollowUpPolicy", "FollowUpPolicyEvent"):
        rows = apps.get_model("followups", kept).objects
        rows.filter(ways__0="voice").update(called_by="voice")
    apps.get_model("followups", "FollowUp").objects.exclude(way="voice").update(way="agent")


class Migration(migrations.Migration):
    dependencies = [("followups", "0007_ways")]

    operations = [migrations.RunPython(name_the_ways, name_who_calls)]
