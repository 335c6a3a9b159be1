"""What does the API say and hear of needs?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.serializers import CodeField, Input, Output, VisibleField
from customers.models import Customer
from interactions.models import Interaction
from needs.models import (
    DiscoveryAnswer,
    DiscoveryQuestion,
    NeedSource,
    NeedStatus,
    NeedType,
    SuggestionStatus,
)

ENDINGS = [(status.value, status.label) for status in NeedStatus if status != NeedStatus.OPEN]
EXPRESSED = [(source.value, source.label) for source in (NeedSource.STATED, NeedSource.DISCOVERED)]


class NeedOutput(Output):
    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    interaction = serializers.IntegerField(source="interaction_id", allow_null=True)
    need_type = serializers.CharField(source="need_type.code")
    source = serializers.ChoiceField(NeedSource.choices)  # type: ignore[assignment]
    strength = serializers.DecimalField(max_digits=3, decimal_places=2)
    evidence = serializers.CharField()
    status = serializers.ChoiceField(NeedStatus.choices)
    stated_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    settled_because = serializers.CharField()


class AnswerGivenOutput(Output):
    question = serializers.CharField(source="question.code")
    answer = serializers.IntegerField(source="answer_id", allow_null=True)
    words = serializers.CharField()
    need = NeedOutput(allow_null=True)


class SuggestionOutput(Output):
    """`instead` is the kind of need that the agent said it is; the sentence is masked."""

    id = serializers.IntegerField()
    need_type = serializers.CharField(source="need_type.code")
    sentence = serializers.CharField(source="text")
    reasons = serializers.ListField(child=serializers.CharField())
    probability = serializers.DecimalField(max_digits=4, decimal_places=3)
    status = serializers.ChoiceField(SuggestionStatus.choices)
    instead = serializers.CharField(source="instead.code", default=None, allow_null=True)
    suggested_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class NeedInput(Input):
    customer = VisibleField(Customer.objects.visible_to)
    interaction = VisibleField(Interaction.objects.visible_to, required=False, allow_null=True)
    need_type = CodeField(NeedType)
    source = serializers.ChoiceField(EXPRESSED, default=NeedSource.STATED)  # type: ignore[assignment]
    strength = serializers.DecimalField(
        max_digits=3,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=Decimal(1),
        default=Decimal(1),
    )
    evidence = serializers.CharField(max_length=300, help_text="In the customer's words.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return of_one_customer(attrs)


class SettlementInput(Input):
    to = serializers.ChoiceField(ENDINGS)
    because = serializers.CharField(max_length=200, help_text="How it was met, or why not.")
    interaction = VisibleField(Interaction.objects.visible_to, required=False, allow_null=True)


class AnswerInput(Input):
    """One of the question's answers by its position, or the customer's own words."""

    question = CodeField(DiscoveryQuestion)
    answer = serializers.IntegerField(required=False, min_value=0, max_value=32767)
    words = serializers.CharField(max_length=300, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        position = attrs.pop("answer", None)
        if position is None and not attrs["words"]:
            raise serializers.ValidationError(
                {"answer": ["Choose an answer, or write what the customer said."]}
            )
        attrs["answer"] = None if position is None else self._answer(attrs["question"], position)
        return attrs

    def _answer(self, question: DiscoveryQuestion, position: int) -> DiscoveryAnswer:
        answers = DiscoveryAnswer.objects.filter(question=question, position=position)
        found = answers.select_related("need_type").first()
        if found is None:
            raise serializers.ValidationError({"answer": ["The question has no such answer."]})
        return found


def of_one_customer(attrs: dict[str, Any]) -> dict[str, Any]:
    """Refuse a contact with somebody else than the customer."""
    interaction = attrs.get("interaction")
    if interaction is not None and interaction.customer_id != attrs["customer"].pk:
        raise serializers.ValidationError(
            {"interaction": ["This contact is with another customer."]}
        )
    return attrs
