"""A10: whatever fits the API's own description, or nearly does, is answered and never breaks it.

CONTRACT_EXAMPLES sets how many cases are tried for each operation (a few in `make test`).
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.world import World, build_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "15"))
DESCRIPTION: dict[str, Any] = json.loads(
    json.dumps(SchemaGenerator().get_schema(public=True), default=str)  # type: ignore[no-untyped-call]
)
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
    if path != "/api/v1/schema/"
}
NOUNS = {
    "customers": "customer",
    "interactions": "interaction",
    "needs": "need",
    "offers": "offer",
    "service-requests": "request",
    "promises": "promise",
    "follow-ups": "follow_up",
}
CODES = ["card", "helped", "better-return", "what-changes", "close-account", "saver-plus"]
HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(
        ["", "\x00", "\ud800", "\u202e", "%", "' OR 1=1 --", "9" * 5_000, "x" * 10_000, "1e400"]
    ),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
)


@pytest.fixture(scope="module")
def world(written_once: None) -> World:
    return build_world()


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema or "allOf" in schema:
        name = schema.get("$ref") or schema["allOf"][0]["$ref"]
        schema = DESCRIPTION["components"]["schemas"][name.rpartition("/")[2]]
    return schema


PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "number": st.floats(0, 1),
    "boolean": st.booleans(),
    "date-time": st.datetimes().map(lambda at: at.isoformat() + "Z"),
    "date": st.dates().map(str),
    "decimal": st.decimals(0, 1, places=2).map(str),
}


def fitting(schema: dict[str, Any], things: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values as the schema describes them; ids and codes are often those of real things."""
    schema = resolved(schema)
    if "oneOf" in schema:
        return st.one_of([fitting(one, things) for one in schema["oneOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("type") == "object":
        return body_of(schema, things)
    if schema.get("type") == "array":
        return st.lists(fitting(schema["items"], things), max_size=4)
    if schema.get("type") == "integer":
        ids = [thing for thing in things.values() if isinstance(thing, int)]
        return st.one_of(st.sampled_from(ids), st.integers(0, 12))
    text = st.one_of(st.sampled_from(CODES), st.text(max_size=schema.get("maxLength", 30)))
    return PLAIN.get(schema.get("format", schema.get("type", "")), text)


def mostly_fitting(schema: dict[str, Any], things: dict[str, Any]) -> st.SearchStrategy[Any]:
    good = fitting(schema, things)
    return st.integers(0, 7).flatmap(lambda dice: HOSTILE if dice == 0 else good)


def body_of(schema: dict[str, Any], things: dict[str, Any]) -> st.SearchStrategy[Any]:
    """An object whose fields mostly fit; some are missing, and now and then one is hostile."""
    fields = schema.get("properties", {})
    if not fields:
        return st.dictionaries(st.text(max_size=8), HOSTILE, max_size=3)
    required = set(schema.get("required", ()))
    mostly = {name: mostly_fitting(field, things) for name, field in fields.items()}
    needed = {name: value for name, value in mostly.items() if name in required}
    optional = {name: value for name, value in mostly.items() if name not in required}
    return st.fixed_dictionaries(needed, optional=optional | {"is_staff": st.just(value=True)})


def body_schema(operation: dict[str, Any]) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return resolved(schema) if schema else None


def asked(operation: dict[str, Any], things: dict[str, Any]) -> st.SearchStrategy[Any]:
    parameters = {
        one["name"]: st.one_of(fitting(one["schema"], things), st.text(max_size=20))
        for one in operation.get("parameters", [])
        if one["in"] == "query"
    }
    return st.fixed_dictionaries({}, optional=parameters)


def address(path: str, things: dict[str, Any], pk: object) -> str:
    noun = path.removeprefix("/api/v1/").partition("/")[0]
    real = things[NOUNS[noun]] if pk is None else pk
    return path.replace("{id}", str(real)).replace("{code}", str(things["product"]))


def check_shape(data: Any, schema: dict[str, Any]) -> None:
    """Objects of the answer have the fields that are described, no more and no less."""
    schema = resolved(schema)
    if isinstance(data, list):
        for one in data:
            check_shape(one, schema["items"])
    elif isinstance(data, dict) and "properties" in schema:
        assert set(data) <= set(schema["properties"])
        assert set(schema.get("required", ())) <= set(data)
        for name, value in data.items():
            check_shape(value, schema["properties"][name])


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_operation_never_breaks(world: World, name: str) -> None:
    method, _, path = name.partition(" ")
    operation = OPERATIONS[name]
    schema = body_schema(operation)
    bodies = st.one_of(body_of(schema, world.things), HOSTILE) if schema else st.none()
    ids = st.one_of(st.none(), st.none(), st.integers(0, 10**18 - 1))

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=EXAMPLES < 100,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(body=bodies, query=asked(operation, world.things), pk=ids)
    def check(body: Any, query: dict[str, Any], pk: int | None) -> None:
        text = urlencode(query, doseq=True, errors="surrogatepass")
        with transaction.atomic():
            response = world.clients["agent"].generic(
                method,
                address(path, world.things, pk),
                json.dumps(body) if schema else "",
                content_type="application/json",
                QUERY_STRING=text,
            )
            transaction.set_rollback(True)
        assert response.status_code < 500
        described = operation["responses"].get(str(response.status_code))
        if described and "content" in described:
            check_shape(response.json(), described["content"]["application/json"]["schema"])
        elif response.status_code < 300:
            pytest.fail(f"{response.status_code} is not described")

    check()
