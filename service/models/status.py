"""Where may a request or a promise stand, and what may come next?"""

from __future__ import annotations

from django.db import models


class RequestStatus(models.TextChoices):
    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    WAITING = "waiting", "Waiting for the customer"
    RESOLVED = "resolved", "Resolved"
    CLOSED = "closed", "Confirmed by the customer"
    NOT_CONFIRMED = "not_confirmed", "Closed, not confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"


LIVE = (RequestStatus.OPEN, RequestStatus.IN_PROGRESS, RequestStatus.WAITING)

STEPS: dict[str, tuple[str, ...]] = {
    RequestStatus.OPEN: (
        RequestStatus.IN_PROGRESS,
        RequestStatus.WAITING,
        RequestStatus.RESOLVED,
        RequestStatus.WITHDRAWN,
    ),
    RequestStatus.IN_PROGRESS: (
        RequestStatus.WAITING,
        RequestStatus.RESOLVED,
        RequestStatus.WITHDRAWN,
    ),
    RequestStatus.WAITING: (
        RequestStatus.IN_PROGRESS,
        RequestStatus.RESOLVED,
        RequestStatus.WITHDRAWN,
    ),
    RequestStatus.RESOLVED: (RequestStatus.CLOSED, RequestStatus.IN_PROGRESS),
    RequestStatus.CLOSED: (RequestStatus.IN_PROGRESS,),
    RequestStatus.NOT_CONFIRMED: (RequestStatus.IN_PROGRESS, RequestStatus.CLOSED),
    RequestStatus.WITHDRAWN: (RequestStatus.IN_PROGRESS,),
}


class PromiseStatus(models.TextChoices):
    OPEN = "open", "Open"
    KEPT = "kept", "Kept"
    BROKEN = "broken", "Broken"
    WITHDRAWN = "withdrawn", "Withdrawn"
