from typing import Any

import pytest

from accounts.models import AuditEntry, Team, User


@pytest.mark.django_db
def test_a_session_user_comes_with_the_teams_in_one_statement(
    django_assert_num_queries: Any,
) -> None:
    team = Team.objects.create(name="Everyday banking")
    sam = User.objects.create_user("sam")
    sam.teams.add(team)
    with django_assert_num_queries(1):
        loaded = User.objects.for_session(sam.pk)
        assert loaded is not None
        assert loaded.team_ids == [team.pk]


@pytest.mark.django_db
def test_audit_entries_cannot_be_rewritten() -> None:
    from django.db import InternalError, transaction

    sam = User.objects.create_user("sam")
    entry = AuditEntry.record(by=sam, verb="greeted", subject=sam)
    with pytest.raises(InternalError), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(verb="left")
    assert AuditEntry.objects.get(pk=entry.pk).verb == "greeted"
