"""Which examples are probably labelled wrongly? Those that a model doubts which has not seen them.

Each fifth of the examples is looked at by a model of the four others: confident learning in its
simplest form (Northcutt et al., "Confident Learning", JAIR 2021).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from needs.models import Example, NeedType, WordsModel
from needs.words import NO_NEED, Classifier, Name, TooFewNeeds
from needs.words import Example as Said

DOUBTFUL: Final = Decimal("0.5")
PLACES: Final = Decimal("0.001")
TOGETHER: Final = 500  # rows of one update


class Doubt(NamedTuple):
    """1 minus the probability of the label, and the code of what is likelier, if anything is."""

    share: Decimal
    likelier: str


def look_at_a_part() -> int:
    """Look at one part of the examples that is due; how many examples it has."""
    newest = WordsModel.objects.order_by("-number").values_list("made_at", flat=True).first()
    if newest is None:
        return 0
    waiting = Example.objects.filter(Q(checked_at=None) | Q(checked_at__lt=newest))
    part = waiting.order_by("part").values_list("part", flat=True).first()
    return 0 if part is None else _look_at(part)


def _look_at(part: int) -> int:
    kinds = list(NeedType.objects.filter(retired_on=None))
    try:
        model = _model_without(part, kinds)
    except TooFewNeeds:
        return 0
    of = {kind.code: kind for kind in kinds}
    rows = list(Example.objects.filter(part=part).select_related("need_type"))
    doubts = _doubts(model, [row.text for row in rows], [_label(row) for row in rows])
    for row, found in zip(rows, doubts, strict=True):
        # Of what somebody has looked at and found right, nothing is asked again.
        is_right = row.looked_at is not None
        row.doubt, row.likelier = (
            (None, None) if is_right else (found.share, of.get(found.likelier))
        )
        row.checked_at = timezone.now()
    Example.objects.bulk_update(rows, ["doubt", "likelier", "checked_at"], batch_size=TOGETHER)
    return len(rows)


def _label(row: Example) -> str:
    return row.need_type.code if row.need_type else NO_NEED


def _doubts(model: Classifier, texts: list[str], labels: list[str]) -> list[Doubt]:
    """How improbable each label is by a model that has not seen it, and what is likelier."""
    shares, passing = model.probabilities(texts)
    codes = [*model.needs, NO_NEED]
    chances = np.hstack([shares * passing[:, None], 1 - passing[:, None]])
    doubts = []
    for label, row in zip(labels, chances, strict=True):
        own = float(row[codes.index(label)]) if label in codes else 0.0
        likeliest = codes[int(row.argmax())]
        share = Decimal(str(min(max(1 - own, 0.0), 1.0))).quantize(PLACES)
        doubts.append(Doubt(share, likeliest if likeliest != label else ""))
    return doubts


def _model_without(part: int, kinds: list[NeedType]) -> Classifier:
    others = Example.objects.exclude(part=part).filter(is_weak=False)
    known = others.filter(Q(need_type=None) | Q(need_type__retired_on=None)).order_by("pk")
    said = [
        Said(text, code or NO_NEED) for text, code in known.values_list("text", "need_type__code")
    ]
    names = [Name(kind.code, kind.name, kind.description) for kind in kinds]
    return Classifier.fit(said, names, backend=settings.NEEDS_WORDS_BACKEND)
