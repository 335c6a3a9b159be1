"""Ways to help by the API: the decision of a contact, why, the answers to offers, the closure."""

from __future__ import annotations

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import routers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, Listed, Read, once
from accounts.filters import CharFilter, ChoiceFilter, FilterSet, IdFilter, MomentFilter
from interactions.models import Interaction, InteractionClosed
from interactions.serializers import InteractionOutput
from offers import catalogue, presenting
from offers.arbitration import decide_for, latest_for
from offers.explaining import explain
from offers.models import Decision, Offer, OfferStatus
from offers.serializers import (
    AlreadyHasInput,
    ClosureInput,
    DecisionOutput,
    DeclineInput,
    LaterInput,
    OfferOutput,
    WhyNotOutput,
    WouldNeedInput,
)
from offers.wrapping_up import wrap_up
from products.models import Product

OFFERED = "offers/(?P<code>[-a-zA-Z0-9_]{1,50})/"


class OfferFilter(FilterSet):
    customer = IdFilter()
    interaction = IdFilter()
    product = CharFilter("product__code", max_length=50)
    status = ChoiceFilter(choices=OfferStatus.choices)
    answered_from = MomentFilter("answered_at", "gte")
    answered_before = MomentFilter("answered_at", "lt")


class Offers(Listed, Read, Api):
    """One product put to one customer in one contact, and what they said."""

    rows = Offer.objects.select_related("product", "customer", "reason")
    serializer_class = OfferOutput
    filterset_class = OfferFilter


class WaysToHelp(Api):
    """What helps in this contact, from stored decisions; how the contact ends."""

    rows = Interaction.objects.select_related("customer", "contact_reason", "wrap_up_code")
    serializer_class = DecisionOutput
    query_parameters: ClassVar = {"why_not": frozenset({"product"})}

    def _latest(self, interaction: Interaction) -> Decision:
        latest = latest_for(customer=interaction.customer, interaction=interaction)
        if latest is None:
            raise NotFound("Nothing was decided in this contact yet. POST decides.")
        return latest

    @extend_schema(methods=["GET"], responses=DecisionOutput, filters=False)
    @extend_schema(methods=["POST"], request=None, responses={201: DecisionOutput})
    @action(detail=True, methods=["get", "post"], url_path="ways-to-help", pagination_class=None)
    @once
    def ways_to_help(self, request: Request, pk: str) -> Response:
        """The latest stored decision; a POST decides on the situation as it is now."""
        interaction = self.get_object()
        if request.method == "GET":
            return self.shown(self._latest(interaction))
        if interaction.closed_at:
            raise InteractionClosed
        decided = decide_for(customer=interaction.customer, interaction=interaction, by=self.user)
        return self.shown(decided, status=201)

    @extend_schema(
        parameters=[OpenApiParameter("product", str, required=True, description="Its code.")],
        responses=WhyNotOutput,
    )
    @action(detail=True, url_path="ways-to-help/why-not")
    def why_not(self, request: Request, pk: str) -> Response:
        """Why a product is not open to offer in this contact."""
        decision = self._latest(self.get_object())
        product = _product(request.query_params.get("product", ""))
        told = explain(
            inputs=decision.inputs,
            results=decision.results,
            published=catalogue.published(decision.catalogue_number),
            code=product.code,
        )
        because = presenting.why_not(decision, product.code) if told is None else told.because
        is_listed = told is not None and told.is_open
        answer = {
            "product": product.code,
            "is_listed": is_listed,
            "because": "" if is_listed else because,
            "mending": [] if told is None or is_listed else told.mending,
        }
        return Response(WhyNotOutput(answer).data)

    @extend_schema(request=None, responses={201: OfferOutput})
    @action(detail=True, methods=["post"], url_path=OFFERED + "acceptance")
    @once
    def acceptance(self, request: Request, pk: str, code: str) -> Response:
        """The customer wants it: its request opens with a dated promise."""
        return self._answered(presenting.accept(**self._offered(code)))

    @extend_schema(request=DeclineInput, responses={201: OfferOutput})
    @action(detail=True, methods=["post"], url_path=OFFERED + "decline")
    @once
    def decline(self, request: Request, pk: str, code: str) -> Response:
        offered, given = self._offered(code), self.given(DeclineInput)
        return self._answered(presenting.decline(**offered, **given))

    @extend_schema(request=LaterInput, responses={201: OfferOutput})
    @action(detail=True, methods=["post"], url_path=OFFERED + "later")
    @once
    def later(self, request: Request, pk: str, code: str) -> Response:
        offered, given = self._offered(code), self.given(LaterInput)
        return self._answered(presenting.later(**offered, **given))

    @extend_schema(request=AlreadyHasInput, responses={201: OfferOutput})
    @action(detail=True, methods=["post"], url_path=OFFERED + "already-has")
    @once
    def already_has(self, request: Request, pk: str, code: str) -> Response:
        offered, given = self._offered(code), self.given(AlreadyHasInput)
        return self._answered(presenting.already_has(**offered, **given))

    @extend_schema(request=None, responses={201: OfferOutput})
    @action(detail=True, methods=["post"], url_path=OFFERED + "not-relevant")
    @once
    def not_relevant(self, request: Request, pk: str, code: str) -> Response:
        return self._answered(presenting.not_relevant(**self._offered(code)))

    @extend_schema(request=WouldNeedInput, responses={201: OfferOutput})
    @action(detail=True, methods=["post"], url_path=OFFERED + "would-need")
    @once
    def would_need(self, request: Request, pk: str, code: str) -> Response:
        offered, given = self._offered(code), self.given(WouldNeedInput)
        return self._answered(presenting.would_need(**offered, **given))

    @extend_schema(request=None, responses={200: DecisionOutput})
    @action(detail=True, methods=["post"], url_path=OFFERED + "taking-back")
    @once
    def taking_back(self, request: Request, pk: str, code: str) -> Response:
        """The answer was a mistake: within a minute all that it did is undone."""
        presenting.take_back(**self._offered(code))
        return self.shown(self._latest(self.get_object()))

    @extend_schema(request=None, responses={200: DecisionOutput})
    @action(detail=True, methods=["post"], url_path="reason-settlement")
    @once
    def reason_settlement(self, request: Request, pk: str) -> Response:
        """What the customer got in touch for is done: offers that waited for it unlock."""
        interaction = self.get_object()
        presenting.settle_reason(interaction=interaction, by=self.user)
        return self.shown(self._latest(interaction))

    @extend_schema(request=ClosureInput, responses={201: InteractionOutput})
    @action(detail=True, methods=["post"])
    @once
    def closure(self, request: Request, pk: str) -> Response:
        """Wrap up: no expressed need stays open without a word; the follow-up is owed at once."""
        interaction = self.get_object()
        if not wrap_up(interaction=interaction, by=self.user, **self.given(ClosureInput)):
            raise InteractionClosed
        return Response(InteractionOutput(self.get_object()).data, status=201)

    def _offered(self, code: str) -> dict[str, Any]:
        return {"interaction": self.get_object(), "product": _product(code), "by": self.user}

    def _answered(self, offer: Offer) -> Response:
        return Response(OfferOutput(offer).data, status=201)


def _product(code: str) -> Product:
    if not code or not code.isprintable():
        raise ValidationError({"product": ["Give the code of a product."]})
    return get_object_or_404(Product, code=code[:60])


router = routers.SimpleRouter()
router.register("offers", Offers, basename="api-offers")
router.register("interactions", WaysToHelp, basename="api-ways-to-help")
urlpatterns = router.urls
