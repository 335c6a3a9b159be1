"""What is answered while the database is away, and what a failed afterthought does: nothing."""

from __future__ import annotations

import pytest
from django.db import OperationalError, transaction
from django.test import Client

from accounts.afterwards import afterwards
from accounts.models import Team


class Away:
    """A log-in page's form whose database has gone."""

    def __call__(self, *_: object, **__: object) -> object:
        raise OperationalError("the database system is starting up")


@pytest.mark.parametrize("path", ["/accounts/login/", "/api/v1/interactions/"])
def test_while_the_database_is_away_one_is_told_to_come_again(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", Away())
    monkeypatch.setattr("allauth.account.views.LoginView.dispatch", Away())
    headers = {"Authorization": "Token 0123"}
    answer = Client(raise_request_exception=False, headers=headers).get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert ("code" in answer.content.decode()) == path.startswith("/api/")


@pytest.mark.django_db(transaction=True)
def test_what_fails_after_the_commit_fails_nobody() -> None:
    def impossible(what: str) -> None:
        raise ConnectionError(what)

    with transaction.atomic():
        Team.objects.create(name="Kept")
        afterwards(impossible, "Redis is away")
    assert Team.objects.filter(name="Kept").exists()
