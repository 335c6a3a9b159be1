"""When is the words model fitted anew, and may the new version read? Only if it is not worse.

Versions are compared on the frozen part of the examples, from which none of them has learnt. What
was deleted must be forgotten, so then the new version is released whatever its figures are, and
the versions that have learnt from it are emptied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import AuditEntry
from needs.models import FROZEN, Example, NeedType, Suggestion, Verdict, WordsModel
from needs.models.example import part_of
from needs.words import NO_NEED, Classifier, Name, TamperedModel, TooFewNeeds, are_few
from needs.words import Example as Said
from needs.words.encoders import MissingExtra, resolved
from needs.words.storing import FORMAT

LOCK: Final = 0x0FFE2D  # the advisory lock that lets one fit happen at a time
ENOUGH: Final = 20  # new or changed examples
AT_LEAST_EVERY: Final = timedelta(hours=12)  # where there is anything new at all
KEPT_FULL: Final = 10  # versions that can come back
LEARNT_WEAKLY: Final = 10  # examples of a kind from which on weak ones add nothing
HEARD: Final = 2_000  # sentences that nobody answered, the newest
NOTHING_NEW: Final = ""
FIRST, DELETED, KINDS, BACKEND, FORM, NEW = "first", "deleted", "kinds", "backend", "form", "new"


@dataclass(frozen=True, slots=True)
class Learning:
    """Everything a fit is made from, as of one moment."""

    examples: list[Said]
    names: list[Name]
    learnt: int
    last_example: int
    heard: list[str]
    heard_in: list[int]  # suggestions


def refit_if_due() -> WordsModel | None:
    """A new version where there is a reason for one; None where not, or while another is fitted."""
    with transaction.atomic():
        if not _alone():
            return None
        reason = due()
        return refit(reason) if reason else None


def due() -> str:
    """Why the model is to be fitted anew; empty while it need not be."""
    versions = WordsModel.objects.defer("arrays")  # megabytes, and asked for every minute
    in_force, newest = versions.in_force().first(), versions.first()
    if in_force is None or newest is None:
        return FIRST
    if in_force.has_forgotten:
        return DELETED
    if newest.kinds_digest != _digest(_names()):
        return KINDS
    if newest.backend != resolved(settings.NEEDS_WORDS_BACKEND).backend:
        return BACKEND
    if newest.description.get("format") != FORMAT:
        return FORM
    since = Q(pk__gt=newest.last_example) | Q(looked_at__gt=newest.made_at)
    count = Example.objects.filter(since).count()
    is_old = newest.made_at < timezone.now() - AT_LEAST_EVERY
    return NEW if count >= ENOUGH or (count and is_old) else NOTHING_NEW


def refit(reason: str = NEW) -> WordsModel | None:
    """Fit a version, compare it, and keep it: released or refused. None with too few kinds."""
    learning = gather()
    try:
        fitted = Classifier.fit(
            learning.examples,
            learning.names,
            backend=settings.NEEDS_WORDS_BACKEND,
            unlabelled=learning.heard,
        )
    except TooFewNeeds:
        return None
    before = _loaded(WordsModel.objects.in_force().first())
    frozen = frozen_sample()
    figures = {"now": figures_of(fitted, frozen)}
    if before:
        figures["before"] = figures_of(before, frozen)
    is_released, because = judge(figures, reason)
    version = _stored(fitted, learning, figures, because=because, is_released=is_released)
    _empty_the_old()
    return version


def gather() -> Learning:
    """Examples that may be learnt from, and the names of the kinds; retired kinds aside. Where
    examples are few, also what was heard and nobody answered."""
    names = _names()
    known = {name.need for name in names}
    rows = Example.objects.learnt_from().order_by("pk")
    label = Coalesce("need_type__code", Value(NO_NEED))
    told = list(rows.values_list("text", label, "is_weak"))
    strong = Counter(code for _, code, is_weak in told if not is_weak)
    examples = [
        Said(text, code)
        for text, code, is_weak in told
        if code in {NO_NEED, *known} and not (is_weak and strong[code] >= LEARNT_WEAKLY)
    ]
    last = Example.objects.order_by("-pk").values_list("pk", flat=True).first()
    heard = _heard() if are_few(len(examples), len(names)) else []
    texts = list(dict.fromkeys(text for _, text in heard))
    return Learning(examples, names, len(told), last or 0, texts, [pk for pk, _ in heard])


def _names() -> list[Name]:
    kinds = NeedType.objects.filter(retired_on=None).order_by("code")
    return [Name(*row) for row in kinds.values_list("code", "name", "description")]


def _digest(names: Sequence[Name]) -> str:
    return sha256("\0".join("\1".join(name) for name in names).encode()).hexdigest()


def _heard() -> list[tuple[int, str]]:
    """Suggestions with the sentences that nobody said the need of, the newest first; none that
    versions are compared on."""
    rows = Suggestion.objects.unanswered().order_by("-pk").values_list("pk", "text")[:HEARD]
    return [(pk, text) for pk, text in rows if part_of(text) != FROZEN]


def frozen_sample() -> list[Said]:
    """What versions are compared on."""
    rows = Example.objects.frozen().filter(Q(need_type=None) | Q(need_type__retired_on=None))
    label = Coalesce("need_type__code", Value(NO_NEED))
    return [Said(*row) for row in rows.order_by("pk").values_list("text", label)]


def figures_of(classifier: Classifier, sample: Sequence[Said]) -> dict[str, int]:
    """How often the first suggestion is right, and one of three; silence is right for none."""
    right = in_three = 0
    for text, need in sample:
        told = [one.need for one in classifier.suggest(text)] or [NO_NEED]
        right += told[0] == need
        in_three += need in told
    return {"sample": len(sample), "right": right, "in_three": in_three}


def judge(figures: Mapping[str, Mapping[str, int]], reason: str) -> tuple[bool, str]:
    """Whether a version with these figures may read, and why in words."""
    now, before = figures["now"], figures.get("before")
    if before is None:
        return True, f"The first version that reads here: {_told(now)}."
    if reason == DELETED:
        return True, f"Forgets what was deleted: {_told(now)}, {before['right']} before."
    if not now["sample"]:
        return True, "There is no frozen sample yet to compare versions on."
    if now["right"] >= before["right"]:
        return True, f"Not worse: {_told(now)}, {before['right']} before."
    return False, f"Worse: {_told(now)}, {before['right']} before."


def notice() -> str:
    """What administrators are to know of the backend; empty when all is as it was set."""
    return resolved(settings.NEEDS_WORDS_BACKEND).notice


def _told(figures: Mapping[str, int]) -> str:
    return f"{figures['right']} of {figures['sample']} right"


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _loaded(version: WordsModel | None) -> Classifier | None:
    """The version's classifier without neighbours; None where it cannot be read any more."""
    if version is None:
        return None
    try:
        return Classifier.load(bytes(version.arrays), version.digest)
    except (MissingExtra, TamperedModel):
        return None


def _stored(
    fitted: Classifier,
    learning: Learning,
    figures: dict[str, Any],
    *,
    because: str,
    is_released: bool,
) -> WordsModel:
    newest = WordsModel.objects.values_list("number", flat=True).first()
    now = timezone.now()
    version = WordsModel.objects.create(
        number=(newest or 0) + 1,
        backend=fitted.model.backend,
        arrays=fitted.save(),
        description={
            "format": FORMAT,
            "needs": list(fitted.needs),
            "grams": len(fitted.model.vocabulary.columns),
            "heard": {"texts": len(learning.heard), "suggestions": learning.heard_in},
        },
        digest=fitted.version,
        learnt=learning.learnt,
        last_example=learning.last_example,
        kinds_digest=_digest(learning.names),
        figures=figures,
        verdict=Verdict.RELEASED if is_released else Verdict.REFUSED,
        because=because[:200],
        made_at=now,
        in_force_since=now if is_released else None,
    )
    verb = f"words model {version.verdict}"
    AuditEntry.record(by=None, verb=verb, subject=version, detail={"number": version.number})
    return version


def _empty_the_old() -> None:
    """Empty every version that has learnt from examples which are gone, those long past, and those
    in an earlier form, which nobody can read."""
    full = WordsModel.objects.exclude(arrays=b"").defer("arrays")
    back = list(full.in_force().filter(description__format=FORMAT)[:KEPT_FULL])
    kept = [version.pk for version in back if not version.has_forgotten]
    full.exclude(pk__in=kept).update(arrays=b"")
