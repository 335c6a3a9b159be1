"""Who may open the pages of the catalogue? Nobody else learns what is being prepared."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.models import User

View = Callable[..., HttpResponseBase]


def user_of(request: HttpRequest) -> User:
    return cast("User", request.user)


def administrators_only(view: View) -> View:
    """Administrators prepare the catalogue; everybody else is refused."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not user_of(request).is_administrator:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
