"""Addresses in templates are what Django's own tag would have written."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, get_script_prefix, reverse, set_script_prefix


def written(template: str, **context: object) -> str:
    return Template(template).render(Context(context))


@pytest.mark.parametrize("pk", [7, 8_000_000])
def test_an_id_stands_in_its_place(pk: int) -> None:
    shown = written("{% url 'console:contact' pk %}", pk=pk)
    assert shown == reverse("console:contact", args=[pk])


def test_parts_that_are_no_ids_are_written_by_django() -> None:
    shown = written("{% url 'offers:outcome' pk code %}", pk=7, code="saver-plus")
    assert shown == reverse("offers:outcome", args=[7, "saver-plus"])
    assert written("{% url route %}", route="console:desk") == reverse("console:desk")


def test_an_address_may_be_kept_for_later() -> None:
    shown = written("{% url 'console:contact' pk as here %}<{{ here }}>", pk=7)
    assert shown == f"<{reverse('console:contact', args=[7])}>"


def test_an_unknown_route_is_an_error_and_nothing_where_it_is_asked_for() -> None:
    with pytest.raises(NoReverseMatch):
        written("{% url 'console:nowhere' pk %}", pk=7)
    assert written("{% url 'console:nowhere' pk as here %}{{ here }}", pk=7) == ""


def test_the_prefix_of_the_server_is_kept() -> None:
    before = get_script_prefix()
    try:
        set_script_prefix("/bank/")
        assert written("{% url 'console:contact' pk %}", pk=7).startswith("/bank/")
    finally:
        set_script_prefix(before)
    assert written("{% url 'console:contact' pk %}", pk=7) == reverse("console:contact", args=[7])
