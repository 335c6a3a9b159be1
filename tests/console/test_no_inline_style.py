"""The content security policy lets no inline style or script through: none is ever sent."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

INLINE = re.compile(
    r"""\sstyle\s*=\s*["']|<style\b|<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+\s*=\s*["']"""
)
BY_SCRIPT = re.compile(
    r"""setAttribute\(\s*["']style|\.cssText\b|createElement\(\s*["']style|style="""
)
PROJECT = Path(settings.BASE_DIR)


def lines(folder: str, *endings: str) -> Iterator[tuple[str, str]]:
    for path in sorted((PROJECT / folder).rglob("*")):
        if path.suffix in endings:
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                yield f"{path.relative_to(PROJECT)}:{number}", line


def test_no_template_styles_or_scripts_inline() -> None:
    found = [(at, line.strip()) for at, line in lines("templates", ".html", ".svg")]
    assert found, "there are templates to look at"
    assert [at for at, line in found if INLINE.search(f" {line}")] == []


def test_no_script_of_ours_writes_a_style_attribute() -> None:
    found = list(lines("static/js", ".js"))
    assert found, "there are scripts to look at"
    assert [at for at, line in found if BY_SCRIPT.search(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        '<p style="color: red">',
        "<p class='a' style = 'b'>",
        "<style>",
        "<script>go()</script>",
        '<button onclick="go()">',
    ],
)
def test_what_the_policy_refuses_would_be_found(line: str) -> None:
    assert INLINE.search(f" {line}")


def test_every_page_with_htmx_tells_it_to_add_no_styles() -> None:
    """It would put its indicator's styles into the page (htmx: includeIndicatorStyles)."""
    with_htmx = [
        path
        for path in (PROJECT / "templates").rglob("*.html")
        if "{% htmx_script %}" in path.read_text()
    ]
    assert with_htmx
    for path in with_htmx:
        text = path.read_text()
        assert text.index('"includeIndicatorStyles": false') < text.index("{% htmx_script %}")
