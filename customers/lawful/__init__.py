"""What may we do of our own accord in which place, and who says so? Data, by country and region.

Each country is one file of `countries/`; what has none gets `elsewhere.toml`, the strictest. The
files are checked when they are read, and `version` of an edition goes with every decision. None of
this is legal advice: every line names its source and how it was read.
"""

from customers.lawful.bars import Bar, bar_of_number, bar_of_person
from customers.lawful.book import (
    HUMAN,
    LIVE,
    PHONES,
    REST,
    Law,
    editions,
    is_part,
    law_at,
    place_of_number,
)
from customers.lawful.edition import Edition, Line
from customers.lawful.reading import LawUnclear

__all__ = [
    "HUMAN",
    "LIVE",
    "PHONES",
    "REST",
    "Bar",
    "Edition",
    "Law",
    "LawUnclear",
    "Line",
    "bar_of_number",
    "bar_of_person",
    "editions",
    "is_part",
    "law_at",
    "place_of_number",
]
