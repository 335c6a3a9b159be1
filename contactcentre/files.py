"""How are static files named in production? By a hash of their content."""

from __future__ import annotations

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ForgivingManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, and the plain name for a file that is not there.

    A page without its icons is better than no page: the front-end build may have failed.
    """

    manifest_strict = False
    support_js_module_import_aggregation = True  # modules name each other by content, too

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self.found: dict[str | None, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        """Worked out once a process: eighteen stand on the desk's page."""
        if force or name not in self.found:
            self.found[name] = str(super().url(name or "", force))
        return self.found[name]

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        try:
            return str(super().hashed_name(name, content, filename))  # type: ignore[no-untyped-call]
        except ValueError:
            return name
