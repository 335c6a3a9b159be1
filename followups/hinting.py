"""Which open pages look again, when follow-ups have moved by themselves?"""

from __future__ import annotations

from collections.abc import Iterable

from accounts.live import panel_changed
from accounts.models import User


def tell_of_moves(owners: Iterable[int]) -> None:
    """My work of these owners, and the supervisors' lists of their teams; one statement."""
    people = set(owners)
    if not people:
        return
    teams = User.objects.filter(pk__in=people, teams__isnull=False).values_list("teams", flat=True)
    panel_changed(panel="console.my_work", user_ids=people)
    panel_changed(panel="followups.list", team_ids=set(teams))
