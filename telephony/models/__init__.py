"""What is kept about calls: their legs, events, recordings, and the numbers we show."""

from telephony.models.calls import Call, Leg, Purpose
from telephony.models.circuits import GatewayCircuit
from telephony.models.events import CallEvent
from telephony.models.numbers import CallerId
from telephony.models.prompts import Prompt
from telephony.models.recordings import Recording
from telephony.models.suppressions import REGISTER, Layer, RegisterImport, SuppressionEntry

__all__ = [
    "REGISTER",
    "Call",
    "CallEvent",
    "CallerId",
    "GatewayCircuit",
    "Layer",
    "Leg",
    "Prompt",
    "Purpose",
    "Recording",
    "RegisterImport",
    "SuppressionEntry",
]
