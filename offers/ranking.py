"""In which order do all ways to help stand, and what is said of each?

Pure. Offers score need strength × fit × benefit × lever, at most 1.2. What is owed scores by what
it is and how late: a broken promise or a request past its target stands above every offer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from offers.catalogue import Answer, Catalogue, Question
from offers.stages import LOCKING, Candidate, Locked, Match, Sieve, Sifted
from products.figures import money

Entry = dict[str, Any]
PLACES = Decimal("0.0001")
KEYS = 9
TRIED = 12  # products looked at for what an answer would bring
MOST_OFFERS = 5  # told in full; what ranks lower is kept as code, benefit and score

PROMISE, PROMISE_LATE, PROMISE_SOON = Decimal("0.70"), Decimal("0.80"), Decimal("0.30")
REQUEST, REQUEST_NOW, REQUEST_LATE = Decimal("0.45"), Decimal("0.40"), Decimal("0.80")
REQUEST_EXPECTED, REQUEST_COMPLAINT = Decimal("0.35"), Decimal("0.30")
REQUEST_WAITING = Decimal("-0.20")
TO_PROMISE = Decimal("0.60")
ASK, ASK_WHY = Decimal("0.50"), Decimal("0.45")
MOST_CHANGE = Decimal("0.30")
LEAVING = ("cancel", "change")


def rank(inputs: Mapping[str, Any], catalogue: Catalogue, sieve: Sieve) -> dict[str, Any]:
    """The list, what waits, and what is excluded, as JSON keeps it."""
    sifted = sieve.sift()
    candidates = sorted(sifted.open, key=lambda one: (-one.score, one.product.code))
    entries = [
        *(_promise(promise) for promise in inputs["promises"]),
        *(_request(request) for request in inputs["requests"]),
        *_to_promise(inputs),
        *_question(inputs, catalogue, sieve, sifted),
        *(_offer(candidate, sieve) for candidate in candidates[:MOST_OFFERS]),
    ]
    entries.sort(key=lambda entry: (-Decimal(entry["score"]), entry["key"]))
    _give_keys(entries)
    return {
        "ways": entries,
        "further": [_further(candidate) for candidate in candidates[MOST_OFFERS:]],
        "locked": [_locked(lock) for lock in sifted.locked],
        "waits": _waits(sifted.locked),
        "excluded": _excluded(sieve, sifted),
        "settled": inputs["contact"]["settled"],
    }


def _give_keys(entries: Sequence[Entry]) -> None:
    """One key starts an entry: q asks, 1 to 9 choose."""
    numbered = 0
    for entry in entries:
        if entry["kind"] == "question":
            entry["starts_with"] = "q"
        elif numbered < KEYS:
            numbered += 1
            entry["starts_with"] = str(numbered)
        else:
            entry["starts_with"] = ""


def _scored(factors: Sequence[tuple[str, Decimal]]) -> dict[str, Any]:
    """A score that is a sum, with its parts."""
    return {
        "score": str(sum(value for _, value in factors).quantize(PLACES)),  # type: ignore[union-attr]
        "factors": [{"name": name, "value": str(value)} for name, value in factors],
    }


# --- Offers -----------------------------------------------------------------------------------


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


def _locked(lock: Locked) -> Entry:
    need = lock.candidate.match.need
    return {
        "product": lock.candidate.product.code,
        "title": lock.candidate.product.name,
        "stage": lock.stage,
        "because": lock.because,
        "until": lock.until,
        "need": need["id"] if need else None,
    }


def _waits(locks: Sequence[Locked]) -> list[Entry]:
    counts: dict[tuple[int, str], int] = {}
    for lock in locks:
        place = (LOCKING.index(lock.stage), lock.until)
        counts[place] = counts.get(place, 0) + 1
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


# --- What is owed -----------------------------------------------------------------------------


def _promise(promise: Mapping[str, Any]) -> Entry:
    factors = [("promise to keep", PROMISE)]
    if promise["state"] == "late":
        factors.append(("its time has passed", PROMISE_LATE))
    elif promise["state"] == "soon":
        factors.append(("due within a day", PROMISE_SOON))
    late = promise["state"] == "late"
    return {
        "key": f"promise-{promise['id']}",
        "kind": "promise",
        "id": promise["id"],
        "title": promise["text"],
        "due_at": promise["due_at"],
        "state": promise["state"],
        "why": f"We promised it on {promise['made_on']}, and its time has passed"
        if late
        else f"We promised it on {promise['made_on']}",
        **_scored(factors),
    }


def _request(request: Mapping[str, Any]) -> Entry:
    promise = request["promise"]
    factors = [("request to progress", REQUEST)]
    words = [f"Asked on {request['opened_on']}"]
    if request["now"]:
        factors.append(("what this contact is about", REQUEST_NOW))
        words = ["What this contact is about"]
    if request["is_complaint"]:
        factors.append(("a complaint", REQUEST_COMPLAINT))
        words.append("a complaint")
    words += _lateness(request, promise, factors)
    if request["status"] == "waiting":
        factors.append(("waiting for the customer", REQUEST_WAITING))
        words.append("waiting for the customer")
    return {
        "key": f"request-{request['id']}",
        "kind": "request",
        "id": request["id"],
        "title": f"#{request['id']} {request['subject']}",
        "status": request["status"],
        "is_complaint": request["is_complaint"],
        "due_at": promise["due_at"] if promise else request["target_at"],
        "expected_at": request["expected_at"],
        "promise": promise,
        "state": promise["state"] if promise else ("late" if request["is_late"] else "ahead"),
        "why": ", ".join(words),
        **_scored(factors),
    }


def _lateness(
    request: Mapping[str, Any],
    promise: Mapping[str, Any] | None,
    factors: list[tuple[str, Decimal]],
) -> list[str]:
    if promise and promise["state"] == "late":
        factors.append(("its promise is broken", REQUEST_LATE))
        return [f"promised and late: “{promise['text']}”"]
    if request["is_late"]:
        factors.append(("past our target", REQUEST_LATE))
        return ["past our target"]
    if request["is_past_expectation"]:
        factors.append(("longer than customers expect", REQUEST_EXPECTED))
        return ["longer than customers expect"]
    if promise and promise["state"] == "soon":
        factors.append(("promised within a day", PROMISE_SOON))
    return [f"promised: “{promise['text']}”"] if promise else []


def _to_promise(inputs: Mapping[str, Any]) -> list[Entry]:
    """A date to promise for what the customer got in touch for, while there is none."""
    contact = inputs["contact"]
    if inputs["interaction"] is None or contact["settled"] is not None or not contact["reason"]:
        return []
    open_now = [row for row in inputs["requests"] if row["now"] and row["promise"] is None]
    about = open_now[0] if open_now else None
    return [
        {
            "key": f"to-promise-{about['id']}" if about else "to-promise-contact",
            "kind": "to_promise",
            "request": about["id"] if about else None,
            "title": f"Promise a date: {about['subject'] if about else contact['reason_name']}",
            "due_at": about["target_at"] if about else None,
            "expected_at": about["expected_at"] if about else None,
            "why": f"{contact['waits_for']} is not done and has no date yet",
            **_scored([("promise to make", TO_PROMISE)]),
        }
    ]


# --- The next best question -------------------------------------------------------------------


def _question(
    inputs: Mapping[str, Any], catalogue: Catalogue, sieve: Sieve, sifted: Sifted
) -> list[Entry]:
    """The one open question whose answer would change the list most; none that was answered."""
    contact = inputs["contact"]
    asked = [
        question
        for question in catalogue.questions
        if question.code not in inputs["answered"]
        and (contact["reason"] in question.contact_reasons or contact["intent"] in question.intents)
    ]
    if not asked or inputs["interaction"] is None:
        return []
    known = {one.product.position: one.score for one in sifted.open}
    weighed = [(_change(question, catalogue, sieve, known), question) for question in asked]
    (change, brings), question = max(weighed, key=lambda pair: pair[0][0])
    expressed = any(need["now"] for need in inputs["needs"])
    factors = [("question to ask", ASK)]
    if contact["intent"] in LEAVING and not expressed:
        factors.append(("the customer is leaving or changing and we do not know why", ASK_WHY))
    factors.append(("how much an answer changes", min(change, MOST_CHANGE).quantize(PLACES)))
    return [
        {
            "key": f"question-{question.code}",
            "kind": "question",
            "code": question.code,
            "question": question.id,
            "title": question.text,
            "answers": [{"id": answer.id, "text": answer.text} for answer in question.answers],
            "why": f"An answer can bring up {brings}" if brings else "We do not know why yet",
            **_scored(factors),
        }
    ]


def _change(
    question: Question, catalogue: Catalogue, sieve: Sieve, known: Mapping[int, Decimal]
) -> tuple[Decimal, str]:
    """The mean gain in score over the answers, and the product that gains most."""
    total, most, brings = Decimal(0), Decimal(0), ""
    if sieve.facts["has_open_complaint"]:
        return total, brings  # offers stay locked whatever is answered
    for answer in question.answers:
        for candidate in _supposing(answer, catalogue, sieve):
            gain = candidate.score - known.get(candidate.product.position, Decimal(0))
            if gain > 0:
                total += gain
            if gain > most:
                most, brings = gain, candidate.product.name
    return total / len(question.answers), brings


def _supposing(answer: Answer, catalogue: Catalogue, sieve: Sieve) -> Iterator[Candidate]:
    """The offers that the answer would bring: the best fits, as many as a list has room for."""
    brought = 0
    for product, fit in catalogue.by_need.get(answer.need_type or "", ())[:TRIED]:
        weight = answer.strength * fit
        if brought == MOST_OFFERS or weight < catalogue.policy.need_floor:
            return
        if sieve.is_eligible(product):
            match = Match(weight, answer.strength, fit, None, "", answers_now=True)
            found = sieve.examine(product, match)
            if isinstance(found, Candidate):
                brought += 1
                yield found


# --- What moved -------------------------------------------------------------------------------


def mark_moves(
    ways: Sequence[Entry], inputs: Mapping[str, Any], previous: Mapping[str, Any] | None
) -> None:
    """Say of every entry that changed place since the previous decision why it did."""
    if previous is None:
        return
    places = {key: place for place, key in enumerate(previous["keys"], start=1)}
    cause = _cause(inputs, previous)
    for place, entry in enumerate(ways, start=1):
        before = places.get(entry["key"])
        if before == place:
            continue
        above = ways[place - 2]["title"] if place > 1 else ""
        if before is None:
            entry["moved"] = {"from": None, "because": cause(entry) or "New"}
        elif before > place:
            entry["moved"] = {"from": before, "because": cause(entry) or "What stood above is done"}
        else:
            entry["moved"] = {"from": before, "because": f"After “{above}”"}


def _cause(inputs: Mapping[str, Any], previous: Mapping[str, Any]) -> Any:
    strengths = previous["needs"]
    fresh = {
        need["type"]: need
        for need in inputs["needs"]
        if Decimal(need["strength"]) > Decimal(strengths.get(need["type"], "0"))
    }
    unlocked = inputs["contact"]["settled"] is not None and not previous["settled"]
    newer = inputs["catalogue"] != previous["catalogue"]

    def cause(entry: Entry) -> str:
        if entry["kind"] == "offer" and entry["need_type"] in fresh:
            return f"Answers “{fresh[entry['need_type']]['name']}”"
        if entry["kind"] == "offer" and unlocked:
            return f"Unlocked: {inputs['contact']['settled']['because']}"
        if entry["kind"] == "offer" and newer:
            return f"Catalogue {inputs['catalogue']} is in force"
        if entry.get("state") == "late":
            return "Its time has passed"
        return ""

    return cause
