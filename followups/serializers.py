"""What does the API say and hear of follow-ups?"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.serializers import Input, Output
from followups.models import AttemptOutcome, FollowUpStatus, Question, Said


class AnswerOutput(Output):
    question = serializers.ChoiceField(Question.choices)
    is_yes = serializers.BooleanField(allow_null=True)
    score = serializers.IntegerField(allow_null=True)
    words = serializers.CharField()


class AttemptOutput(Output):
    number = serializers.IntegerField()
    by = serializers.IntegerField(source="by_id")
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.ChoiceField([("", "Not ended"), *AttemptOutcome.choices])


class FollowUpOutput(Output):
    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    interaction = serializers.IntegerField(source="interaction_id", help_text="Asked about.")
    call = serializers.IntegerField(source="call_id", allow_null=True)
    owner = serializers.IntegerField(source="owner_id")
    status = serializers.ChoiceField(FollowUpStatus.choices)
    questions = serializers.ListField(child=serializers.ChoiceField(Question.choices))
    due_at = serializers.DateTimeField()
    waits_because = serializers.CharField()
    refused_because = serializers.CharField()
    attempts_made = serializers.IntegerField()
    answered_at = serializers.DateTimeField(allow_null=True)
    request = serializers.IntegerField(
        source="request_id", allow_null=True, help_text="Opened by a bad answer."
    )


class FollowUpDetailOutput(FollowUpOutput):
    answers = AnswerOutput(many=True)
    attempts = AttemptOutput(many=True)


class SaidInput(Input):
    """One answer: `is_yes` to a question, or a `score` where it takes a number: 0 to 10 for the
    recommendation, 1 to 7 for the effort, 0 to 365 for the days that it should take.
    """

    question = serializers.ChoiceField(Question.choices)
    is_yes = serializers.BooleanField(required=False, allow_null=True)
    score = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=365)
    words = serializers.CharField(max_length=500, default="", allow_blank=True)


class AnswersInput(Input):
    answers = SaidInput(many=True, max_length=len(Question))  # type: ignore[call-arg]
    problem = serializers.CharField(
        max_length=2000,
        default="",
        allow_blank=True,
        help_text="What else is wrong, in the customer's words; opens a request.",
    )

    def validate_answers(self, answers: list[dict[str, Any]]) -> list[Said]:
        return [Said(**answer) for answer in answers]
