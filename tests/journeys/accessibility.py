"""What does axe-core find on a page that keeps people from reading or using it?"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

# A colour on its way from one theme to the other is nobody's contrast.
STILL = "() => Promise.allSettled(document.getAnimations().map((one) => one.finished))"
RUN = """async () => (await axe.run({ resultTypes: ["violations"] })).violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => [id, nodes.map((one) => [one.target, one.failureSummary])])
"""


def show(page: Page, theme: Literal["light", "dark"]) -> None:
    """The theme as somebody has it who wants no motion: whole at once."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")


def serious_findings(page: Page) -> list[object]:
    """The rules that are broken, and by which elements, once nothing moves any more."""
    page.evaluate(STILL)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[object] = page.evaluate(RUN)
    return found


def refuse_serious_findings(page: Page, name: str) -> None:
    """In neither theme; afterwards the page is light."""
    if not AXE.exists():
        warnings.warn(f"{name} was not looked at: axe-core is not installed: npm ci", stacklevel=2)
        return
    for theme in ("dark", "light"):
        show(page, theme)
        found = serious_findings(page)
        assert found == [], f"{name}, {theme}: {json.dumps(found, indent=1)}"
