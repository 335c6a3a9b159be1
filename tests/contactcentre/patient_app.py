"""A worker with our settings and one slow task, for the trials of test_celery.py."""

from __future__ import annotations

import time
from pathlib import Path

from celery import Celery

app = Celery("patient")
app.config_from_object("contactcentre.celery_settings")


@app.task(name="patient.wait")
def wait(seconds: float, note: str) -> None:
    """Note the start, wait, note the end."""
    with Path(note).open("a") as file:
        file.write("start\n")
    time.sleep(seconds)
    with Path(note).open("a") as file:
        file.write("end\n")
