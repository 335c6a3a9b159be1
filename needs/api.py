"""Needs by the API: list, state, settle; answers to discovery questions; what words suggest."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import routers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, Listed, Read, once
from accounts.filters import CharFilter, ChoiceFilter, FilterSet, IdFilter
from interactions.models import Interaction, InteractionClosed
from needs.models import AnswerGiven, Need, NeedSource, NeedStatus, Suggestion
from needs.serializers import (
    AnswerGivenOutput,
    AnswerInput,
    NeedInput,
    NeedOutput,
    SettlementInput,
    SuggestionOutput,
)


class NeedFilter(FilterSet):
    customer = IdFilter()
    interaction = IdFilter()
    need_type = CharFilter("need_type__code", max_length=50)
    status = ChoiceFilter(choices=NeedStatus.choices)
    source = ChoiceFilter(choices=NeedSource.choices)


class Needs(Listed, Read, Api):
    """One customer's need: stated, discovered or inferred; open, met, unmet or missed."""

    rows = Need.objects.select_related("need_type", "customer")
    serializer_class = NeedOutput
    filterset_class = NeedFilter

    @extend_schema(request=NeedInput, responses={201: NeedOutput})
    @once
    def create(self, request: Request) -> Response:
        """Keep a need that the customer expressed; one that is open already only gets stronger."""
        return self.shown(Need.state(by=self.user, **self.given(NeedInput)), status=201)

    @extend_schema(request=SettlementInput)
    @action(detail=True, methods=["post"])
    @once
    def settlement(self, request: Request, pk: str) -> Response:
        """Say how it ended: met, unmet, or missed with the reason."""
        need, given = self.get_object(), self.given(SettlementInput)
        contact = given.get("interaction")
        if contact is not None and contact.customer_id != need.customer_id:
            raise ValidationError({"interaction": ["This contact is with another customer."]})
        need.settle(by=self.user, **given)
        return self.shown(Need.objects.get(pk=need.pk))


class DiscoveryAnswers(Api):
    """What the customer answered in one contact."""

    rows = Interaction.objects.select_related("customer")
    serializer_class = AnswerGivenOutput

    @extend_schema(request=AnswerInput, responses={201: AnswerGivenOutput})
    @action(detail=True, methods=["post"], url_path="discovery-answers")
    @once
    def discovery_answers(self, request: Request, pk: str) -> Response:
        """Record the answer (a new one replaces the old) and the need that it tells of."""
        interaction = get_object_or_404(self.get_queryset(), pk=pk)
        given = self.given(AnswerInput)
        if interaction.closed_at:
            raise InteractionClosed
        answer = AnswerGiven.give(interaction=interaction, by=self.user, **given)
        return self.shown(answer, status=201)


class NeedSuggestions(Api):
    """What the words of one contact seem to tell of."""

    rows = Interaction.objects.all()
    serializer_class = SuggestionOutput

    @extend_schema(responses=SuggestionOutput(many=True), filters=False)
    @action(detail=True, url_path="need-suggestions", pagination_class=None)
    def need_suggestions(self, request: Request, pk: str) -> Response:
        """Every kind of need suggested in the contact, the likeliest first, with what became of
        it. Nothing is read anew: the words are read beside the typing."""
        contact = get_object_or_404(self.get_queryset(), pk=pk)
        found = Suggestion.objects.said_in(contact).select_related("need_type", "instead")
        rows = found.order_by("-probability", "pk")
        return Response(SuggestionOutput(rows, many=True).data)


router = routers.SimpleRouter()
router.register("needs", Needs, basename="api-needs")
router.register("interactions", DiscoveryAnswers, basename="api-discovery-answers")
router.register("interactions", NeedSuggestions, basename="api-need-suggestions")
urlpatterns = router.urls
