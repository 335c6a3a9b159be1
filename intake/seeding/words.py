"""What customers say and agents note, by contact reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Story:
    """One contact reason as it usually goes: subjects, the agent's summary, what it leads to."""

    weight: int
    subjects: tuple[str, ...]
    summary: str
    request_type: str = ""
    promise: str = ""
    needs: tuple[str, ...] = ()


STORIES: dict[str, Story] = {
    "close-account": Story(
        4,
        ("close my savings account", "wants to move to another bank", "account no longer needed"),
        "Asked what is changing; account dealt with as asked.",
        needs=("better-return", "lower-charges", "buying-home"),
    ),
    "card-not-arrived": Story(
        14,
        ("where is my card", "new card has not come", "card ordered two weeks ago"),
        "Card sent again by first class post.",
        "card-delivery",
        "Your card is with you",
    ),
    "card-lost": Story(
        8,
        ("lost my card on the train", "card stolen", "cannot find my card"),
        "Card stopped, replacement ordered.",
        "card-replacement",
        "Your replacement card is with you",
    ),
    "payment-failed": Story(
        12,
        ("rent payment did not go out", "payment shows twice", "transfer never arrived"),
        "Payment traced with the receiving bank.",
        "payment-investigation",
        "We tell you where the payment is",
    ),
    "charge-question": Story(
        12,
        ("what is this £5 charge", "charged for a payment abroad", "why did my fee go up"),
        "Explained the charge and what would avoid it.",
        needs=("lower-charges", "spending-abroad"),
    ),
    "savings-rate": Story(
        11,
        ("what do you pay on savings", "rate of my Instant Saver", "where to put £5,000"),
        "Compared the savings accounts in the customer's own figures.",
        needs=("better-return", "save-regularly", "buying-home"),
    ),
    "card-abroad": Story(
        7,
        ("using my card in Spain", "fees in the United States", "card refused in Lisbon"),
        "Explained fees abroad.",
        needs=("spending-abroad",),
    ),
    "borrowing": Story(
        7,
        ("pay less interest on my card", "a loan for the car", "can I bring my debts together"),
        "Went through income and what is owed.",
        needs=("cheaper-borrowing",),
    ),
    "change-details": Story(
        10,
        ("moved house", "new phone number", "changed my name"),
        "Details changed after the security questions.",
        "change-details",
        "Your details are changed everywhere",
    ),
    "online-access": Story(
        10,
        ("cannot log in to the app", "new phone, no access", "locked out after three tries"),
        "Access restored, new device registered.",
        "online-access",
        "You can log in again",
    ),
    "business-account": Story(
        0,
        ("add a second person to the account", "charges for paying in cash", "card machine fees"),
        "Explained how the business account handles it.",
        needs=("running-a-business", "lower-charges"),
    ),
    "complaint": Story(
        5,
        ("nobody called me back", "third time I ask about the same thing", "branch closed again"),
        "Listened, apologised, put it right or gave it an owner.",
        "complaint",
        "You have our answer to your complaint",
    ),
}

PRODUCTS_FOR: dict[str, str] = {
    "better-return": "saver-plus",
    "lower-charges": "everyday-zero",
    "spending-abroad": "travel-card",
    "save-regularly": "regular-saver",
    "buying-home": "first-home-saver",
    "cheaper-borrowing": "balance-transfer",
    "running-a-business": "business-flat",
}
EVIDENCE: dict[str, tuple[str, ...]] = {
    "better-return": ("the other bank pays four per cent", "my savings earn next to nothing"),
    "lower-charges": ("five pounds a month for nothing", "too many fees lately"),
    "spending-abroad": ("we go to Spain three times a year", "every coffee abroad costs a fee"),
    "save-regularly": ("I would like to put something aside", "saving for the children"),
    "buying-home": ("we are looking for a flat", "first home, next spring"),
    "cheaper-borrowing": ("the card eats me up", "I want to be rid of the card debt"),
    "running-a-business": ("the shop takes more cards now", "we are three people now"),
}
LEAVING_BECAUSE = (
    "Better rate elsewhere",
    "Charges too high",
    "Promise not kept",
    "Moved abroad",
    "No longer needed",
    "Not satisfied with service",
)
DECLINED_BECAUSE = ("Wants to think it over", "Too complicated", "Has it elsewhere", "No interest")
MISSED_BECAUSE = ("Customer was in a hurry", "Line was cut", "Waiting calls")
PROBLEM_WORDS = (
    "still waiting for the card",
    "nobody called back",
    "it took much longer than you said",
    "was told two different things",
)
NOTES = "Security questions passed. {summary}"
REPLIES = ("Thank you for telling us. {summary}", "I have looked into this for you. {summary}")
