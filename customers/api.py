"""Customers by the API: list, search, read, create, change; contact points and consents."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import routers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, Listed, Read, once
from accounts.filters import CharFilter, ChoiceFilter, FilterSet, IdFilter, YesNoFilter
from customers.models import Consent, Customer, CustomerKind
from customers.search import LONGEST_TEXT
from customers.serializers import (
    ConsentInput,
    ConsentOutput,
    ContactPointInput,
    ContactPointOutput,
    CustomerChange,
    CustomerDetailOutput,
    CustomerInput,
    CustomerOutput,
    FoundOutput,
    HoldingOutput,
)


class CustomerFilter(FilterSet):
    team = IdFilter()
    kind = ChoiceFilter(choices=CustomerKind.choices)
    segment = CharFilter(max_length=40)
    source = CharFilter(max_length=40)
    external_id = CharFilter(max_length=80)
    is_vulnerable = YesNoFilter("vulnerable_since", "isnull", exclude=True)


class Customers(Listed, Read, Api):
    """A person or organisation we serve."""

    rows = Customer.objects.all()
    serializer_class = CustomerOutput
    filterset_class = CustomerFilter
    query_parameters: ClassVar = {"search": frozenset({"text"})}

    @extend_schema(responses=CustomerDetailOutput)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(CustomerDetailOutput(self.get_object()).data)

    @extend_schema(request=CustomerInput, responses={201: CustomerDetailOutput})
    @once
    def create(self, request: Request) -> Response:
        customer = Customer.register(by=self.user, **self.given(CustomerInput))
        return Response(CustomerDetailOutput(customer).data, status=201)

    @extend_schema(request=CustomerChange, responses=CustomerDetailOutput)
    def partial_update(self, request: Request, pk: str) -> Response:
        customer = self.get_object()
        customer.change(by=self.user, **self.given(CustomerChange, partial=True))
        return Response(CustomerDetailOutput(customer).data)

    @extend_schema(
        parameters=[OpenApiParameter("text", str, required=True, description="What was typed.")],
        responses=FoundOutput(many=True),
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def search(self, request: Request) -> Response:
        """At most 20 customers by e-mail, phone, name, part of a name, or with one typo."""
        text = request.query_params.get("text", "")[: 4 * LONGEST_TEXT]
        found = Customer.objects.visible_to(self.user).search(text)
        return Response(FoundOutput(found, many=True).data)

    @extend_schema(methods=["GET"], responses=ContactPointOutput(many=True), filters=False)
    @extend_schema(methods=["POST"], request=ContactPointInput, responses={201: ContactPointOutput})
    @action(detail=True, methods=["get", "post"], url_path="contact-points", pagination_class=None)
    @once
    def contact_points(self, request: Request, pk: str) -> Response:
        customer = self.get_object()
        if request.method == "GET":
            points = customer.contact_points.order_by("pk")
            return Response(ContactPointOutput(points, many=True).data)
        point = customer.add_contact_point(by=self.user, **self.given(ContactPointInput))
        return Response(ContactPointOutput(point).data, status=201)

    @extend_schema(methods=["GET"], responses=ConsentOutput(many=True), filters=False)
    @extend_schema(methods=["POST"], request=ConsentInput, responses={201: ConsentOutput})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    @once
    def consents(self, request: Request, pk: str) -> Response:
        """The newest word per purpose and channel; a POST adds one, history stays."""
        customer = self.get_object()
        if request.method == "GET":
            current = Consent.objects.filter(customer=customer).current()
            return Response(ConsentOutput(current, many=True).data)
        consent = customer.record_consent(by=self.user, **self.given(ConsentInput))
        return Response(ConsentOutput(consent).data, status=201)

    @extend_schema(responses=HoldingOutput(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def holdings(self, request: Request, pk: str) -> Response:
        held = self.get_object().holdings.select_related("product").order_by("opened_on", "pk")
        return Response(HoldingOutput(held, many=True).data)


router = routers.SimpleRouter()
router.register("customers", Customers, basename="api-customers")
urlpatterns = router.urls
