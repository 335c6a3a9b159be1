"""The composition root: settings, addresses, schedules and the servers that run them."""

from contactcentre.celery import app as celery_app

__all__ = ["celery_app"]
