"""What people see when a page is not there, not theirs, or broken."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tests.cast import assemble


@pytest.mark.django_db
def test_another_teams_customer_looks_like_no_customer_at_all(client: Client) -> None:
    cast = assemble()
    client.force_login(cast.stranger)
    theirs = client.get(reverse("console:customer", args=[cast.ada.pk]))
    nobodys = client.get(reverse("console:customer", args=[cast.ada.pk + 1_000_000]))
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert theirs.content == nobodys.content
    assert "belongs to another team" in theirs.content.decode()


@pytest.mark.parametrize("code", [403, 404, 500, 503])
def test_error_pages_need_nothing_that_may_be_broken(code: int) -> None:
    page = render_to_string(f"{code}.html")
    assert 'href="/"' in page
    assert "<script>" not in page
    assert "style=" not in page


@pytest.mark.django_db
def test_nobody_sees_the_desk_without_a_log_in(client: Client) -> None:
    answer = client.get(reverse("console:desk"))
    assert answer.headers["Location"] == f"{reverse('account_login')}?next=/desk/"
    assert "Log in" in client.get(reverse("account_login")).content.decode()


@pytest.mark.django_db
def test_pages_carry_a_policy_that_forbids_inline_code(client: Client) -> None:
    cast = assemble()
    client.force_login(cast.sam)
    answer = client.get(reverse("console:customer", args=[cast.ada.pk]))
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    html = answer.content.decode()
    assert "<script>" not in html
    assert "onclick=" not in html
    assert " style=" not in html
