"""Which follow-ups are owed after interactions, what was tried, what was answered?"""

from followups.models.attempt import (
    ONLY_TOLD,
    RANG,
    TRIED,
    Answer,
    Attempt,
    AttemptOutcome,
    PermissionCheck,
)
from followups.models.confirmation import Confirmation, ConfirmationStatus
from followups.models.draft import AnswerDraft
from followups.models.follow_up import FollowUp
from followups.models.link import Link
from followups.models.owed import FollowUpQuerySet, FollowUpStatus
from followups.models.policy import (
    BY_MESSAGE,
    SCORES,
    THREE_QUESTIONS,
    FollowUpPolicy,
    Question,
    Way,
    answered_by_key,
    usual_questions,
)
from followups.models.said import Said
from followups.models.version import PolicyVersion
from followups.models.voice import VoiceAnswer, VoiceSurvey

__all__ = [
    "BY_MESSAGE",
    "ONLY_TOLD",
    "RANG",
    "SCORES",
    "THREE_QUESTIONS",
    "TRIED",
    "Answer",
    "AnswerDraft",
    "Attempt",
    "AttemptOutcome",
    "Confirmation",
    "ConfirmationStatus",
    "FollowUp",
    "FollowUpPolicy",
    "FollowUpQuerySet",
    "FollowUpStatus",
    "Link",
    "PermissionCheck",
    "PolicyVersion",
    "Question",
    "Said",
    "VoiceAnswer",
    "VoiceSurvey",
    "Way",
    "answered_by_key",
    "usual_questions",
]
