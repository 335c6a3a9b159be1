"""Contacts by the API: list, open, take, say why, keep notes. Closing stands in `offers.api`."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import routers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, Listed, Read, once
from accounts.errors import Conflict
from accounts.filters import (
    CharFilter,
    ChoiceFilter,
    FilterSet,
    IdFilter,
    MomentFilter,
    YesNoFilter,
)
from customers.contact_points import Channel
from interactions.models import Interaction
from interactions.serializers import (
    InteractionInput,
    InteractionOutput,
    NotesInput,
    NotesOutput,
    ReasonInput,
)


class TakenAlready(Conflict):
    def __init__(self) -> None:
        super().__init__("Somebody else has answered this contact. Choose the next that waits.")


class InteractionFilter(FilterSet):
    customer = IdFilter()
    agent = IdFilter()
    channel = ChoiceFilter(choices=Channel.choices)
    contact_reason = CharFilter("contact_reason__code", max_length=50)
    is_open = YesNoFilter("closed_at", "isnull")
    is_follow_up = YesNoFilter()
    opened_from = MomentFilter("opened_at", "gte")
    opened_before = MomentFilter("opened_at", "lt")


class Interactions(Listed, Read, Api):
    """One contact on one channel, from opening to wrap-up."""

    rows = Interaction.objects.select_related("customer", "contact_reason", "wrap_up_code")
    serializer_class = InteractionOutput
    filterset_class = InteractionFilter

    @extend_schema(request=InteractionInput, responses={201: InteractionOutput})
    @once
    def create(self, request: Request) -> Response:
        """Open a contact; it is yours at once. Outbound ones count as contacts of ours."""
        opened = Interaction.begin(by=self.user, **self.given(InteractionInput))
        return self.shown(opened, status=201)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    @once
    def taking(self, request: Request, pk: str) -> Response:
        """Become the agent of a contact that waits; 409 when somebody else was first."""
        interaction = self.get_object()
        if not interaction.take(by=self.user):
            raise TakenAlready
        return self.shown(interaction)

    @extend_schema(request=ReasonInput)
    @action(detail=True, methods=["post"])
    @once
    def reason(self, request: Request, pk: str) -> Response:
        """Say why the customer got in touch."""
        interaction = self.get_object()
        interaction.give_reason(by=self.user, **self.given(ReasonInput))
        return self.shown(Interaction.objects.get(pk=interaction.pk))

    @extend_schema(request=NotesInput, responses=NotesOutput)
    @action(detail=True, methods=["post"])
    @once
    def notes(self, request: Request, pk: str) -> Response:
        """Keep the notes as typed; 409 when they were changed elsewhere since `version`."""
        version = self.get_object().save_notes(**self.given(NotesInput))
        return Response({"version": version})


router = routers.SimpleRouter()
router.register("interactions", Interactions, basename="api-interactions")
urlpatterns = router.urls
