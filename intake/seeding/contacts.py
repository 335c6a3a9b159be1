"""When was a customer in contact, and how did each contact go?"""

from __future__ import annotations

from dataclasses import dataclass

from intake.seeding import words
from intake.seeding.book import Book
from intake.seeding.clock import CLOSES, DAY, HOUR, OPENS, opening, second_on, stamp
from intake.seeding.profiles import Profile
from interactions.models import Outcome

HISTORY = 730 * DAY
SETTLING = 120  # days; who is here shorter than that has called less often
OFFICE_DAY = (CLOSES - OPENS) * HOUR
CHANNELS = ("voice", "voice", "voice", "voice", "email", "email", "chat", "form", "sms")
RESOLVED, PROMISED, UNRESOLVED = (
    Outcome.RESOLVED.value,
    Outcome.PROMISED.value,
    Outcome.UNRESOLVED.value,
)
WRAP_UPS = {
    RESOLVED: ("helped", "answered"),
    PROMISED: ("promised",),
    UNRESOLVED: ("not-helped",),
}


@dataclass(slots=True)
class Contact:
    """One contact of the past, while what followed from it is being written."""

    pk: int
    customer: int
    agent: int
    reason: str
    subject: str
    at: int
    closed_at: int
    outcome: str
    profile: Profile


def times(book: Book, profile: Profile) -> list[int]:
    """Moments on working days between 8 and 18 o'clock, in order, while they were a customer."""
    first = max(book.world.second - HISTORY, second_on(profile.since, 12))
    last = book.world.second - 20 * HOUR
    if profile.left_on:
        last = min(last, second_on(profile.left_on, 0))
    days = (last - first) // DAY
    count = profile.contacts if days > SETTLING else max(profile.contacts * days // SETTLING, 1)
    moments = [
        opening((first + int((1 + book.chance() * days) * DAY)) // DAY)
        + book.between(0, OFFICE_DAY)
        for _ in range(count)
    ]
    return sorted(moment for moment in moments if first < moment < last)


def open_contact(  # noqa: PLR0917  (called for every contact: keywords would cost)
    book: Book, customer: int, profile: Profile, at: int, code: str, outcome: str
) -> Contact:
    """One contact from opening to wrap-up, with its words where the profile has them."""
    story = words.STORIES[code]
    channel = book.pick(CHANNELS)
    agent = book.pick(book.world.agents[profile.team_id])
    subject = book.pick(story.subjects)
    closed_at = at + book.between(150, 1500)
    is_exit = code == "close-account" and profile.left_on is not None
    wrap_up = "left" if is_exit else book.pick(WRAP_UPS[outcome])
    pk = book.interactions.add(
        customer,
        channel,
        "inbound",
        book.world.reasons[code].pk,
        subject,
        agent,
        False,
        stamp(at),
        stamp(closed_at),
        book.world.wrap_ups[wrap_up],
        story.summary,
        words.NOTES.format(summary=story.summary) if channel == "voice" else "",
        1,
    )
    book.line(customer, pk, at, "contact", subject, story.summary, channel)
    if profile.has_words and channel != "voice":
        said = f"Hello, {subject}. {profile.name.split()[0]}"
        book.messages.add(pk, "inbound", None, said, stamp(at))
        reply = book.pick(words.REPLIES).format(summary=story.summary)
        book.messages.add(pk, "outbound", agent, reply, stamp(closed_at))
    return Contact(pk, customer, agent, code, subject, at, closed_at, outcome, profile)
