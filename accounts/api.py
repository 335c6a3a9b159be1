"""What is the same for every address of the API: who may do what, pages, limits, repeats.

Agents and supervisors read and act for the customers of their teams. Administrators read all
and configure (in the administration); they act for no customer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, TypeVar, cast

from django.db.models import QuerySet
from rest_framework import exceptions, permissions
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.throttling import UserRateThrottle
from rest_framework.viewsets import GenericViewSet

from accounts.idempotency import Answered, answer_once, digest_of
from accounts.models import Role, User
from accounts.scoping import LARGEST_ID

KEY_HEADER = "Idempotency-Key"
Method = TypeVar("Method", bound=Callable[..., Response])


class ShallowJSONParser(JSONParser):
    """JSON; nesting deeper than Python can follow is refused, not a crash."""

    def parse(
        self, stream: Any, media_type: Any = None, parser_context: Any = None
    ) -> dict[str, Any]:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise exceptions.ParseError("The JSON is nested too deeply.") from error


class ForgivingThrottle(UserRateThrottle):
    """A limit a user; while Redis is away people go on working."""

    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            return super().allow_request(request, view)
        except (ConnectionError, TimeoutError, OSError):
            return True
        except Exception as error:
            if type(error).__module__.startswith("redis"):
                return True
            raise


class NewestFirst(CursorPagination):
    """Pages by cursor over the id, newest first: page 1,000 costs what page 1 costs."""

    ordering = "-pk"

    def decode_cursor(self, request: Request) -> Cursor | None:
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            position = str(cursor.position)
            if not (position.isascii() and position.isdigit() and int(position) <= LARGEST_ID):
                raise exceptions.NotFound(self.invalid_cursor_message)
        return cursor


class ActsByRole(permissions.BasePermission):
    """Everybody who is logged in reads; the roles that the view names act."""

    message = "Administrators configure and read. Log in as an agent or supervisor to act."

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in permissions.SAFE_METHODS or (
            cast("User", request.user).role in view.acting_roles
        )


class Api(GenericViewSet[Any]):
    """One noun of the API: rows by `visible_to`, changes by the domain's verbs."""

    acting_roles: ClassVar[frozenset[str]] = frozenset({Role.AGENT, Role.SUPERVISOR})
    permission_classes = (permissions.IsAuthenticated, ActsByRole)
    parser_classes = (ShallowJSONParser,)
    throttle_classes = (ForgivingThrottle,)
    pagination_class = NewestFirst
    lookup_value_regex = "[0-9]{1,18}"
    rows: ClassVar[QuerySet[Any]]
    input_classes: ClassVar[dict[str, type[BaseSerializer[Any]]]] = {}
    query_parameters: ClassVar[dict[str, frozenset[str]]] = {}

    @property
    def user(self) -> User:
        return cast("User", self.request.user)

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn for nobody
            return self.rows.none()
        return cast("QuerySet[Any]", self.rows.all().visible_to(self.user))  # type: ignore[attr-defined]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        known = self.query_parameters.get(self.action, frozenset())
        if self.action == "list":
            filterset = getattr(self, "filterset_class", None)
            known |= {"cursor", *(filterset.base_filters if filterset else ())}
        refuse_parameters(request, known)

    def given(self, kind: type[BaseSerializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        """The body of the request, checked by the input serializer `kind`."""
        serializer = kind(
            data=self.request.data, partial=partial, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        return cast("dict[str, Any]", serializer.validated_data)

    def shown(self, row: Any, status: int = 200) -> Response:
        """The answer that shows one row."""
        return Response(self.get_serializer(row).data, status=status)

    def listed(self, rows: QuerySet[Any]) -> Response:
        """One page of rows."""
        page = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class Listed:
    """GET of the noun: a page of what the caller may see, filtered."""

    def list(self: Any, request: Request) -> Response:
        return cast("Response", self.listed(self.get_queryset()))


class Read:
    """GET of one row."""

    def retrieve(self: Any, request: Request, pk: str) -> Response:
        return cast("Response", self.shown(self.get_object()))


def refuse_parameters(request: Request, known: frozenset[str]) -> None:
    """Refuse query parameters that mean nothing here, and ones given twice, by their names."""
    problems = {
        name[:60]: ["Give it once." if name in known else "This parameter is not known here."]
        for name, values in request.query_params.lists()
        if name not in known or len(values) > 1
    }
    if problems:
        raise exceptions.ValidationError(dict(list(problems.items())[:20]))


def once(method: Method) -> Method:
    """A creation that a repeat with the same Idempotency-Key does not do again."""

    @wraps(method)
    def answering(view: Api, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(KEY_HEADER)
        if key is None or request.method != "POST":
            return method(view, request, *args, **kwargs)

        def create() -> Answered:
            response = method(view, request, *args, **kwargs)
            return Answered(response.status_code, json.loads(JSONRenderer().render(response.data)))

        digest = digest_of(request.method or "", request.path, request.data)
        answered = answer_once(user=view.user, key=key, digest=digest, create=create)
        return Response(answered.body, status=answered.status)

    return cast("Method", answering)
