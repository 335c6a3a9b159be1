"""Administrators add people, give tokens and keep the words; history stays as it is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Role, User
from needs.models import DiscoveryQuestion
from tests.cast import Cast

INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>"
    r"|<style|\sstyle=|\son[a-z]+=|javascript:",
    re.IGNORECASE,
)


@pytest.fixture
def max_(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.max)
    return client


def pages() -> list[tuple[str, Any]]:
    return [
        (f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", model)
        for model in admin.site._registry
        for page in ("changelist", "add", "change")
    ]


def test_no_page_of_the_administration_needs_what_the_policy_forbids(
    cast: Cast, max_: Client
) -> None:
    """The content policy lets in no inline script, style or handler."""
    offending = {}
    for name, model in pages():
        row = model._default_manager.first()
        arguments = [row.pk] if name.endswith("_change") and row else []
        if name.endswith("_change") and not row:
            continue
        response = max_.get(reverse(name, args=arguments))
        found = INLINE.findall(response.content.decode())
        if response.status_code == 200 and found:
            offending[name] = found
    assert offending == {}


def test_an_administrator_is_let_into_the_administration_and_an_agent_is_not(
    cast: Cast, max_: Client
) -> None:
    body = {
        "username": "nora",
        "first_name": "Nora",
        "last_name": "Quist",
        "usable_password": "true",
        "password1": "correct horse battery",
        "password2": "correct horse battery",
    }
    for name, role in (("nora", Role.ADMINISTRATOR), ("ned", Role.AGENT)):
        added = max_.post(
            reverse("admin:accounts_user_add"),
            body | {"username": name, "role": role, "teams": [cast.team.pk]},
        )
        assert added.status_code == 302, added.context["errors"]
    assert User.objects.get(username="nora").is_staff is True
    ned = User.objects.get(username="ned")
    assert (ned.is_staff, ned.team_ids) == (False, [cast.team.pk])
    assert AuditEntry.objects.filter(verb="user added", by=cast.max).count() == 2


def test_a_role_taken_away_closes_the_administration(cast: Cast, max_: Client) -> None:
    nora = User.objects.create_user("nora", role=Role.ADMINISTRATOR, is_staff=True)
    changed = max_.post(
        reverse("admin:accounts_user_change", args=[nora.pk]),
        {"username": "nora", "role": Role.SUPERVISOR, "is_active": "on"},
    )
    assert changed.status_code == 302, changed.context["errors"]
    nora.refresh_from_db()
    assert (nora.role, nora.is_staff) == (Role.SUPERVISOR, False)
    entry = AuditEntry.objects.get(verb="user changed")
    assert entry.detail == {"fields": ["role"], "role": "supervisor"}


def act(client: Client, action: str, *users: User) -> Any:
    body = {"action": action, "_selected_action": [user.pk for user in users]}
    return client.post(reverse("admin:accounts_user_changelist"), body, follow=True)


def test_a_token_is_shown_once_replaces_the_one_before_and_can_be_taken_away(
    cast: Cast, max_: Client
) -> None:
    old = Token.objects.create(user=cast.sam)
    shown = act(max_, "give_api_token", cast.sam).content.decode()
    new = Token.objects.get(user=cast.sam)
    assert new.key in shown
    program = APIClient()
    for key, status in ((old.key, 401), (new.key, 200)):
        program.credentials(HTTP_AUTHORIZATION=f"Token {key}")
        assert program.get("/api/v1/customers/").status_code == status
    assert new.key not in max_.get(reverse("admin:accounts_user_changelist")).content.decode()
    act(max_, "take_api_token", cast.sam)
    assert program.get("/api/v1/customers/").status_code == 401
    verbs = AuditEntry.objects.filter(subject_id=cast.sam.pk, verb__contains="token")
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "API token given",
        "API token taken",
    ]


def test_a_token_is_given_to_one_user_at_a_time(cast: Cast, max_: Client) -> None:
    answer = act(max_, "give_api_token", cast.sam, cast.rae)
    assert "Choose one user" in answer.content.decode()
    assert not Token.objects.exists()


def test_a_disabled_users_token_is_dead(cast: Cast) -> None:
    token = Token.objects.create(user=cast.sam)
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
    assert program.get("/api/v1/customers/").status_code == 200
    User.objects.filter(pk=cast.sam.pk).update(is_active=False)
    assert program.get("/api/v1/customers/").status_code == 401


def test_a_question_is_written_with_its_answers(cast: Cast, max_: Client) -> None:
    body = {
        "text": "Where do you pay most?",
        "code": "where-pay",
        "intents": ["question", "cancel"],
        "position": 5,
        "answers-TOTAL_FORMS": 1,
        "answers-INITIAL_FORMS": 0,
        "answers-0-position": 1,
        "answers-0-text": "Abroad",
        "answers-0-need_type": cast.cheaper_borrowing.pk,
        "answers-0-strength": "0.8",
    }
    added = max_.post(reverse("admin:needs_discoveryquestion_add"), body)
    assert added.status_code == 302, added.context["errors"]
    question = DiscoveryQuestion.objects.get(code="where-pay")
    assert question.intents == ["question", "cancel"]
    assert [answer.text for answer in question.answers.all()] == ["Abroad"]


def test_the_audit_trail_is_found_by_id_and_never_changed(cast: Cast, max_: Client) -> None:
    entry = AuditEntry.record(by=cast.sam, verb="looked", subject=cast.sam)
    listed = max_.get(reverse("admin:accounts_auditentry_changelist"), {"q": str(cast.sam.pk)})
    assert "looked" in listed.content.decode()
    for page in ("change", "delete"):
        address = reverse(f"admin:accounts_auditentry_{page}", args=[entry.pk])
        assert max_.post(address, {"verb": "lied", "post": "yes"}).status_code == 403
    assert AuditEntry.objects.get(pk=entry.pk).verb == "looked"
