"""What does the API take in? Only fields it names, of sane size, of rows the caller may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, cast

from django.db.models import Model, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from accounts.scoping import EARLIEST, LARGEST_ID, LATEST


class Input(serializers.Serializer[Any]):
    """A body in which every field that is not declared is refused by its name."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [str(name) for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError(
                    {name[:60]: ["This field is not known here."] for name in unknown[:20]}
                )
        return super().to_internal_value(data)


class Output(serializers.Serializer[Any]):
    """What the API gives out; never used to take anything in."""


@extend_schema_field(OpenApiTypes.INT64)
class VisibleField(serializers.PrimaryKeyRelatedField[Any]):
    """The id of a row the caller may see; another team's is as unknown as one that is not there."""

    def __init__(self, visible: Callable[[User], QuerySet[Any]], **kwargs: Any) -> None:
        self.visible = visible
        super().__init__(**kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        return self.visible(cast("User", self.context["request"].user))

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("incorrect_type", data_type=type(data).__name__)
        if not 0 < data <= LARGEST_ID:
            self.fail("does_not_exist", pk_value=data)
        return super().to_internal_value(data)


@extend_schema_field(OpenApiTypes.STR)
class CodeField(serializers.SlugRelatedField[Any]):
    """The code of a row that administrators keep, such as a contact reason; not a retired one."""

    def __init__(self, model: type[Model], *, may_retire: bool = True, **kwargs: Any) -> None:
        kept = model._default_manager.all()
        queryset = kept.filter(retired_on=None) if may_retire else kept
        super().__init__(slug_field="code", queryset=queryset, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class MomentField(serializers.DateTimeField):
    """A time with its zone (or in the display zone), within the centuries that make sense."""

    default_error_messages: ClassVar = {
        "out_of_range": "Give a time between the years 1900 and 2200."
    }

    def to_internal_value(self, value: Any) -> datetime:
        moment = super().to_internal_value(value)
        if not EARLIEST <= moment <= LATEST:
            self.fail("out_of_range")
        return moment
