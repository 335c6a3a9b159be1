"""Is this product open to offer at this moment, and as what does the decision list it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.errors import RuleBroken
from accounts.models import User
from interactions.models import Interaction
from offers import catalogue
from offers.arbitration import decide_for
from offers.models import Decision
from offers.stages import Sieve
from products.models import Product


class NotOpenToOffer(RuleBroken):
    """The stages do not let this product be offered to this customer now."""

    def __init__(self, product: Product, because: str) -> None:
        super().__init__(f"{product} cannot be offered now. {because}")


@dataclass(frozen=True, slots=True)
class Found:
    """An offer as the decision lists it."""

    decision: Decision
    benefit: Decimal
    currency: str
    sentence: str
    need_id: int | None


def listed(*, interaction: Interaction, product: Product, by: User) -> Found:
    """The product as the decision of this moment lists it. Raises NotOpenToOffer."""
    decision = decide_for(customer=interaction.customer, interaction=interaction, by=by)
    for entry in decision.results["ways"]:
        if entry["kind"] == "offer" and entry["product"] == product.code:
            return _found(decision, entry, entry["benefit_text"])
    for entry in decision.results["further"]:
        if entry["product"] == product.code:
            return _found(decision, entry, _sentence(decision, entry))
    raise NotOpenToOffer(product, why_not(decision, product.code))


def _found(decision: Decision, entry: Mapping[str, Any], sentence: str) -> Found:
    product = catalogue.published(decision.catalogue_number).by_code[entry["product"]]
    benefit = Decimal(entry["benefit"])
    return Found(decision, benefit, product.currency, sentence, entry["need"])


def _sentence(decision: Decision, entry: Mapping[str, Any]) -> str:
    published = catalogue.published(decision.catalogue_number)
    product = published.by_code[entry["product"]]
    return product.sentence.told(
        figures=Sieve(decision.inputs, published).figures,
        benefit=Decimal(entry["benefit"]),
        currency=product.currency,
    )


def why_not(decision: Decision, code: str) -> str:
    """Why the product is not open to offer, from the stored decision alone."""
    results = decision.results
    for row in results["locked"]:
        if row["product"] == code:
            return str(row["because"])
    for row in results["excluded"]:
        if code in row["products"]:
            return str(row["because"])
    return "It is not in the catalogue that is in force."
