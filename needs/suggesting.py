"""Which needs do the words of an open contact tell of? Read beside the typing, never before saving.

Notes, what the customer wrote, and lines of a transcript (messages of a voice contact) are masked
before anything of them is kept. What was answered stays answered; what is no longer said goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.live import panel_changed
from accounts.models import User
from interactions.models import Direction, Interaction, Message
from needs import understanding
from needs.called_for import called_by_words
from needs.models import Need, NeedType, Reading, Suggestion, SuggestionStatus
from needs.models.example import LONGEST
from needs.understanding import Reader
from needs.words import mask
from needs.words.sentences import clauses, sentences

MOST: Final = 3  # suggestions shown
NOTES_READ: Final = 4_000  # characters, from the end: what was typed last
MESSAGES_READ: Final = 20
PLACES: Final = Decimal("0.001")
STAYING: Final = (SuggestionStatus.OPEN, SuggestionStatus.PASSED)


class Found(NamedTuple):
    """A kind of need by its code, and the sentence that tells of it."""

    need: str
    probability: Decimal
    text: str
    reasons: tuple[str, ...]


def read(*, interaction: Interaction, by: User) -> bool:
    """Read what was said in an open contact so far; whether anything about it has changed.

    Read once as long as neither the words nor the model change.
    """
    texts = texts_of(interaction)
    reader = understanding.reader()
    digest = _digest([*texts, *map(str, reader.key)] if reader else texts)
    before = Reading.objects.filter(interaction=interaction).first()
    if before is not None and before.digest == digest:
        return False
    found = _found(reader, texts) if reader else []
    number = reader.number if reader else 0
    with transaction.atomic():
        changed = _keep(interaction, found, _said_in(texts), number)
        changed |= _agree(interaction, by)
        read_so_far = _read_so_far(interaction, digest, is_said=any(texts))
        panel_changed(
            panel="needs.suggestions", customer_id=interaction.customer_id, user_ids=[by.pk]
        )
    return changed or before is None or before.calls_for != read_so_far.calls_for


def _read_so_far(interaction: Interaction, digest: str, *, is_said: bool) -> Reading:
    calls_for = [code for (code,) in called_by_words(interaction.pk).values_list("code")]
    told = {"digest": digest, "is_said": is_said, "calls_for": calls_for, "at": timezone.now()}
    reading, _ = Reading.objects.update_or_create(interaction=interaction, defaults=told)
    return reading


def texts_of(interaction: Interaction) -> list[str]:
    """Everything that may tell of a need, masked: the notes, then what was written or said."""
    theirs = Message.objects.filter(interaction=interaction, direction=Direction.INBOUND)
    bodies = theirs.order_by("-sent_at", "-pk").values_list("body", flat=True)[:MESSAGES_READ]
    notes = Interaction.objects.values_list("notes", flat=True).get(pk=interaction.pk)
    return [mask(text) for text in (_end_of(notes), *reversed(bodies)) if text.strip()]


def others(suggestion: Suggestion) -> list[NeedType]:
    """All other kinds of need, the likeliest for its sentence first."""
    kinds = NeedType.objects.filter(retired_on=None).exclude(pk=suggestion.need_type_id)
    reader = understanding.reader()
    if reader is None:
        return list(kinds)
    shares, _ = reader.classifier.probabilities([suggestion.text])
    by_code = dict(zip(reader.classifier.needs, shares[0].tolist(), strict=True))
    return sorted(kinds, key=lambda kind: -by_code.get(kind.code, 0.0))


def _end_of(notes: str) -> str:
    """The last of long notes, from the beginning of a line or sentence where there is one."""
    if len(notes) <= NOTES_READ:
        return notes
    end = notes[-NOTES_READ:]
    return end[sentences(end)[1].start :] if len(sentences(end)) > 1 else end


def _digest(parts: Iterable[str]) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()


def _found(reader: Reader, texts: Iterable[str]) -> list[Found]:
    """The likeliest needs over all texts, each once, at most three."""
    best: dict[str, Found] = {}
    for text in texts:
        for one in _read_one(reader, text):
            if one.need not in best or best[one.need].probability < one.probability:
                best[one.need] = one
    return sorted(best.values(), key=lambda one: -one.probability)


def _read_one(reader: Reader, text: str) -> tuple[Found, ...]:
    return tuple(
        Found(
            one.need,
            Decimal(str(one.probability)).quantize(PLACES),
            text[one.start : one.end].strip()[:LONGEST],
            _words_in(text[one.start : one.end], [reason.words for reason in one.reasons]),
        )
        for one in reader.suggest(text)
    )


def _words_in(sentence: str, reasons: Iterable[str]) -> tuple[str, ...]:
    """Reasons that stand in the sentence, each once; signs alone are none."""
    small = sentence.lower().replace("’", "'")
    return tuple(
        dict.fromkeys(
            reason
            for reason in reasons
            if any(map(str.isalpha, reason)) and all(part in small for part in reason.split(" … "))
        )
    )


def _said_in(texts: Sequence[str]) -> frozenset[str]:
    """Every sentence that stands there now, and every clause of one."""
    told = [one for text in texts for one in sentences(text)]
    parts = [part for one in told for part in clauses(one)]
    stretches = [*texts, *(one.words for one in told), *(part.words for part in parts)]
    return frozenset(one.strip()[:LONGEST] for one in stretches)


def _keep(interaction: Interaction, found: list[Found], said: frozenset[str], number: int) -> bool:
    """Bring the open suggestions to what was found; answered ones are left alone."""
    kept = {
        row.need_type.code: row
        for row in Suggestion.objects.said_in(interaction).select_related("need_type")
    }
    known = Need.objects.filter(customer=interaction.customer_id).open()
    closed = set(known.values_list("need_type__code", flat=True))
    closed |= {code for code, row in kept.items() if row.status not in STAYING}
    wanted = {one.need: one for one in found if one.need not in closed}
    wanted = dict(list(wanted.items())[:MOST])
    kinds = NeedType.objects.filter(retired_on=None).in_bulk(list(wanted), field_name="code")
    changed = _pass_on(kept, wanted, said)
    for code, kind in kinds.items():
        told = {
            "text": wanted[code].text,
            "reasons": list(wanted[code].reasons),
            "probability": wanted[code].probability,
            "model_number": number,
        }
        changed |= _put(interaction, kind, kept.get(code), told)
    return changed


def _pass_on(
    kept: Mapping[str, Suggestion], wanted: Mapping[str, Found], said: frozenset[str]
) -> bool:
    """Suggestions whose sentence stands there no longer, and that nothing else tells of."""
    gone = [
        row.pk
        for code, row in kept.items()
        if row.status == SuggestionStatus.OPEN and code not in wanted and row.text not in said
    ]
    passed = Suggestion.objects.open().filter(pk__in=gone)
    return bool(gone and passed.update(status=SuggestionStatus.PASSED))


def _put(
    interaction: Interaction, kind: NeedType, row: Suggestion | None, told: dict[str, Any]
) -> bool:
    """A new suggestion, or what there was with its newest sentence; whether that is a change."""
    if row is None:
        one = Suggestion(
            interaction=interaction, customer_id=interaction.customer_id, need_type=kind, **told
        )
        Suggestion.objects.bulk_create([one], ignore_conflicts=True)
        return True
    if row.status == SuggestionStatus.OPEN and all(
        getattr(row, name) == value for name, value in told.items()
    ):
        return False
    still = Suggestion.objects.filter(pk=row.pk, status__in=STAYING)
    return bool(still.update(status=SuggestionStatus.OPEN, **told))


def _agree(interaction: Interaction, by: User) -> bool:
    """Suggestions left as they were whose need was kept in this contact otherwise."""
    kept = Need.objects.filter(interaction=interaction).values("need_type")
    agreed = Suggestion.objects.open().said_in(interaction).filter(need_type__in=kept)
    rows = list(agreed.select_related("interaction", "need_type"))
    for row in rows:
        row.agree(by=by)
    return bool(rows)
