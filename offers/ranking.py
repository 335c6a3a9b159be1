"""In which order do all ways to help stand, and what is said of each offer?

Pure. Offers score need strength × fit × benefit × lever × what was learned (0.75 to 1.25), at most
1.5; `offers.owed` scores what is owed, `offers.asking` the question. Now and then offers near the
best change places, so that something is learned of each.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from offers.asking import next_question
from offers.compiled import Catalogue
from offers.entries import PLACES, Entry, give_keys
from offers.learning import exploring
from offers.learning.helping import LEAST, SPAN
from offers.locks import LOCKING
from offers.owed import owed
from offers.stages import Candidate, Locked, Sieve, Sifted
from products.figures import money

MOST_OFFERS = 5  # told in full; what ranks lower is kept as code, benefit and score


def rank(inputs: Mapping[str, Any], catalogue: Catalogue, sieve: Sieve) -> dict[str, Any]:
    """The list, what waits, and what is excluded, as JSON keeps it."""
    sifted = sieve.sift()
    best_first = sorted(sifted.open, key=lambda one: (-one.score, one.product.code))
    candidates, tried = _tried(best_first, inputs, sieve)
    entries = [
        *owed(inputs),
        *next_question(inputs, catalogue, sieve, sifted),
        *_offers(candidates[:MOST_OFFERS], best_first, sieve),
    ]
    places = _places(candidates) if tried else {}
    entries.sort(key=lambda one: (-Decimal(one["score"]), places.get(one["key"], one["key"])))
    give_keys(entries)
    return {
        "ways": entries,
        "further": [_further(candidate) for candidate in candidates[MOST_OFFERS:]],
        "locked": [_locked(lock) for lock in sifted.locked],
        "waits": _waits(sifted.locked),
        "excluded": _excluded(sieve, sifted),
        "settled": inputs["contact"]["settled"],
        **tried,
    }


def _tried(
    best_first: list[Candidate], inputs: Mapping[str, Any], sieve: Sieve
) -> tuple[list[Candidate], dict[str, Any]]:
    """The order that is shown, and with which chance it is; told where anything was learned."""
    learned = inputs.get("learned")
    if learned is None:
        return best_first, {}
    near = _near(best_first, Decimal(learned["distance"])) if learned["may_explore"] else []
    spreads = [_spread(candidate, sieve) for candidate in near]
    tried = exploring.tried(spreads, seed=learned["seed"], share=float(learned["share"]))
    told = {
        "was_explored": tried.was_explored,
        "propensity": f"{tried.chance:.6f}",
        "among": [spread.code for spread in spreads],
    }
    order = [near[place] for place in tried.order]
    return [*order, *best_first[len(order) :]], {"exploring": told}


def _places(candidates: Sequence[Candidate]) -> dict[str, str]:
    """What decides between equal scores: the order whose chance was told, not the code."""
    return {f"offer-{one.product.code}": f"offer-{at:02}" for at, one in enumerate(candidates)}


def _near(best_first: Sequence[Candidate], distance: Decimal) -> list[Candidate]:
    """The offers that may change places: within the distance of the best."""
    few = best_first[: exploring.MOST]
    return [one for one in few if 0 < one.score >= few[0].score * (1 - distance)]


def _spread(candidate: Candidate, sieve: Sieve) -> exploring.Spread:
    """The log of the score and how far it may be off, for what is not known of the chance.

    The factor is LEAST + SPAN × chance / (chance + usual); its slope in the log-odds of the chance
    makes a doubt in log-odds one of the score (delta method).
    """
    assert sieve.helping is not None
    assert candidate.helped is not None
    chance, factor = candidate.helped.chance, float(candidate.helped.factor)
    part = (factor - LEAST) / SPAN
    slope = SPAN * part * (1 - part) * (1 - chance) / factor
    doubt = float(sieve.helping.doubt(candidate.product.code, candidate.match))
    deviation = max(exploring.FEWEST_DOUBT, slope * math.sqrt(doubt))
    return exploring.Spread(candidate.product.code, math.log(candidate.score), deviation)


def _offers(
    candidates: Sequence[Candidate], best_first: Sequence[Candidate], sieve: Sieve
) -> Iterator[Entry]:
    """The offers told in full; one that is tried in another's place scores what that one does."""
    for candidate, there in zip(candidates, best_first, strict=False):
        entry = _offer(candidate, sieve)
        if candidate is not there:
            entry["score"] = str(there.score.quantize(PLACES))
            ratio = (there.score / candidate.score).quantize(PLACES)
            entry["factors"].append({"name": "tried here, to learn", "value": str(ratio)})
        yield entry


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
        **_learned(candidate, sieve),
    }


def _score(candidate: Candidate) -> dict[str, Any]:
    match, product = candidate.match, candidate.product
    factors = [
        {"name": "need strength", "value": str(match.strength)},
        {"name": "fit", "value": str(match.fit)},
        {"name": "benefit", "value": str(candidate.benefit_score.quantize(PLACES))},
        {"name": "lever", "value": str(product.lever)},
    ]
    if candidate.helped is None:
        return {"score": str(candidate.score.quantize(PLACES)), "factors": factors}
    factors.append({"name": "chance to help", "value": str(candidate.helped.factor)})
    return {"score": str(candidate.score.quantize(PLACES)), "factors": factors}


def _learned(candidate: Candidate, sieve: Sieve) -> dict[str, Any]:
    """What was learned, part by part in words; nothing where it is no part of the score."""
    if sieve.helping is None:
        return {}
    return {"helping": sieve.helping.told(candidate.product.code, candidate.match)}


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
    learned = [] if sieve.helping is None else [sieve.helping.in_a_line(product.code, match)]
    return [reason[0].upper() + reason[1:] for reason in [told, *learned, *held]]


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
