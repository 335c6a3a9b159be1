"""What is measured, in which words, and which records stand behind each figure?

A measure is an object: its denominator and numerator are querysets over raw rows, its words tell
a supervisor what is counted. None of them ranks people, and none counts sales or speed.
"""

from insights.measures.catalogue import MEASURES
from insights.measures.measure import Filters, Measure, Rate
from insights.measures.standings import (
    STANDINGS,
    cohort,
    customers_after,
    customers_at,
    customers_before,
    leavers,
    retained,
)
from insights.tallies.tally import AnyRecords

__all__ = [
    "MEASURES",
    "STANDINGS",
    "AnyRecords",
    "Filters",
    "Measure",
    "Rate",
    "cohort",
    "customers_after",
    "customers_at",
    "customers_before",
    "leavers",
    "retained",
]
