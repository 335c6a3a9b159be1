"""What does a published catalogue say, read once into closures that decide quickly?

`read(content)` is pure. What was compiled is kept in this process: a version never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.db.models import Subquery

from offers.benefits import read_formula, read_sentence
from offers.compiled import (
    Answer,
    Catalogue,
    CompiledProduct,
    Policy,
    Question,
    Requirements,
)
from offers.models import MOST_CONTACTS, MOST_SURVEYS, Release
from offers.rules import Criterion, Requirement
from offers.sums import CURRENCY
from products.models import CatalogueVersion, Stage

Content = Mapping[str, Any]
TRIAL_PERCENT = 5  # of the customers, for whom a release decides before it does for all

EMPTY: Content = {
    "format": 1,
    "currency": CURRENCY,
    "policy": {
        "max_offers": 3,
        "max_surveys": MOST_SURVEYS,
        "max_contacts": MOST_CONTACTS,
        "period_days": 30,
        "cooling_off_days": 90,
        "need_floor": "0.20",
    },
    "need_types": {},
    "questions": [],
    "products": [],
}


def read(content: Content, *, number: int = 0) -> Catalogue:
    """Compile content. Raises NotACriterion, NotAFormula or NotASentence in plain words."""
    requirements = Requirements()
    currency = content["currency"]
    products = tuple(
        _product(position, row, currency, requirements)
        for position, row in enumerate(content["products"])
    )
    by_need: dict[str, list[tuple[CompiledProduct, Decimal]]] = {}
    by_reason: dict[str, list[CompiledProduct]] = {}
    for product, row in zip(products, content["products"], strict=True):
        for need_type, fit in row["fits"].items():
            by_need.setdefault(need_type, []).append((product, Decimal(fit)))
        for reason in product.for_reasons:
            by_reason.setdefault(reason, []).append(product)
    for fits in by_need.values():
        fits.sort(key=lambda pair: -pair[1])
    return Catalogue(
        number=number,
        currency=currency,
        policy=_policy(content["policy"]),
        need_names={code: row["name"] for code, row in content["need_types"].items()},
        questions=tuple(_question(row) for row in content["questions"]),
        products=products,
        by_code={product.code: product for product in products},
        by_need=by_need,
        by_reason=by_reason,
        requirements=requirements,
        codes=tuple(product.code for product in products),
        eligibility=_asking(products),
        foreign=_foreign(products),
    )


def _asking(products: Iterable[CompiledProduct]) -> tuple[tuple[int, int], ...]:
    asking: dict[int, int] = {}
    for product in products:
        for place in product.eligibility:
            asking[place] = asking.get(place, 0) | 1 << product.position
    return tuple(sorted(asking.items()))


def _foreign(products: Iterable[CompiledProduct]) -> dict[str, int]:
    foreign: dict[str, int] = {}
    for product in products:
        if product.is_foreign:
            foreign[product.currency] = foreign.get(product.currency, 0) | 1 << product.position
    return foreign


def in_force() -> Catalogue:
    """The catalogue that was published last; an empty one before anything was."""
    latest = CatalogueVersion.objects.published().values_list("number", "digest").first()
    return read(EMPTY) if latest is None else _compiled(*latest)


def in_force_for(customer_id: int) -> Catalogue:
    """The catalogue that decides for this customer: a release on trial has a share of them."""
    versions = CatalogueVersion.objects.published()
    latest = versions.values_list("number", "digest", *trial_of("number", "digest")).first()
    if latest is None:
        return read(EMPTY)
    number, digest, trial, trial_digest = latest
    if trial is not None and is_in_share(customer_id, trial):
        return _compiled(trial, trial_digest)
    return _compiled(number, digest)


def trial_of(*fields: str) -> list[Subquery]:
    """These fields of the version that decides for a share of the customers; else NULL."""
    small = Release.objects.small()
    return [Subquery(small.values(f"trial__{field}")[:1]) for field in fields]


def is_in_share(customer_id: int, trial: int) -> bool:
    """Does the trial decide for this customer? The same answer for as long as it lasts."""
    digest = sha256(f"{trial}:{customer_id}".encode()).digest()
    return int.from_bytes(digest[:8]) % 100 < TRIAL_PERCENT


def published(number: int) -> Catalogue:
    """The catalogue of that number; 0 is the one before anything was published."""
    if number == 0:
        return read(EMPTY)
    digest = CatalogueVersion.objects.values_list("digest", flat=True).get(number=number)
    return _compiled(number, digest)


@lru_cache(maxsize=8)
def _compiled(number: int, digest: str) -> Catalogue:
    """Kept by number and digest, so that it is right even after a database was put back."""
    content = CatalogueVersion.objects.values_list("content", flat=True)
    return read(content.get(number=number, digest=digest), number=number)


def requirements_of(rules: Sequence[Mapping[str, Any]]) -> list[tuple[Requirement, str]]:
    """Rules of one stage as requirements: those that share an `either` are alternatives."""
    groups: dict[object, list[Mapping[str, Any]]] = {}
    for index, rule in enumerate(rules):
        either = rule.get("either")
        groups.setdefault(("single", index) if either is None else either, []).append(rule)
    return [
        (
            Requirement(
                tuple(
                    Criterion.read(
                        fact=rule["fact"], comparison=rule["comparison"], value=rule["value"]
                    )
                    for rule in group
                )
            ),
            group[0]["because"],
        )
        for group in groups.values()
    ]


def _product(
    position: int, row: Mapping[str, Any], currency: str, known: Requirements
) -> CompiledProduct:
    of_stage = {
        stage: requirements_of([rule for rule in row["rules"] if rule["stage"] == stage])
        for stage in Stage.values
    }
    places = {
        stage: tuple(known.place(one, because, row["currency"]) for one, because in found)
        for stage, found in of_stage.items()
    }
    return CompiledProduct(
        position=position,
        code=row["code"],
        name=row["name"],
        summary=row["summary"],
        currency=row["currency"],
        formula=read_formula(row["benefit_formula"], row["terms"]),
        sentence=read_sentence(row["benefit_sentence"], row["terms"]),
        minimum_benefit=Decimal(row["minimum_benefit"]),
        lever=Decimal(row["lever"]),
        safe_for_vulnerable=row["safe_for_vulnerable"],
        is_foreign=row["currency"] != currency,
        eligibility=places[Stage.ELIGIBILITY],
        applicability=places[Stage.APPLICABILITY],
        suitability=places[Stage.SUITABILITY],
        for_reasons=_reasons(requirement for requirement, _ in of_stage[Stage.APPLICABILITY]),
        fulfilment=row["fulfilment"],
    )


def _reasons(requirements: Any) -> frozenset[str]:
    """The contact reasons that a product answers: those that its applicability names."""
    return frozenset(
        reason
        for requirement in requirements
        for criterion in requirement.criteria
        if criterion.fact == "contact_reason" and criterion.comparison == "equals"
        for reason in (criterion.value if isinstance(criterion.value, frozenset) else ())
    )


def _question(row: Mapping[str, Any]) -> Question:
    return Question(
        id=row["id"],
        code=row["code"],
        text=row["text"],
        intents=frozenset(row["intents"]),
        contact_reasons=frozenset(row["contact_reasons"]),
        answers=tuple(
            Answer(answer["id"], answer["text"], answer["need_type"], Decimal(answer["strength"]))
            for answer in row["answers"]
        ),
    )


def _policy(row: Mapping[str, Any]) -> Policy:
    return Policy(
        max_offers=row["max_offers"],
        # Catalogues from before the one ledger limited offers alone.
        max_surveys=row.get("max_surveys", MOST_SURVEYS),
        max_contacts=row.get("max_contacts", MOST_CONTACTS),
        period_days=row["period_days"],
        cooling_off_days=row["cooling_off_days"],
        need_floor=Decimal(row["need_floor"]),
    )
