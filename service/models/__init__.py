"""What is to be done for customers, what did we promise, and by when?"""

from service.models.early_warning import EarlyWarning, TypedMeanwhile, WarningAnswered
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
from service.models.telling_draft import TellingDraft
from service.models.warned import AtRisk, EarlyWarningQuerySet, WarningOutcome

__all__ = [
    "LIVE",
    "STEPS",
    "AtRisk",
    "EarlyWarning",
    "EarlyWarningQuerySet",
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
    "TellingDraft",
    "TypedMeanwhile",
    "WarningAnswered",
    "WarningOutcome",
]
