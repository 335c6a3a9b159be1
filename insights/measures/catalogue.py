"""Which measures are there, in which words?"""

from __future__ import annotations

from typing import Final

from django.db.models import F

from followups.models import Question
from insights.measures.measure import Measure

CONTACT = F("contact_reason__name")
PRODUCT = F("product__name")
ABOUT = F("interaction__contact_reason__name")
UNDERSTOOD: Final = {"yes": "Yes", "no": "No"}
YARDSTICK: Final = {
    "in_time": "in time for the customer",
    "late": "too late for the customer",
    "not_known": "expectation not known",
}

THREE: Final = tuple(
    Measure(
        key=key,
        name=name,
        meaning=f"“{question.label}” Customers who said yes.",
        outcomes=UNDERSTOOD,
        hits=("yes",),
        what=ABOUT,
        columns={"Their words": "answers__words"},
    )
    for key, name, question in (
        ("as_expected", "As expected", Question.AS_EXPECTED),
        ("as_promised", "As promised", Question.AS_PROMISED),
        ("met", "Met expectations", Question.MET_EXPECTATIONS),
    )
)
MEASURES: Final = {
    measure.key: measure
    for measure in (
        Measure(
            key="lost",
            name="Customers lost",
            meaning="Customers whose last holding ended: at the end of that day they held nothing.",
            outcomes={"lost": "Lost"},
            hits=("lost",),
            what=PRODUCT,
            more_is_better=False,
            columns={"Held since": "opened_on"},
        ),
        Measure(
            key="came",
            name="Customers who came",
            meaning="Customers who held nothing the day before, for the first time or again.",
            outcomes={"came": "Came"},
            hits=("came",),
            what=PRODUCT,
        ),
        Measure(
            key="saved",
            name="Saved",
            meaning=(
                "Contacts of customers who wanted to leave. Saved: 30 days later, or until now, "
                "they have kept everything, because a need told in the contact was met. Those who "
                "are still here without that are not counted as saved: it may be friction."
            ),
            outcomes={
                "saved": "Saved: a need was met",
                "undecided": "Still here, no need met",
                "left": "Left within 30 days",
            },
            hits=("saved",),
            listed_as="Customers who wanted to leave",
            what=CONTACT,
        ),
        Measure(
            key="opened",
            name="Holdings opened",
            meaning="Products that customers began to hold.",
            outcomes={"opened": "Opened"},
            hits=("opened",),
            what=PRODUCT,
            more_is_better=None,
        ),
        Measure(
            key="cancelled",
            name="Holdings cancelled",
            meaning="Products that customers gave up, with the reason recorded.",
            outcomes={"cancelled": "Cancelled"},
            hits=("cancelled",),
            what=PRODUCT,
            more_is_better=False,
            columns={"Held since": "opened_on"},
        ),
        Measure(
            key="first_contact",
            name="Resolved at first contact",
            meaning=(
                "Inbound contacts wrapped up as resolved after which the same customer did not "
                "come back for the same reason within 7 days. The last 7 days may still change."
            ),
            outcomes={
                "first": "Resolved at once",
                "repeated": "Came back in 7 days",
                "not_resolved": "Not resolved",
            },
            hits=("first",),
            listed_as="Inbound contacts",
            what=CONTACT,
            columns={"Opened": "opened_at", "Wrap-up": "wrap_up_code__name"},
        ),
        *THREE,
        Measure(
            key="nps",
            name="Net Promoter Score",
            meaning=(
                "Promoters (9 or 10) less detractors (0 to 6), in points of all who said how "
                "likely they recommend us."
            ),
            outcomes={"promoter": "Promoter", "passive": "Passive", "detractor": "Detractor"},
            hits=("promoter",),
            listed_as="How likely customers recommend us",
            what=ABOUT,
            columns={"Score": "score", "Their words": "answers__words"},
        ),
        Measure(
            key="advocates",
            name="Advocates",
            meaning=(
                "Customers whose newest word is 9 or 10 and who have stayed. Each customer "
                "counts once, on the day of that word."
            ),
            outcomes={
                "advocate": "Advocate",
                "promoter_left": "Promoter, has left",
                "other": "Not a promoter",
            },
            hits=("advocate",),
            listed_as="Newest word of each customer",
            what=ABOUT,
            columns={"Score": "score"},
        ),
        Measure(
            key="follow_ups",
            name="Follow-ups reached",
            meaning="Follow-ups that ended: answered, not reached, not permitted or too late.",
            outcomes={
                "answered": "Answered",
                "unreachable": "Not reached",
                "refused": "Not permitted",
                "lapsed": "Too late to ask",
            },
            hits=("answered",),
            listed_as="Follow-ups that ended",
            what=ABOUT,
            columns={"Attempts": "attempts_made"},
        ),
        Measure(
            key="needs",
            name="Needs met",
            meaning=(
                "Needs that were settled: met, unmet because nothing suitable exists, or missed "
                "although a suitable way to help existed."
            ),
            outcomes={"met": "Met", "unmet": "Unmet", "missed": "Missed"},
            hits=("met",),
            listed_as="Needs settled",
            what=F("evidence"),
            columns={"Settled because": "settled_because"},
        ),
        Measure(
            key="promises",
            name="Promises kept",
            meaning=(
                "Promises that fell due: kept or broken by our date, each beside the day the "
                "customer expected."
            ),
            outcomes={"kept": "Kept by our date", "broken": "Broken"},
            hits=("kept",),
            listed_as="Promises that fell due",
            what=F("text"),
            columns={"Our date": "due_at", "Expected by": "expected_at", "Done": "done_at"},
            reason_words=YARDSTICK,
        ),
        Measure(
            key="requests",
            name="Requests done in time",
            meaning=(
                "Requests that were resolved: within our target or after it, each beside the day "
                "customers expect."
            ),
            outcomes={"kept": "Within our target", "broken": "After our target"},
            hits=("kept",),
            listed_as="Requests done",
            what=F("subject"),
            columns={"Our target": "target_at", "Expected by": "expected_at"},
            reason_words=YARDSTICK,
        ),
    )
}
