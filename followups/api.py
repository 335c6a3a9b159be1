"""Follow-ups by the API: list, read, begin, answer."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import routers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, Listed, once
from accounts.filters import ChoiceFilter, FilterSet, IdFilter, MomentFilter
from followups.models import FollowUp, FollowUpStatus
from followups.serializers import AnswersInput, FollowUpDetailOutput, FollowUpOutput


class FollowUpFilter(FilterSet):
    customer = IdFilter()
    owner = IdFilter()
    status = ChoiceFilter(choices=FollowUpStatus.choices)
    due_before = MomentFilter("due_at", "lt")


class FollowUps(Listed, Api):
    """One proactive contact owed to a customer because of an interaction."""

    rows = FollowUp.objects.select_related("customer")
    serializer_class = FollowUpOutput
    filterset_class = FollowUpFilter

    def _detail(self, pk: int, status: int = 200) -> Response:
        follow_up = FollowUp.objects.prefetch_related("answers", "attempts").get(pk=pk)
        return Response(FollowUpDetailOutput(follow_up).data, status=status)

    @extend_schema(responses=FollowUpDetailOutput)
    def retrieve(self, request: Request, pk: str) -> Response:
        return self._detail(self.get_object().pk)

    @extend_schema(request=None, responses={201: FollowUpDetailOutput})
    @action(detail=True, methods=["post"])
    @once
    def attempts(self, request: Request, pk: str) -> Response:
        """Begin the call, when the rules permit it at this minute."""
        follow_up = self.get_object()
        follow_up.begin(by=self.user)
        return self._detail(follow_up.pk, status=201)

    @extend_schema(request=AnswersInput, responses={201: FollowUpDetailOutput})
    @action(detail=True, methods=["post"])
    @once
    def answers(self, request: Request, pk: str) -> Response:
        """Keep the answers; a "no" opens an owned request in the same step."""
        follow_up = self.get_object()
        follow_up.record_answers(by=self.user, **self.given(AnswersInput))
        return self._detail(follow_up.pk, status=201)


router = routers.SimpleRouter()
router.register("follow-ups", FollowUps, basename="api-follow-ups")
urlpatterns = router.urls
