"""In which order do all ways to help stand, and what is said of each offer?

Pure. Offers score need strength × fit × benefit × lever, at most 1.2; `offers.owed` scores what
is owed, `offers.asking` the question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from offers.asking import next_question
from offers.catalogue import Catalogue
from offers.entries import PLACES, Entry, give_keys
from offers.locks import LOCKING
from offers.owed import owed
from offers.stages import Candidate, Locked, Sieve, Sifted
from products.figures import money

MOST_OFFERS = 5  # told in full; what ranks lower is kept as code, benefit and score


def rank(inputs: Mapping[str, Any], catalogue: Catalogue, sieve: Sieve) -> dict[str, Any]:
    """The list, what waits, and what is excluded, as JSON keeps it."""
    sifted = sieve.sift()
    candidates = sorted(sifted.open, key=lambda one: (-one.score, one.product.code))
    entries = [
        *owed(inputs),
        *next_question(inputs, catalogue, sieve, sifted),
        *(_offer(candidate, sieve) for candidate in candidates[:MOST_OFFERS]),
    ]
    entries.sort(key=lambda entry: (-Decimal(entry["score"]), entry["key"]))
    give_keys(entries)
    return {
        "ways": entries,
        "further": [_further(candidate) for candidate in candidates[MOST_OFFERS:]],
        "locked": [_locked(lock) for lock in sifted.locked],
        "waits": _waits(sifted.locked),
        "excluded": _excluded(sieve, sifted),
        "settled": inputs["contact"]["settled"],
    }


def _offer(candidate: Candidate, sieve: Sieve) -> Entry:
    product, match = candidate.product, candidate.match
    sentence = product.sentence.told(
        figures=sieve.figures, benefit=candidate.benefit, currency=product.currency
    )
    return {
        "key": f"offer-{product.code}",
        "kind": "offer",
        "product": product.code,
        "title": product.name,
        "summary": product.summary,
        "benefit": str(candidate.benefit),
        "currency": product.currency,
        "benefit_text": sentence,
        "worth": f"{money(candidate.benefit, product.currency)} a year"
        if candidate.benefit > 0
        else "",
        "why": _why(match.need, match.because),
        "need": match.need["id"] if match.need else None,
        "need_type": match.need["type"] if match.need else None,
        "reasons": _reasons(candidate, sieve),
        **_score(candidate),
    }


def _score(candidate: Candidate) -> dict[str, Any]:
    match, product = candidate.match, candidate.product
    return {
        "score": str(candidate.score.quantize(PLACES)),
        "factors": [
            {"name": "need strength", "value": str(match.strength)},
            {"name": "fit", "value": str(match.fit)},
            {"name": "benefit", "value": str(candidate.benefit_score.quantize(PLACES))},
            {"name": "lever", "value": str(product.lever)},
        ],
    }


def _why(need: Mapping[str, Any] | None, because: str) -> str:
    if need is None:
        return because[0].upper() + because[1:]
    if need["evidence"]:
        return f"{need['name']}: “{need['evidence']}”"
    return f"{need['name']}, {need['source']}"


def _reasons(candidate: Candidate, sieve: Sieve) -> list[str]:
    product, match = candidate.product, candidate.match
    plain = sieve.requirements.plain
    places = [*product.eligibility, *product.applicability, *product.suitability]
    held = [plain[place] for place in places]
    told = f"{match.because} (strength {match.strength}, fit {match.fit})"
    return [reason[0].upper() + reason[1:] for reason in [told, *held]]


def _further(candidate: Candidate) -> Entry:
    need = candidate.match.need
    return {
        "product": candidate.product.code,
        "benefit": str(candidate.benefit),
        "score": str(candidate.score.quantize(PLACES)),
        "need": need["id"] if need else None,
    }


def _locked(locked: Locked) -> Entry:
    need = locked.candidate.match.need
    return {
        "product": locked.candidate.product.code,
        "title": locked.candidate.product.name,
        **locked.lock._asdict(),
        "need": need["id"] if need else None,
    }


def _waits(locked: Sequence[Locked]) -> list[Entry]:
    counts = Counter((LOCKING.index(lock.stage), lock.until) for _, lock in locked)
    return [
        {"count": count, "stage": LOCKING[stage], "until": until}
        for (stage, until), count in sorted(counts.items())
    ]


def _excluded(sieve: Sieve, sifted: Sifted) -> list[Entry]:
    """Products by the stage and reason that excludes them; `relevant` ones answer a need."""
    codes_of = sieve.catalogue.codes_of
    return [
        {
            "stage": stage,
            "because": because,
            "products": codes_of(products),
            "relevant": codes_of(products & sieve.relevant_bits),
        }
        for (stage, because), products in sifted.excluded.items()
    ]
