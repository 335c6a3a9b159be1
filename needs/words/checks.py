"""Is the backend that was asked for there? A warning of Django's checks when it is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks

from needs.words.encoders import UnknownBackend, resolved


@checks.register
def words_backend(
    app_configs: Sequence[Any] | None,  # noqa: ARG001  (Django hands it over)
    **kwargs: Any,  # noqa: ARG001  (and these)
) -> list[checks.CheckMessage]:
    """W001 for a missing extra, E001 for a backend that nobody knows."""
    try:
        notice = resolved(settings.NEEDS_WORDS_BACKEND).notice
    except UnknownBackend as error:
        return [checks.Error(str(error), hint="Set NEEDS_WORDS_BACKEND.", id="needs.E001")]
    return [checks.Warning(notice, id="needs.W001")] if notice else []
