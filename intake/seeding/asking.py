"""What did the customer say when asked how it went?"""

from __future__ import annotations

from intake.seeding import requests, words
from intake.seeding.book import Book
from intake.seeding.clock import DAY, HOUR, MINUTE, day_of, stamp, stamp_or_none
from intake.seeding.contacts import PROMISED, Contact

CALL_LASTS = 150  # seconds
RINGS_FOR = 40
TRIES = {"answered": 1, "unreachable": 2}
GOOD_SCORES = (8, 9, 9, 10, 10, 7)
BAD_SCORES = (1, 3, 4, 5, 6)
DUE_AFTER, LAPSES_AFTER, NEXT_REVIEW = DAY, 14 * DAY, 180 * DAY
STILL_TO_DO = 7 * DAY  # looks at the needs that came up before were taken on their day


def follow_up(book: Book, contact: Contact, *, went_well: bool) -> None:
    """The follow-up of a contact: answered, or why not; a bad answer opens a request."""
    due_at = contact.closed_at + DUE_AFTER
    chance = book.chance()
    call = request = answered_at = None
    refused = ""
    if "survey" not in contact.profile.permits:
        status, refused = "refused", "consent_withdrawn"
    elif due_at > book.world.second - 2 * HOUR:
        status = "planned"
    elif chance < 0.55:
        status, answered_at = "answered", due_at + book.between(60, 9000)
        answered_at = min(answered_at, book.world.second - HOUR)
        call = _call(book, contact, answered_at)
        if not went_well and book.chance() < 0.8:
            request = requests.problem(book, contact, call, answered_at)
    else:
        status = "unreachable" if chance < 0.9 else "lapsed"
    tries = TRIES.get(status, 0)
    follow_up = book.follow_ups.add(
        contact.pk,
        contact.customer,
        contact.agent,
        status,
        stamp(due_at),
        stamp(due_at + LAPSES_AFTER),
        tries,
        stamp(due_at) if tries else None,
        refused,
        call,
        stamp_or_none(answered_at),
        request,
    )
    if answered_at is not None and call is not None:
        ended_at = stamp(answered_at + CALL_LASTS)
        book.drew(
            contact.customer,
            "survey",
            "follow_up",
            contact.pk,
            second=answered_at,
            by=contact.agent,
        )
        book.attempts.add(
            follow_up, 1, call, contact.agent, stamp(answered_at), ended_at, "reached"
        )
        _answers(book, follow_up, contact, answered_at, call, is_good=request is None)
        return
    for number in range(tries):
        rang_at = due_at + number * DAY + 5 * MINUTE
        ended_at = stamp(rang_at + RINGS_FOR)
        book.attempts.add(
            follow_up, number + 1, None, contact.agent, stamp(rang_at), ended_at, "no_answer"
        )


def _call(book: Book, contact: Contact, at: int) -> int:
    title = f"Follow-up: {contact.subject}"
    pk = book.interactions.add(
        contact.customer,
        "voice",
        "outbound",
        None,
        title,
        contact.agent,
        True,
        stamp(at),
        stamp(at + CALL_LASTS),
        book.world.wrap_ups["answered"],
        "Asked how it went.",
        "",
        0,
    )
    book.line(contact.customer, pk, at, "contact", title, "Asked how it went.", "voice")
    return pk


def _answers(
    book: Book, follow_up: int, contact: Contact, second: int, call: int, *, is_good: bool
) -> None:
    at = stamp(second)
    score = book.pick(GOOD_SCORES if is_good else BAD_SCORES)
    said = "" if is_good else book.pick(words.PROBLEM_WORDS)
    as_expected = is_good or book.chance() < 0.3
    as_promised = is_good or (contact.outcome != PROMISED and book.chance() < 0.5)
    answer = book.answers.add
    answer(follow_up, "as_expected", as_expected, None, said, at)
    answer(follow_up, "as_promised", as_promised, None, "", at)
    answer(follow_up, "met_expectations", is_good, None, "", at)
    answer(follow_up, "recommend", None, score, "", at)
    word = "as expected" if is_good else "not as expected"
    title = f"Follow-up: {word}, recommends us {score}"
    book.line(contact.customer, call, second, "follow_up", title, said)
    if is_good:
        due_at = second + NEXT_REVIEW
        done_at = stamp(due_at) if due_at < book.world.second - STILL_TO_DO else None
        book.reviews.add(contact.customer, contact.pk, contact.agent, day_of(due_at), at, done_at)
