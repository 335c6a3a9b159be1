"""What is kept about queues, callers' places, and phones."""

from routing.models.call_backs import CallBack, CallBackReason
from routing.models.consultations import Consultation
from routing.models.outbound import DialDecision, OutboundCall
from routing.models.phones import AgentPhone
from routing.models.places import Match, Place, PlaceState
from routing.models.queues import AgentSkill, Queue, RecordingPolicy, Skill

__all__ = [
    "AgentPhone",
    "AgentSkill",
    "CallBack",
    "CallBackReason",
    "Consultation",
    "DialDecision",
    "Match",
    "OutboundCall",
    "Place",
    "PlaceState",
    "Queue",
    "RecordingPolicy",
    "Skill",
]
