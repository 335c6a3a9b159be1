"""Takes customers to a place where it is day, so that a journey may call them at any hour.

Run beside a stack: `manage.py shell` gets `SCRIPT` on its standard input. Everything else is the
product's own rule: it is the customer's clock that says whether a call is lawful now.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.journeys.stack import Stack

SCRIPT = """
from datetime import time, timedelta
from django.utils import timezone
from customers.models import Customer
from customers.places import CallingHours, candidate_places

PLACES = (
    ("GB", "", "Europe/London", "+4420794601"),
    ("US", "US-CA", "America/Los_Angeles", "+1213555010"),
    # A toll-free number tells of no place, so that only the address counts.
    ("US", "US-GU", "Pacific/Guam", "+1800555010"),
    ("US", "US-CA", "Europe/London", "+1800555010"),
    ("GB", "", "Pacific/Guam", "+1800555010"),
    ("GB", "", "America/Los_Angeles", "+1800555010"),
)
now = timezone.now()
for country, region, place, phone in PLACES:
    hours = CallingHours(
        places=candidate_places(
            country=country, region=region, time_zone=place, phone=phone + "0"
        ),
        start=time(8), end=time(21),
    )
    if hours.is_open(now) and hours.is_open(now + timedelta(minutes=15)):
        break
else:
    place = ""
if place and (country, place) != ("GB", "Europe/London"):
    for number, name in enumerate({names!r}):
        customer = Customer.objects.get(name=name)
        Customer.objects.filter(pk=customer.pk).update(
            country=country, region=region, time_zone=place
        )
        customer.contact_points.filter(channel="sms").delete()
        customer.contact_points.filter(channel="voice").update(value=f"{{phone}}{{number}}")
print(place)
"""


def take_to_daytime(stack: Stack, *names: str) -> None:
    """Change the place of these customers unless they may be called where they live now.

    On Christmas Day nobody may be called at any of the places: then the journey is skipped.
    """
    if asked_of(stack, SCRIPT.format(names=names)).strip() == "":
        pytest.skip("It is a holiday wherever a customer could be: nobody may be called now")


def asked_of(stack: Stack, script: str) -> str:
    """What a script answers that is run within the stack's own application."""
    env = os.environ | {"CONTINUUM_STATE": str(stack.folder)}
    for name in ("DATABASE_URL", "REDIS_URL", "CACHE_URL"):
        env.pop(name, None)
    answer = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0"],
        input=script,
        env=env,
        text=True,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return answer.stdout
