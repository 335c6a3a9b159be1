"""What was to be done after a contact, what was promised, and was it done in time?"""

from __future__ import annotations

from intake.seeding.book import Book
from intake.seeding.clock import HOUR, MINUTE, at_work, stamp, stamp_or_none
from intake.seeding.contacts import Contact
from intake.seeding.words import Story
from intake.seeding.world import Coded


def ask(book: Book, contact: Contact, story: Story, *, went_well: bool) -> None:
    """A request with its history and promise; the last days leave some still open."""
    kind = book.world.request_types[story.request_type]
    opened_at = contact.closed_at
    share = 0.2 + 0.65 * book.chance() if went_well else 0.8 + book.chance()
    resolved_at = _resolved(book, opened_at + int(kind.target * share))
    status = "open" if resolved_at is None else "closed"
    if resolved_at is None and book.chance() < 0.5:
        status = "in_progress"
    request = book.requests.add(
        contact.customer,
        contact.pk,
        kind.pk,
        f"{kind.name}: {contact.subject}",
        status,
        contact.agent,
        False,
        stamp(opened_at),
        stamp(opened_at + kind.target),
        stamp(opened_at + kind.expected),
        stamp_or_none(resolved_at),
    )
    history(book, request, contact.agent, opened_at, resolved_at, status)
    title = f"Request opened: {kind.name}"
    book.line(contact.customer, contact.pk, opened_at, "request", title)
    if resolved_at is not None:
        title = f"Request closed: {kind.name}"
        book.line(contact.customer, contact.pk, resolved_at, "request", title)
    _promise(book, contact, request, story.promise, kind, resolved_at)


def problem(book: Book, contact: Contact, call: int, at: int) -> int:
    """The owned request that a bad answer opens; the customer's word closes it."""
    kind = book.world.request_types["problem-after-contact"]
    resolved_at = _resolved(book, at + int(kind.target * (0.2 + book.chance())))
    status = "open" if resolved_at is None else "closed"
    subject = f"{kind.name}: {contact.subject}"
    request = book.requests.add(
        contact.customer,
        call,
        kind.pk,
        subject,
        status,
        contact.agent,
        True,
        stamp(at),
        stamp(at + kind.target),
        stamp(at + kind.expected),
        stamp_or_none(resolved_at),
    )
    history(book, request, contact.agent, at, resolved_at, status)
    book.line(contact.customer, call, at, "request", f"Request opened: {subject}")
    return request


def _resolved(book: Book, wanted: int) -> int | None:
    """When somebody at work had done it; None where that is still to come."""
    resolved_at = at_work(wanted)
    return resolved_at if resolved_at <= book.world.second - HOUR else None


def history(  # noqa: PLR0917  (called for every request: keywords would cost)
    book: Book, request: int, agent: int, opened_at: int, resolved_at: int | None, status: str
) -> None:
    change = book.changes.add
    change(request, "", "open", stamp(opened_at), agent)
    if status != "open":
        change(request, "open", "in_progress", stamp(opened_at + 10 * MINUTE), agent)
    if resolved_at is not None:
        confirmed_at = min(resolved_at + 20 * HOUR, book.world.second)
        change(request, "in_progress", "resolved", stamp(resolved_at), agent)
        change(request, "resolved", "closed", stamp(confirmed_at), agent)


def _promise(  # noqa: PLR0917  (called for every request: keywords would cost)
    book: Book, contact: Contact, request: int, text: str, kind: Coded, done_at: int | None
) -> None:
    made_at = contact.closed_at
    due_at = made_at + kind.target
    if done_at is None:
        status = "open" if due_at > book.world.second else "broken"
    else:
        status = "kept" if done_at <= due_at else "broken"
    book.promises.add(
        contact.customer,
        request,
        contact.pk,
        text,
        contact.agent,
        stamp(made_at),
        stamp(due_at),
        stamp(made_at + kind.expected),
        status,
        stamp_or_none(done_at),
    )
    book.line(contact.customer, contact.pk, made_at, "promise", f"Promised: {text}")
    if done_at is not None:
        title = f"Promise {'kept' if status == 'kept' else 'done late'}: {text}"
        book.line(contact.customer, contact.pk, done_at, "promise", title)
