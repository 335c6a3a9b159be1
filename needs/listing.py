"""What do the administrator's pages on words show? Each page takes a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet

from accounts.scoping import is_id
from needs import unknowns
from needs.models import FROZEN, Example, UnknownNeed, WordsModel
from needs.noise import DOUBTFUL

PAGE: Final = 50
VERSIONS: Final = 20
UNKNOWN: Final = 200
VIEWS: Final = {"doubted": "Doubted", "all": "All", "frozen": "Frozen", "weak": "Weak"}
NONE_OF_OURS: Final = "none"


@dataclass(frozen=True, slots=True)
class Examples:
    """One page of examples in one view; `after` is the cursor of the next page."""

    view: str
    kind: str
    rows: list[Example]
    after: str
    is_first: bool
    checked: bool

    @property
    def views(self) -> list[tuple[str, str]]:
        return list(VIEWS.items())


def examples(*, view: str, kind: str, after: str) -> Examples:
    """An unknown view, kind or cursor shows the doubted from the start."""
    view = view if view in VIEWS else "doubted"
    rows = _of_kind(_in_view(view), kind)
    start = int(after) if is_id(after) else 0
    page = list(rows.select_related("need_type", "likelier", "by")[start : start + PAGE + 1])
    return Examples(
        view=view,
        kind=kind,
        rows=page[:PAGE],
        after=str(start + PAGE) if len(page) > PAGE else "",
        is_first=start == 0,
        checked=Example.objects.filter(checked_at__isnull=False).exists(),
    )


def counts() -> dict[str, int]:
    """How many there are, for the tabs."""
    found = Example.objects.aggregate(
        examples=Count("pk"), doubted=Count("pk", filter=Q(doubt__gte=DOUBTFUL))
    )
    return found | {"unknown": UnknownNeed.objects.waiting().count()}


def versions() -> dict[str, Any]:
    """The newest versions, which one reads, and which of them have forgotten what they learnt."""
    kept = WordsModel.objects.annotate(heard=F("description__heard__texts"))
    rows = list(kept.defer("arrays", "description")[:VERSIONS])
    reading = WordsModel.objects.in_force().values_list("pk", flat=True).first()
    empty = WordsModel.objects.filter(arrays=b"").values_list("pk", flat=True)
    return {
        "rows": rows,
        "reading": reading,
        "empty": set(empty),
        "backend": settings.NEEDS_WORDS_BACKEND,
    }


def unknown() -> dict[str, Any]:
    """What waits for the administrator, by groups."""
    return {"groups": unknowns.groups(at_most=UNKNOWN), "most": UNKNOWN}


def _in_view(view: str) -> QuerySet[Example]:
    match view:
        case "all":
            return Example.objects.order_by("-pk")
        case "frozen":
            return Example.objects.filter(part=FROZEN, is_weak=False).order_by("-pk")
        case "weak":
            return Example.objects.filter(is_weak=True).order_by("-pk")
    return Example.objects.filter(doubt__gte=DOUBTFUL).order_by("-doubt", "pk")


def _of_kind(rows: QuerySet[Example], kind: str) -> QuerySet[Example]:
    if kind == NONE_OF_OURS:
        return rows.filter(need_type=None)
    return rows.filter(need_type=int(kind)) if is_id(kind) else rows
