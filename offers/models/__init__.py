"""Which ways to help were decided on, and what became of the products offered?"""

from offers.models.decision import (
    Decision,
    DecisionQuerySet,
    ReasonSettled,
    ReasonSettledQuerySet,
)
from offers.models.fairness import FairnessAudit
from offers.models.learning import (
    ANSWERS,
    AlarmKind,
    LearnedVersion,
    LearningAlarm,
    LearningFreeze,
    LearningPeriod,
    LearningPolicy,
    Reward,
    RewardKind,
)
from offers.models.offer import DeclineReason, Offer, OfferQuerySet, OfferStatus
from offers.models.policy import MOST_CONTACTS, MOST_SURVEYS, ContactPolicy
from offers.models.policy_test import PolicyExpectation, PolicyTest, Verdict
from offers.models.refusal import Condition, ConditionComparison, is_met
from offers.models.release import Release, ReleaseStage, ReleaseStep
from offers.models.trial import ShadowDecision, Simulation, SimulationStatus

__all__ = [
    "ANSWERS",
    "MOST_CONTACTS",
    "MOST_SURVEYS",
    "AlarmKind",
    "Condition",
    "ConditionComparison",
    "ContactPolicy",
    "Decision",
    "DecisionQuerySet",
    "DeclineReason",
    "FairnessAudit",
    "LearnedVersion",
    "LearningAlarm",
    "LearningFreeze",
    "LearningPeriod",
    "LearningPolicy",
    "Offer",
    "OfferQuerySet",
    "OfferStatus",
    "PolicyExpectation",
    "PolicyTest",
    "ReasonSettled",
    "ReasonSettledQuerySet",
    "Release",
    "ReleaseStage",
    "ReleaseStep",
    "Reward",
    "RewardKind",
    "ShadowDecision",
    "Simulation",
    "SimulationStatus",
    "Verdict",
    "is_met",
]
