"""Service requests and promises by the API: list, open, move, give; make, keep, withdraw."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import routers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, Listed, Read, once
from accounts.filters import (
    CharFilter,
    ChoiceFilter,
    FilterSet,
    IdFilter,
    MomentFilter,
    YesNoFilter,
)
from service.models import LIVE, Promise, PromiseStatus, RequestStatus, ServiceRequest
from service.serializers import (
    OwnerInput,
    PromiseInput,
    PromiseOutput,
    ServiceRequestInput,
    ServiceRequestOutput,
    StatusChangeOutput,
    StepInput,
    WithdrawalInput,
    refuse_strangers,
)


class ServiceRequestFilter(FilterSet):
    customer = IdFilter()
    owner = IdFilter()
    request_type = CharFilter("request_type__code", max_length=50)
    status = ChoiceFilter(choices=RequestStatus.choices)
    is_open = YesNoFilter(method="among_open")
    target_before = MomentFilter("target_at", "lt")

    def among_open(
        self,
        rows: QuerySet[ServiceRequest],
        name: str,
        value: bool,
    ) -> QuerySet[ServiceRequest]:
        return rows.filter(status__in=LIVE) if value else rows.exclude(status__in=LIVE)


class ServiceRequests(Listed, Read, Api):
    """Something to be done for a customer: owned, with a target and a history."""

    rows = ServiceRequest.objects.select_related("customer", "request_type", "product")
    serializer_class = ServiceRequestOutput
    filterset_class = ServiceRequestFilter

    @extend_schema(request=ServiceRequestInput, responses={201: ServiceRequestOutput})
    @once
    def create(self, request: Request) -> Response:
        """Open a request; its target and the customers' expectation count from now."""
        opened = ServiceRequest.open_request(by=self.user, **self.given(ServiceRequestInput))
        return self.shown(opened, status=201)

    @extend_schema(methods=["GET"], responses=StatusChangeOutput(many=True), filters=False)
    @extend_schema(methods=["POST"], request=StepInput, responses={201: ServiceRequestOutput})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    @once
    def steps(self, request: Request, pk: str) -> Response:
        """The history of the status; a POST takes the next step."""
        service_request = self.get_object()
        if request.method == "GET":
            return Response(StatusChangeOutput(service_request.status_changes, many=True).data)
        service_request.move(by=self.user, **self.given(StepInput))
        return self.shown(service_request, status=201)

    @extend_schema(request=OwnerInput)
    @action(detail=True, methods=["post"])
    @once
    def ownership(self, request: Request, pk: str) -> Response:
        """Give the request to a colleague who serves the customer's team."""
        service_request, owner = self.get_object(), self.given(OwnerInput)["owner"]
        refuse_strangers(owner, service_request.customer)
        service_request.give_to(owner=owner, by=self.user)
        return self.shown(service_request)


class PromiseFilter(FilterSet):
    customer = IdFilter()
    owner = IdFilter()
    request = IdFilter()
    status = ChoiceFilter(choices=PromiseStatus.choices)
    due_before = MomentFilter("due_at", "lt")


class Promises(Listed, Read, Api):
    """What we said we would do, by when, and who owns it."""

    rows = Promise.objects.select_related("customer", "product")
    serializer_class = PromiseOutput
    filterset_class = PromiseFilter

    @extend_schema(request=PromiseInput, responses={201: PromiseOutput})
    @once
    def create(self, request: Request) -> Response:
        """Put a promise on the ledger; its time is still to come."""
        made = Promise.make(by=self.user, **self.given(PromiseInput))
        return self.shown(made, status=201)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    @once
    def keeping(self, request: Request, pk: str) -> Response:
        """Say that it is done: kept when in time, else done late and broken all the same."""
        promise = self.get_object()
        promise.keep(by=self.user)
        return self.shown(promise)

    @extend_schema(request=WithdrawalInput)
    @action(detail=True, methods=["post"])
    @once
    def withdrawal(self, request: Request, pk: str) -> Response:
        """Take the promise back, with the reason that the customer was given."""
        promise = self.get_object()
        promise.withdraw(by=self.user, **self.given(WithdrawalInput))
        return self.shown(promise)


router = routers.SimpleRouter()
router.register("service-requests", ServiceRequests, basename="api-service-requests")
router.register("promises", Promises, basename="api-promises")
urlpatterns = router.urls
