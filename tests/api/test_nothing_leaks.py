"""A12: what is personal stands in the database and nowhere else."""

from __future__ import annotations

import logging
from typing import Any, cast

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from customers.models import Customer
from tests.cast import Cast

NAME, PHONE, EMAIL = "Zephyrine Quillfeather", "020 7946 0444", "zephyrine@example.com"
TRACES = ("ephyrine", "uillfeather", "7946 0444", "79460444")


def kept_in_redis() -> str:
    redis = cast("Any", cache)._cache.get_client()
    values = []
    for key in redis.keys("*"):
        kind = redis.type(key)
        values.append(redis.get(key) if kind == b"string" else redis.dump(key))
    return repr(values)


def test_a_persons_name_and_numbers_are_in_no_log_and_no_cache(
    cast: Cast, sam: APIClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.handler.setLevel(logging.DEBUG)
    points = [{"channel": "voice", "value": PHONE}, {"channel": "email", "value": EMAIL}]
    made = sam.post("/api/v1/customers/", {"name": NAME, "contact_points": points})
    assert made.status_code == 201
    address = f"/api/v1/customers/{made.json()['id']}/"
    for text in (NAME, "Quillfaether", PHONE, EMAIL, "Quill"):
        found = sam.get("/api/v1/customers/search/", {"text": text}).json()
        assert [one["name"] for one in found] == [NAME]
    sam.patch(address, {"name": NAME + "\x00"})
    sam.patch(address, {NAME: PHONE})
    sam.post(address + "contact-points/", {"channel": "email", "value": EMAIL + " " + PHONE})
    sam.post("/api/v1/customers/", "{" + NAME, content_type="application/json")
    sam.get(address, {"name": NAME})
    logged = "\n".join(str(vars(record)) for record in caplog.records if "sql" not in vars(record))
    audited = repr(list(AuditEntry.objects.values_list("verb", "detail")))
    for trace in TRACES:
        assert trace not in logged
        assert trace not in audited
        assert trace not in kept_in_redis()
    assert Customer.objects.filter(name=NAME).count() == 1
