"""What routing does by itself, on the clock."""

from celery import shared_task

from routing import outbound
from routing.recordings import forget_old


@shared_task
def forget_recordings() -> int:
    return forget_old()


@shared_task
def place_calls() -> int:
    return outbound.place_due()
