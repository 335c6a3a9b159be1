"""Which conditions that customers set are met by now, and who hears of it?

`met_by` is pure: the conditions of a decision's inputs against the catalogue that decides.
`tell_met` looks at every customer's: once a catalogue in force meets a condition, the agent who
heard it gets a needs review for that customer, and the customer's history says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry
from interactions.models import TimelineEntry, TimelineKind
from needs.models import NeedsReview, ReviewCause
from offers import catalogue
from offers.compiled import Catalogue
from offers.days import day
from offers.models import Condition, ConditionComparison, is_met
from products.figures import number

BATCH = 500


def met_by(inputs: Mapping[str, Any], published: Catalogue) -> dict[str, str]:
    """By product, why it fits now what the customer said that it would need."""
    found: dict[str, str] = {}
    for row in inputs.get("conditions", ()):
        product = published.by_code.get(row["product"])
        if product is None or not row["term"]:
            continue
        terms, wanted = product.sentence.terms, Decimal(row["figure"])
        if is_met(term=row["term"], comparison=row["comparison"], figure=wanted, terms=terms):
            asked = date.fromisoformat(row["on"])
            found[row["product"]] = (
                f"wanted {in_words(row['term'], row['comparison'], wanted)} on {day(asked)}, "
                f"and now it is {number(terms[row['term']])}"
            )
    return found


def in_words(term: str, comparison: str, figure: Decimal) -> str:
    """“rate at least 4.5”."""
    name = term.replace("_", " ")
    return f"{name} {ConditionComparison(comparison).label} {number(figure)}"


def tell_met() -> int:
    """Tell of conditions that the catalogue in force meets, each once; how many."""
    published = catalogue.in_force()
    told = 0
    untold = Condition.objects.untold().filter(product__code__in=published.codes)
    waiting = untold.select_related("product", "customer", "offer__interaction", "said_by")
    for condition in waiting.order_by("pk").iterator(chunk_size=BATCH):
        terms = published.by_code[condition.product.code].sentence.terms
        figure = condition.figure or Decimal(0)
        if is_met(term=condition.term, comparison=condition.comparison, figure=figure, terms=terms):
            told += _tell(condition, now_it_is=terms[condition.term])
    return told


def _tell(condition: Condition, *, now_it_is: Decimal) -> bool:
    with transaction.atomic():
        mine = Condition.objects.untold().filter(pk=condition.pk)
        if not mine.update(told_at=timezone.now()):
            return False
        words = in_words(condition.term, condition.comparison, condition.figure or Decimal(0))
        TimelineEntry.write(
            customer_id=condition.customer_id,
            kind=TimelineKind.OFFER,
            title=f"Fits now: {condition.product}",
            detail=f"Wanted {words}; now it is {number(now_it_is)}.",
        )
        AuditEntry.record(
            by=None,
            verb="condition met",
            subject=condition,
            detail={"product": condition.product.code},
        )
        if condition.said_by is not None:
            NeedsReview.start(
                customer=condition.customer,
                interaction=condition.offer.interaction,
                owner=condition.said_by,
                due_on=timezone.localdate(),
                cause=ReviewCause.FITS_NOW,
                product=condition.product,
            )
    return True
