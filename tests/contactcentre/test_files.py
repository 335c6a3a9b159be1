"""Are static files named by their content, and does a missing one cost only itself?"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from contactcentre.files import ForgivingManifestStorage


@pytest.fixture
def storage(tmp_path: Path) -> ForgivingManifestStorage:
    made = ForgivingManifestStorage(location=tmp_path, base_url="/static/")
    made.save("js/keys.js", ContentFile(b'import { typing } from "./typing.js";\n'))
    made.save("js/typing.js", ContentFile(b"export const typing = 1;\n"))
    paths = {name: (made, name) for name in ("js/keys.js", "js/typing.js")}
    for _name, _new_name, outcome in made.post_process(paths):  # type: ignore[no-untyped-call]
        assert not isinstance(outcome, Exception)
    return made


def test_a_file_is_named_by_its_content_and_names_others_so(
    storage: ForgivingManifestStorage,
) -> None:
    keys, typing = (storage.stored_name(f"js/{name}.js") for name in ("keys", "typing"))
    assert keys.startswith("js/keys.")
    assert keys != "js/keys.js"
    assert typing.removeprefix("js/").encode() in storage.open(keys).read()


def test_a_missing_file_keeps_its_plain_name(storage: ForgivingManifestStorage) -> None:
    assert storage.stored_name("dist/icons.svg") == "dist/icons.svg"
