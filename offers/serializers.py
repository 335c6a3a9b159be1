"""What does the API say and hear of ways to help, offers, and the end of a contact?"""

from __future__ import annotations

from collections import Counter
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import CodeField, Input, Output, VisibleField
from interactions.models import WrapUpCode
from needs.models import Need
from offers.models import ConditionComparison, Decision, DeclineReason, OfferStatus
from offers.wrapping_up import Ending, NeedEnding


class DecisionOutput(Output):
    """One stored answer to "what helps this customer now?", as it may be told.

    What waits and what does not suit is counted, never named: `why-not` names a product to whoever
    asks for it by its code.
    """

    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    interaction = serializers.IntegerField(source="interaction_id", allow_null=True)
    made_at = serializers.DateTimeField()
    catalogue_number = serializers.IntegerField()
    engine = serializers.CharField()
    results = serializers.SerializerMethodField(
        help_text="`ways` in order, `further` offers, how many `waits` and for what, how many are "
        "`excluded` at which stage, and how the reason of the contact is `settled`.",
    )

    @extend_schema_field(serializers.DictField(child=serializers.JSONField()))
    def get_results(self, decision: Decision) -> dict[str, Any]:
        results = decision.results
        excluded: Counter[str] = Counter()
        for row in results["excluded"]:
            excluded[row["stage"]] += len(row["products"])
        return {
            **{name: results[name] for name in ("ways", "further", "waits", "settled")},
            "excluded": [{"stage": stage, "count": count} for stage, count in excluded.items()],
        }


class WhyNotOutput(Output):
    product = serializers.CharField()
    is_listed = serializers.BooleanField()
    because = serializers.CharField(help_text="Empty when the product is open to offer.")
    mending = serializers.ListField(
        child=serializers.CharField(), help_text="What would make it right; empty when it is."
    )


class OfferOutput(Output):
    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    interaction = serializers.IntegerField(source="interaction_id")
    product = serializers.CharField(source="product.code")
    decision = serializers.IntegerField(source="decision_id", allow_null=True)
    need = serializers.IntegerField(source="need_id", allow_null=True)
    status = serializers.ChoiceField(OfferStatus.choices)
    reason = serializers.CharField(source="reason.code", allow_null=True, default=None)
    because = serializers.CharField()
    later_on = serializers.DateField(allow_null=True)
    benefit = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    currency = serializers.CharField()
    benefit_sentence = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    request = serializers.IntegerField(source="request_id", allow_null=True)
    promise = serializers.IntegerField(source="promise_id", allow_null=True)


class DeclineInput(Input):
    """One of the two at least."""

    reason = CodeField(DeclineReason, required=False, help_text="A reason that is kept.")
    because = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="Why, in the customer's words."
    )


class AlreadyHasInput(Input):
    provider = serializers.CharField(
        max_length=80, default="", allow_blank=True, help_text="From whom they have it."
    )


class LaterInput(Input):
    later_on = serializers.DateField(help_text="The day to ask again, still to come.")


class WouldNeedInput(Input):
    words = serializers.CharField(
        max_length=200, help_text="What the customer would need instead, in their words."
    )
    term = serializers.SlugField(
        max_length=40, default="", allow_blank=True, help_text="A figure of the product: rate."
    )
    comparison = serializers.ChoiceField(ConditionComparison.choices, default="", allow_blank=True)
    figure = serializers.DecimalField(
        max_digits=16, decimal_places=6, default=None, allow_null=True
    )


class NeedEndingInput(Input):
    need = VisibleField(Need.objects.visible_to)
    how = serializers.ChoiceField([(ending.value, ending.value) for ending in Ending])
    because = serializers.CharField(max_length=200, default="", allow_blank=True)


class ClosureInput(Input):
    wrap_up_code = CodeField(WrapUpCode)
    summary = serializers.CharField(max_length=300)
    needs = NeedEndingInput(  # type: ignore[call-arg]
        many=True,
        default=list,
        max_length=50,
        help_text="How each need that was expressed in this contact and is still open stands.",
    )

    def validate_needs(self, endings: list[dict[str, Any]]) -> dict[int, NeedEnding]:
        return {
            ending["need"].pk: NeedEnding(Ending(ending["how"]), ending["because"])
            for ending in endings
        }
