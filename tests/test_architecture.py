"""Is the house built as drawn? What the import linter cannot see."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignObject

from contactcentre.schedule import SCHEDULE
from contactcentre.state import PROJECT

LINTER = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = [layer.split(" | ") for layer in LINTER["contracts"][0]["layers"]]
HEIGHT = {app: -depth for depth, layer in enumerate(LAYERS) for app in layer}


def foreign_keys() -> Iterator[ForeignObject[Any, Any]]:
    """Every relation that a model of ours declares (not those of history tables)."""
    for model in apps.get_models():
        if model._meta.app_label in HEIGHT and not hasattr(model, "pgh_tracked_model"):
            yield from (
                field
                for field in model._meta.get_fields()
                if isinstance(field, ForeignObject) and field.model is model
            )


def app_of(model: Any) -> str:
    return str(model._meta.app_label)


def modules(*parts: str) -> Iterator[Path]:
    for app in HEIGHT:
        for path in (PROJECT / app).rglob("*.py"):
            if not set(parts) & set(path.parts):
                yield path


def test_every_app_stands_in_the_contract() -> None:
    packages = {path.parent.name for path in PROJECT.glob("*/apps.py")}
    assert packages == set(HEIGHT) == set(LINTER["root_packages"]) == set(settings.OUR_APPS)


def test_foreign_keys_point_down() -> None:
    upwards = [
        f"{field.model._meta.label}.{field.name} -> {app_of(field.related_model)}"
        for field in foreign_keys()
        if app_of(field.related_model) in HEIGHT
        and app_of(field.related_model) != app_of(field.model)
        and HEIGHT[app_of(field.related_model)] >= HEIGHT[app_of(field.model)]
    ]
    assert upwards == []


def test_foreign_keys_to_other_apps_leave_no_name_there() -> None:
    named = [
        f"{field.model._meta.label}.{field.name}"
        for field in foreign_keys()
        if app_of(field.related_model) != app_of(field.model)
        and not field.remote_field.hidden
        and not field.name.endswith("_ptr")
    ]
    assert named == []


def test_models_are_looked_up_by_name_in_migrations_only() -> None:
    found = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for path in modules("migrations")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "get_model"
    ]
    assert found == []


def test_nothing_listens_to_saves() -> None:
    found = [
        str(path.relative_to(PROJECT))
        for path in modules("migrations")
        if {"post_save", "pre_save", "m2m_changed"}
        & {
            alias.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
    ]
    assert found == []


@pytest.mark.parametrize("name", ["services.py", "utils.py", "helpers.py", "common"])
def test_no_module_is_a_drawer_for_everything(name: str) -> None:
    assert [path for path in modules() if name in path.parts] == []


def test_every_module_says_which_question_it_answers() -> None:
    silent = [
        str(path.relative_to(PROJECT))
        for path in modules("migrations")
        if path.name not in {"apps.py", "urls.py"}  # the package says it
        and path.read_text().strip()
        and ast.get_docstring(ast.parse(path.read_text())) is None
    ]
    assert silent == []


def test_every_schedule_names_a_task_that_exists() -> None:
    from contactcentre.celery import app

    app.loader.import_default_modules()
    missing = [entry["task"] for entry in SCHEDULE.values() if entry["task"] not in app.tasks]
    assert missing == []


def test_migrations_are_named_and_linear() -> None:
    for app in HEIGHT:
        numbers = [path.name for path in (PROJECT / app / "migrations").glob("0*.py")]
        assert not [name for name in numbers if "_auto_" in name]
        assert len({name[:4] for name in numbers}) == len(numbers), app


def test_every_model_has_its_word_in_the_glossary() -> None:
    glossary = (PROJECT / "docs" / "glossary.md").read_text()
    missing = [
        model._meta.label
        for model in apps.get_models()
        if app_of(model) in HEIGHT
        and not hasattr(model, "pgh_tracked_model")
        and f"`{model._meta.label}`" not in glossary
    ]
    assert missing == []
