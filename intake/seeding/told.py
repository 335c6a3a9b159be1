"""What is told of this day at Northgate Bank? Whom it concerns, what was said, what is owed.

All moments are counted back from the seeding, so that every clock on the desk runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOW = timedelta()


@dataclass(frozen=True, slots=True)
class Owed:
    """A request with its promise: due so long from now (negative: ago), or at an hour of today."""

    request_type: str
    subject: str
    promise: str
    due: timedelta = NOW
    due_hour: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One message; by an agent, or by the customer where none is named."""

    words: str
    ago: timedelta | None = None  # none: when the contact opened
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One contact with what belongs to it; open where it has not `lasted`, waiting without agent.

    `score`: asked a day later, all was as expected, and they recommend us so much.
    """

    customer: str
    channel: str
    reason: str
    subject: str
    agent: str
    ago: timedelta
    lasted: timedelta | None = None
    wrap_up: str = ""
    summary: str = ""
    notes: str = ""
    said: tuple[Said, ...] = ()
    owed: Owed | None = None
    score: int | None = None


# Ada is loyal, and on the phone with Sam. Ben is leaving, for a reason: charges; a promise to him
# was broken. Cy has permitted nothing but service. Dorothy is vulnerable: offers stay locked.
# Eve has an open complaint: service comes first. The last three wait for anybody.
CONTACTS = (
    Told(
        "Ada Byron", "voice", "change-details", "new phone number", "sam",
        ago=41 * DAY, lasted=6 * MINUTE, wrap_up="helped",
        summary="Number changed, asked for nothing else.",
        score=9,
    ),
    Told(
        "Ada Byron", "email", "card-not-arrived", "where is my card", "sam",
        ago=DAY, lasted=14 * MINUTE, wrap_up="promised",
        summary="Card sent again; promised for today.",
        said=(Said("I ordered a new card ten days ago. Where is it? Ada Byron"),),
        owed=Owed("card-delivery", "Card not arrived", "Your card is with you", due_hour=17),
    ),
    Told(
        "Ada Byron", "voice", "close-account", "close my savings account", "sam",
        ago=134 * SECOND,
        notes="Ada wants to close her Instant Saver. ",
    ),
    Told(
        "Ben King", "voice", "charge-question", "charged £12.50 again", "sam",
        ago=9 * DAY, lasted=8 * MINUTE, wrap_up="promised",
        summary="Promised to look into refunding the charge within five days.",
        owed=Owed(
            "refund-charge", "Refund £12.50 charged twice", "You hear about your refund",
            due=-4 * DAY,
        ),
    ),
    Told(
        "Ben King", "chat", "close-account", "moving to another bank", "sam",
        ago=6 * MINUTE,
        said=(
            Said("Hi. I want to close my account and move everything to another bank."),
            Said(
                "Hello Ben, this is Sam. I am sorry to hear it, and I will help you with it.",
                5 * MINUTE, "sam",
            ),
            Said(
                "Two things: nobody came back about the refund, and £12.50 a month is silly.",
                3 * MINUTE,
            ),
        ),
    ),
    Told(
        "Cy Dunn", "email", "savings-rate", "interest on my savings", "",
        ago=95 * MINUTE,
        said=(
            Said("What do you pay on savings today? Please answer by e-mail only. Cy Dunn"),
        ),
    ),
    Told(
        "Dorothy Lane", "voice", "change-details", "account in my husband's name", "rae",
        ago=2 * DAY, lasted=22 * MINUTE, wrap_up="promised",
        summary="Account to be changed to her name; she sends the certificate.",
        owed=Owed(
            "change-details", "Change the account to her name", "The account is in your name",
            due_hour=18,
        ),
    ),
    Told(
        "Dorothy Lane", "voice", "change-details", "has the certificate arrived", "rae",
        ago=4 * MINUTE,
    ),
    Told(
        "Eve Nolan", "voice", "complaint", "third time I ask about a refused card", "rae",
        ago=5 * DAY, lasted=17 * MINUTE, wrap_up="promised",
        summary="Complaint taken; answer promised.",
        owed=Owed(
            "complaint", "Card refused abroad three times", "You have our answer", due=3 * DAY
        ),
    ),
    Told(
        "Eve Nolan", "form", "complaint", "any news on my complaint?", "",
        ago=38 * MINUTE,
        said=(Said("I was promised an answer this week. Is somebody working on it?"),),
    ),
    Told(
        "Farah Aziz", "chat", "payment-failed", "rent did not go out", "",
        ago=3 * MINUTE, said=(Said("My rent bounced!"),),
    ),
    Told(
        "George Pell", "form", "online-access", "locked out of the app", "",
        ago=52 * MINUTE, said=(Said("New phone."),),
    ),
    Told(
        "Lily Chen", "email", "card-abroad", "card for Japan", "",
        ago=140 * MINUTE, said=(Said("Flying on Friday."),),
    ),
)  # fmt: skip

# Requests under way, with promises soon to break, broken, and with time left: customer, owner.
UNDER_WAY: tuple[tuple[str, str, Owed], ...] = tuple(
    (customer, owner, Owed("payment-investigation", subject, promise, due))
    for customer, owner, subject, promise, due in (
        ("Hannah Osei", "sam", "Payment shown twice", "We call you back", 25 * MINUTE),
        ("Imran Malik", "sam", "Statement for the landlord", "Statement sent", 4 * DAY),
        ("Jean Crawford", "sam", "Direct debit not stopped", "It is stopped", -3 * DAY),
        ("Kofi Mensah", "rae", "Card refused at the till", "We call you back", DAY),
        ("Alder & Sons Joinery", "bea", "Second signature", "Form sent", 2 * DAY),
    )
)

# Needs stated twelve days ago and not yet met: customer, need, words.
NEEDS = (
    ("Marek Nowak", "buying-home", "we are looking at flats in spring"),
    ("Nia Griffiths", "cheaper-borrowing", "the card interest eats me up"),
    ("Oliver Hughes", "better-return", "my savings earn next to nothing"),
)

# She decides about this offer in eleven days.
OFFERED_LATER = Told(
    "Priya Raman", "voice", "savings-rate", "where to put £5,000", "sam",
    ago=19 * DAY, lasted=9 * MINUTE, wrap_up="answered",
    summary="Wants to decide about Saver Plus next month.",
)  # fmt: skip

# Contacts of this day that are asked about now: the sweep makes them ready to call.
ASKED_NOW = tuple(
    Told(
        customer, "voice", reason, subject, agent,
        ago=hours * HOUR, lasted=7 * MINUTE, wrap_up="promised",
        summary="Promised to have it done by today.",
    )
    for customer, agent, reason, subject, hours in (
        ("Quentin Blythe", "sam", "card-lost", "lost my card on the train", 3),
        ("Rosa Delgado", "sam", "payment-failed", "transfer never arrived", 5),
        ("Stefan Popescu", "rae", "charge-question", "what is this £5 charge", 4),
        ("Bluebell Nursery", "bea", "business-account", "charges for paying in cash", 6),
    )
)  # fmt: skip
