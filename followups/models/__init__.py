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
from followups.models.draft import AnswerDraft
from followups.models.follow_up import FollowUp
from followups.models.owed import FollowUpQuerySet, FollowUpStatus
from followups.models.policy import (
    THREE_QUESTIONS,
    CalledBy,
    FollowUpPolicy,
    Question,
    all_questions,
    answered_by_key,
)
from followups.models.said import Said
from followups.models.voice import VoiceAnswer, VoiceSurvey

__all__ = [
    "ONLY_TOLD",
    "RANG",
    "THREE_QUESTIONS",
    "TRIED",
    "Answer",
    "AnswerDraft",
    "Attempt",
    "AttemptOutcome",
    "CalledBy",
    "FollowUp",
    "FollowUpPolicy",
    "FollowUpQuerySet",
    "FollowUpStatus",
    "PermissionCheck",
    "Question",
    "Said",
    "VoiceAnswer",
    "VoiceSurvey",
    "all_questions",
    "answered_by_key",
]
