"""What may nobody be judged by? Nothing named so can become a fact, a feature or a rule.

The attributes are those of the Equality Act 2010, section 4, and the ground beside them on which
United States lending law forbids to decide (15 U.S.C. 1691: public assistance). What commonly
stands for one of them (a proxy) is refused alike: where somebody was born, what they are called,
where exactly they live.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from accounts.errors import RuleBroken

WORD: Final = re.compile(r"[a-z]+")
# Attribute, as it is told → how words about it, or that stand for it, begin. “*” ends an opening:
# “relig*” is every word that begins so; a word without it is that word alone.
PROTECTED: Final[dict[str, tuple[str, ...]]] = {
    "age": ("age", "ages", "aged", "ageing", "birth*", "born", "dob", "elder*", "senior*",
            "pensioner*", "retired", "old", "older", "oldest", "young*", "youth*", "generation*"),
    "sex": ("sex", "sexes", "gender*", "male", "males", "female*", "man", "men", "woman", "women",
            "boy*", "girl*", "pronoun*", "salutation*", "maiden"),
    "gender reassignment": ("transgender*", "transsexual*", "nonbinary", "cisgender*"),
    "sexual orientation": ("orientation*", "gay", "lesbian*", "bisexual*", "queer", "lgbt*"),
    "marriage and family": ("marital*", "married", "marriage*", "spouse*", "husband*", "wife",
                            "wives", "widow*", "divorce*", "family", "families", "child",
                            "children", "dependent*", "dependant*", "partner", "partnered"),
    "pregnancy and maternity": ("pregnan*", "matern*", "patern*", "breastfeed*"),
    "race": ("race", "races", "racial*", "ethnic*", "nationalit*", "native*", "immigrant*",
             "migrant*", "asylum*", "skin", "caste*", "accent*", "tribe*", "indigenous"),
    "religion or belief": ("relig*", "faith*", "belief*", "church*", "mosque*", "synagogue*",
                           "temple*", "christian*", "muslim*", "islam*", "jew", "jews", "jewish",
                           "hindu*", "sikh*", "buddhis*", "atheis*"),
    "disability and health": ("disab*", "handicap*", "impair*", "illness*", "disease*",
                              "diagnos*", "health", "medical*", "blind", "deaf", "wheelchair*",
                              "medication*", "genetic*"),
    "politics and union": ("politic*", "voter*", "union", "unions"),
    "public assistance": ("welfare", "assistance", "unemployed", "foodbank*"),
    "a name": ("forename*", "surname*", "firstname*", "lastname*", "initials"),
    "where exactly somebody lives": ("postcode*", "postal", "zip", "zipcode*", "street*",
                                     "neighbourhood*", "neighborhood*", "ward", "latitude",
                                     "longitude"),
}  # fmt: skip


class Protected(RuleBroken):
    """The name or words speak of what nobody may be judged by; the message says of what."""


def attribute_of(*texts: str) -> str | None:
    """The protected attribute that names or words speak of; None when they speak of none.

    Underscores, hyphens, digits and changes of case part words as spaces do.
    """
    for text in texts:
        words = WORD.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower())
        joined = [first + second for first, second in pairwise(words)]  # post_code, first_name
        for word in [*words, *joined]:
            for attribute, openings in PROTECTED.items():
                if any(_is_of(word, opening) for opening in openings):
                    return attribute
    return None


def refuse(*texts: str) -> None:
    """Raises Protected when names or words speak of a protected attribute."""
    attribute = attribute_of(*texts)
    if attribute is not None:
        raise Protected(
            f"“{texts[0]}” speaks of {attribute}: nobody may be judged by that. "
            "Name something that the customer has, does or needs."
        )


def _is_of(word: str, opening: str) -> bool:
    return word.startswith(opening[:-1]) if opening.endswith("*") else word == opening
