"""What does an administrator see of an audit? Figures in words, intervals as lines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from offers.fairness.auditing import DAYS
from offers.fairness.measuring import FEWEST, LARGEST_GAP, LOWEST_RATIO, Verdict
from offers.models import FairnessAudit
from products.figures import MINUS

EARLIER = 12
LATE = timedelta(days=2)
WIDEST = 2.0  # of a ratio, as drawn; what lies beyond stands at the edge
WIDEST_GAP = 0.10
TONES: Final = {
    Verdict.FEW: ("", "dots", "too few"),
    Verdict.EVEN: ("good", "check", "even"),
    Verdict.WATCH: ("warn", "eye", "unclear"),
    Verdict.ALERT: ("bad", "alert-triangle", "outside"),
}


def page(asked: FairnessAudit | None = None) -> dict[str, Any]:
    """Everything on the page of one audit, or of the newest; two statements."""
    audits = FairnessAudit.objects.select_related("made_by")
    earlier = list(audits.defer("figures")[:EARLIER])
    shown = asked or audits.first()
    return {
        "audit": shown,
        "audits": earlier,
        "is_late": shown is not None and not asked and shown.made_at < timezone.now() - LATE,
        "attributes": [_attribute(row) for row in shown.figures] if shown else [],
        "days": DAYS,
        "fewest": FEWEST,
        "lowest_ratio": LOWEST_RATIO,
        "largest_gap": 100 * LARGEST_GAP,
    }


def _attribute(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "groups": [_group(group) for group in row["groups"]]}


def _group(row: dict[str, Any]) -> dict[str, Any]:
    chance = row["chance"]
    return {
        "group": row["group"],
        "customers": row["customers"],
        "seen": _compared(row["seen"]),
        "accepted": _compared(row["accepted"]),
        "chance": {
            "cases": chance["cases"],
            "told": _figures(_times(chance["gap"], 100), "+.1f"),
            "ranking": chance["ranking"],
            "line": _line(chance["gap"], -WIDEST_GAP, WIDEST_GAP),
            **_tone(chance["verdict"]),
        },
    }


def _compared(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "of": row["of"],
        "rate": _times(row["rate"], 100),
        "told": _figures(row["ratio"], ".2f"),
        "line": _line(row["ratio"], 0.0, WIDEST),
        **_tone(row["verdict"]),
    }


def _times(found: dict[str, float] | None, factor: float) -> dict[str, float] | None:
    return None if found is None else {name: factor * value for name, value in found.items()}


def _figures(found: dict[str, float] | None, form: str) -> dict[str, str] | None:
    if found is None:
        return None
    return {name: format(value, form).replace("-", MINUS) for name, value in found.items()}


def _line(found: dict[str, float] | None, least: float, most: float) -> dict[str, float] | None:
    """Where the interval and its figure stand on a line of 100, from `least` to `most`."""
    if found is None:
        return None
    place = {
        name: round(100 * (min(max(value, least), most) - least) / (most - least), 2)
        for name, value in found.items()
    }
    return {**place, "width": round(max(place["high"] - place["low"], 1.0), 2)}


def _tone(verdict: str) -> dict[str, str]:
    tone, icon, words = TONES[Verdict(verdict)]
    return {"verdict": verdict, "tone": tone, "icon": icon, "words": words}
