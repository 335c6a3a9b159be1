"""How does Northgate Bank work: reasons, wrap-up codes, requests, needs, questions, follow-ups?"""

from __future__ import annotations

from datetime import time
from decimal import Decimal

from followups.models import FollowUpPolicy, PolicyVersion, Way
from followups.policies import versions
from interactions.models import ContactReason, Intent, Outcome, WrapUpCode
from needs.models import DiscoveryAnswer, DiscoveryQuestion, NeedType
from offers.models import ContactPolicy, DeclineReason
from service.models import RequestType

CONTACT_REASONS: tuple[tuple[str, str, Intent], ...] = (
    ("close-account", "Close an account", Intent.CANCEL),
    ("card-not-arrived", "Card not arrived", Intent.REQUEST),
    ("card-lost", "Card lost or stolen", Intent.REQUEST),
    ("payment-failed", "Payment failed", Intent.REQUEST),
    ("charge-question", "Question about a charge", Intent.QUESTION),
    ("savings-rate", "Question about savings", Intent.QUESTION),
    ("card-abroad", "Using a card abroad", Intent.QUESTION),
    ("borrowing", "Borrowing", Intent.REQUEST),
    ("change-details", "Change of details", Intent.CHANGE),
    ("online-access", "Cannot log in", Intent.REQUEST),
    ("business-account", "Question about a business account", Intent.QUESTION),
    ("complaint", "Complaint", Intent.COMPLAINT),
)

WRAP_UP_CODES: tuple[tuple[str, str, Outcome], ...] = (
    ("helped", "Helped, nothing left to do", Outcome.RESOLVED),
    ("answered", "Question answered", Outcome.RESOLVED),
    ("promised", "Promised with a date", Outcome.PROMISED),
    ("left", "Closed the account as asked", Outcome.RESOLVED),
    ("not-helped", "Not helped yet", Outcome.UNRESOLVED),
    ("not-reached", "Customer not reached", Outcome.NOT_REACHED),
)

DECLINE_REASONS: tuple[tuple[str, str], ...] = (
    ("think-over", "Wants to think it over"),
    ("too-complicated", "Too complicated"),
    ("costs-too-much", "Costs too much"),
    ("not-worth-it", "Gains too little"),
    ("tied-up", "Does not want to be tied up"),
    ("content", "Content as it is"),
)

# code, name, our target and what customers expect, in days; complaint or not.
# A complaint: the regulator allows eight weeks (FCA DISP 1.6.2 R), our own target is shorter.
REQUEST_TYPES: tuple[tuple[str, str, str, str, bool], ...] = (
    ("card-delivery", "Card not arrived", "7", "4", False),
    ("card-replacement", "Replace a card", "5", "3", False),
    ("payment-investigation", "Find a payment", "10", "3", False),
    ("refund-charge", "Refund a charge", "5", "2", False),
    ("open-account", "Open an account", "2", "1", False),
    ("close-account", "Close an account", "5", "2", False),
    ("change-details", "Change details", "1", "1", False),
    ("online-access", "Restore online access", "1", "0.25", False),
    ("credit-decision", "Decide on credit", "3", "2", False),
    ("problem-after-contact", "Problem after a contact", "3", "1", False),
    ("complaint", "Complaint", "15", "5", True),
)

NEED_TYPES: tuple[tuple[str, str, str], ...] = (
    ("better-return", "Better return", "Savings should earn more."),
    ("cheaper-borrowing", "Cheaper borrowing", "Debt should cost less."),
    ("lower-charges", "Lower charges", "The account should cost less."),
    ("spending-abroad", "Spending abroad", "Paying in other countries without fees."),
    ("save-regularly", "Saving regularly", "Putting something aside each month."),
    ("buying-home", "Buying a home", "A first home is planned."),
    ("everyday-rewards", "Something back", "Everyday spending should give something back."),
    ("running-a-business", "Running a business", "Money of the business kept in order."),
    ("easier-access", "Easier access", "Banking that is easier to reach and to use."),
)

# code, text, intents, reasons, answers with need and strength
QUESTIONS: tuple[
    tuple[str, str, tuple[Intent, ...], tuple[str, ...], tuple[tuple[str, str, str], ...]], ...
] = (
    (
        "what-changes",
        "What is changing for you?",
        (Intent.CANCEL, Intent.CHANGE),
        (),
        (
            ("I get more interest elsewhere", "better-return", "0.90"),
            ("I pay too much in charges", "lower-charges", "0.90"),
            ("I am buying a home", "buying-home", "0.80"),
            ("I simply no longer need it", "", "0"),
        ),
    ),
    (
        "money-for",
        "What is the money for?",
        (),
        ("savings-rate",),
        (
            ("It should earn more, within reach", "better-return", "0.80"),
            ("I put something aside each month", "save-regularly", "0.80"),
            ("A first home", "buying-home", "0.90"),
            ("Nothing in particular", "", "0"),
        ),
    ),
    (
        "travel-often",
        "How often do you pay abroad?",
        (),
        ("card-abroad",),
        (
            ("Several times a year", "spending-abroad", "0.90"),
            ("Once a year, on holiday", "spending-abroad", "0.50"),
            ("Hardly ever", "", "0"),
        ),
    ),
    (
        "borrow-for",
        "What would make borrowing easier for you?",
        (),
        ("borrowing",),
        (
            ("My card costs me too much interest", "cheaper-borrowing", "0.90"),
            ("One payment instead of several", "cheaper-borrowing", "0.70"),
            ("I only wanted to compare", "", "0"),
        ),
    ),
    (
        "charge-why",
        "Which charges surprise you?",
        (),
        ("charge-question",),
        (
            ("The monthly account fee", "lower-charges", "0.90"),
            ("Fees for paying abroad", "spending-abroad", "0.70"),
            ("Interest on my card", "cheaper-borrowing", "0.80"),
            ("Just this one, once", "", "0"),
        ),
    ),
)


# Where these are heard the question is asked, whatever the contact was about at first.
HEARD_WORDS: dict[str, tuple[str, ...]] = {
    "what-changes": ("another bank", "close my account", "moving away"),
    "money-for": ("deposit", "lump sum", "inherit"),
    "travel-often": ("abroad", "holiday", "travel"),
    "borrow-for": ("debt", "overdraft"),
}


def establish() -> None:
    """Everything the desk needs to work by; what is there already is left as it is."""
    reasons = _contact_reasons()
    for position, (code, name, outcome) in enumerate(WRAP_UP_CODES):
        WrapUpCode.objects.get_or_create(
            code=code, defaults={"name": name, "outcome": outcome, "position": position}
        )
    for code, name, target, expected, is_complaint in REQUEST_TYPES:
        RequestType.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "target_days": Decimal(target),
                "expected_days": Decimal(expected),
                "is_complaint": is_complaint,
            },
        )
    for code, name, description in NEED_TYPES:
        NeedType.objects.get_or_create(
            code=code, defaults={"name": name, "description": description}
        )
    _questions(reasons)
    ContactPolicy.objects.get_or_create(pk=1)
    for position, (code, name) in enumerate(DECLINE_REASONS, start=1):
        DeclineReason.objects.get_or_create(
            code=code, defaults={"name": name, "position": position}
        )
    _follow_up_policies(reasons)


def _contact_reasons() -> dict[str, ContactReason]:
    return {
        code: ContactReason.objects.get_or_create(
            code=code, defaults={"name": name, "intent": intent, "position": position}
        )[0]
        for position, (code, name, intent) in enumerate(CONTACT_REASONS)
    }


def _questions(reasons: dict[str, ContactReason]) -> None:
    needs = {need.code: need for need in NeedType.objects.all()}
    for position, (code, text, intents, triggers, answers) in enumerate(QUESTIONS):
        question, is_new = DiscoveryQuestion.objects.get_or_create(
            code=code,
            defaults={
                "text": text,
                "intents": list(intents),
                "heard_words": list(HEARD_WORDS.get(code, ())),
                "position": position,
            },
        )
        if not is_new:
            continue
        question.contact_reasons.set(reasons[trigger] for trigger in triggers)
        for number, (answer, need, strength) in enumerate(answers, start=1):
            DiscoveryAnswer.objects.create(
                question=question,
                position=number,
                text=answer,
                need_type=needs.get(need),
                strength=Decimal(strength),
            )


def _follow_up_policies(reasons: dict[str, ContactReason]) -> None:
    """In the seeded day a follow-up is due one minute after its contact, so that it can be seen."""
    hours = {"window_start": time(8), "window_end": time(21)}
    for position, (name, reason, attempts, by_voice, ways) in enumerate(
        (
            ("After a wish to leave", "close-account", 3, True, [Way.AGENT]),
            ("After a complaint", "complaint", 3, False, [Way.AGENT]),
            ("After trouble logging in", "online-access", 2, False, [Way.VOICE, Way.AGENT]),
            ("After a question on cards abroad", "card-abroad", 2, False, [Way.EMAIL, Way.AGENT]),
            ("After a payment that failed", "payment-failed", 2, False, [Way.SMS, Way.AGENT]),
            ("After every contact", None, 2, True, [Way.AGENT]),
        )
    ):
        FollowUpPolicy.objects.get_or_create(
            name=name,
            defaults={
                "position": position,
                "reasons": [reasons[reason].code] if reason else [],
                "delay_minutes": 1,
                "max_attempts": attempts,
                "asks_by_voice": by_voice,
                "ways": ways,
                **hours,
            },
        )
    if not PolicyVersion.objects.exists():
        versions.publish(by=None, note="Where Northgate Bank begins")
