"""What is to be done for customers, what did we promise, and by when?"""

from service.models.fulfilment import Fulfilment
from service.models.promise import Promise, PromiseInThePast, PromiseSettled
from service.models.request import (
    PromiseStillOpen,
    RequestEnded,
    RequestMovedOn,
    ServiceRequest,
    StatusChange,
)
from service.models.request_type import RequestType
from service.models.status import LIVE, STEPS, PromiseStatus, RequestStatus

__all__ = [
    "LIVE",
    "STEPS",
    "Fulfilment",
    "Promise",
    "PromiseInThePast",
    "PromiseSettled",
    "PromiseStatus",
    "PromiseStillOpen",
    "RequestEnded",
    "RequestMovedOn",
    "RequestStatus",
    "RequestType",
    "ServiceRequest",
    "StatusChange",
]
