"""How do promises and requests stand in the ranked list, and what is said of each?

What is owed scores by what it is and how late: a broken promise or a request past its target
stands above every offer.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from offers.entries import Entry, summed

PROMISE, PROMISE_LATE, PROMISE_SOON = Decimal("0.70"), Decimal("0.80"), Decimal("0.30")
REQUEST, REQUEST_NOW, REQUEST_LATE = Decimal("0.45"), Decimal("0.40"), Decimal("0.80")
REQUEST_EXPECTED, REQUEST_COMPLAINT = Decimal("0.35"), Decimal("0.30")
REQUEST_WAITING = Decimal("-0.20")
TO_PROMISE = Decimal("0.60")


def owed(inputs: Mapping[str, Any]) -> list[Entry]:
    """Promises to keep, requests to progress, and the date that is still to be promised."""
    return [
        *(_promise(promise) for promise in inputs["promises"]),
        *(_request(request) for request in inputs["requests"]),
        *_to_promise(inputs),
    ]


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
        **summed(factors),
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
        **summed(factors),
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
            **summed([("promise to make", TO_PROMISE)]),
        }
    ]
