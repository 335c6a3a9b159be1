"""How does the draft become what decisions read? Whole, checked first, numbered, for good."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.errors import RuleBroken
from accounts.live import panel_changed
from accounts.models import AuditEntry, Team, User
from needs.models import DiscoveryAnswer, DiscoveryQuestion, NeedFit, NeedType
from offers import catalogue
from offers.benefits import read_formula, read_sentence
from offers.models import ContactPolicy
from offers.sums import CURRENCY
from products.models import CatalogueVersion, Product, ProductRule
from service.models import Fulfilment

PUBLISHING = 0x0FFE25  # the advisory lock that lets one publication happen at a time


class NotPublishable(RuleBroken):
    """The draft has errors; nothing was published. `problems` has one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        count = "1 thing" if len(problems) == 1 else f"{len(problems)} things"
        super().__init__(f"Nothing was published. Mend {count} first: {' '.join(problems)}")


class NothingChanged(RuleBroken):
    def __init__(self, number: int) -> None:
        super().__init__(f"Nothing has changed since catalogue {number}, so it stays in force.")


def canonical(content: Any) -> str:
    """The one spelling of content: sorted keys, no spaces."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(content: Any) -> str:
    return sha256(canonical(content).encode()).hexdigest()


def draft_content() -> dict[str, Any]:
    """What would be published now, as JSON keeps it; products withdrawn and retired rows aside."""
    fits, fulfilments = _fits(), _fulfilments()
    products = Product.objects.on_offer().select_related("category").prefetch_related("rules")
    return {
        "format": 1,
        "currency": CURRENCY,
        "policy": draft_policy(),
        "need_types": {
            need_type.code: {"name": need_type.name, "description": need_type.description}
            for need_type in NeedType.objects.filter(retired_on=None).order_by("code")
        },
        "questions": [_question(question) for question in _questions()],
        "products": [
            product_content(
                product, fits=fits.get(product.pk, {}), fulfilment=fulfilments.get(product.pk)
            )
            for product in products.order_by("code")
        ],
    }


def draft_row(product: Product) -> dict[str, Any]:
    """One product as its draft stands, whether it is on offer or withdrawn."""
    fits, fulfilments = _fits(product), _fulfilments()
    return product_content(
        product, fits=fits.get(product.pk, {}), fulfilment=fulfilments.get(product.pk)
    )


def problems_of(content: Mapping[str, Any]) -> list[str]:
    """Everything that keeps the content from being published, one sentence each."""
    problems: list[str] = []
    for row in content["products"]:
        problems += [f"{row['name']}: {problem}" for problem in _problems(row)]
    for question in content["questions"]:
        if not question["answers"]:
            problems.append(f"The question “{question['text']}” has no answers. Add some.")
    return problems


def content_in_force() -> Mapping[str, Any]:
    """What decisions read now; an empty content before anything was published."""
    latest = CatalogueVersion.objects.published().values_list("content", flat=True).first()
    return catalogue.EMPTY if latest is None else latest


def number_in_force() -> int:
    """The number of the catalogue in force; 0 before anything was published."""
    return CatalogueVersion.objects.published().values_list("number", flat=True).first() or 0


def publish(*, by: User | None, note: str, at: datetime | None = None) -> CatalogueVersion:
    """Put the draft in force at once, as a set-up does; people go through `offers.release`.

    `at` is the moment that is kept, for a history that is set up: now where none is given.

    Raises NotPublishable or NothingChanged; then nothing changes.
    """
    with transaction.atomic():
        one_at_a_time()
        return put_in_force(draft_content(), by=by, note=note, at=at)


def publish_again(*, number: int, by: User, note: str = "") -> CatalogueVersion:
    """Put an older catalogue in force again, as a new number; the draft stays as it is."""
    with transaction.atomic():
        one_at_a_time()
        older = CatalogueVersion.objects.published().get(number=number)
        return put_in_force(older.content, by=by, note=note or f"Back to catalogue {number}")


def one_at_a_time() -> None:
    """Until this transaction ends nobody else publishes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])


def put_in_force(
    content: Mapping[str, Any], *, by: User | None, note: str, at: datetime | None = None
) -> CatalogueVersion:
    """A new version that decides for everybody; the caller holds `one_at_a_time`."""
    check(content)
    digest = digest_of(content)
    latest = CatalogueVersion.objects.published().only("number", "digest").first()
    if latest is not None and latest.digest == digest:
        raise NothingChanged(latest.number)
    version = _numbered(content, digest, by=by, note=note, at=at)
    _told("catalogue published", version, by)
    return version


def put_on_trial(content: Mapping[str, Any], *, by: User | None, note: str) -> CatalogueVersion:
    """A new version that is not in force; the caller holds `one_at_a_time`."""
    check(content)
    version = _numbered(content, digest_of(content), by=by, note=note, for_trial=True)
    _told("catalogue put on trial", version, by)
    return version


def check(content: Mapping[str, Any]) -> None:
    """Raises NotPublishable with everything that is wrong with the content."""
    if problems := problems_of(content):
        raise NotPublishable(problems)


def everybody_looks_again() -> None:
    """Open lists of every team ask by which catalogue they were made."""
    panel_changed(panel="offers.ways", team_ids=Team.objects.values_list("pk", flat=True))


def _numbered(
    content: Mapping[str, Any],
    digest: str,
    *,
    by: User | None,
    note: str,
    for_trial: bool = False,
    at: datetime | None = None,
) -> CatalogueVersion:
    newest = CatalogueVersion.objects.order_by("-number").values_list("number", flat=True).first()
    return CatalogueVersion.objects.create(
        number=(newest or 0) + 1,
        for_trial=for_trial,
        content=content,
        digest=digest,
        note=note[:200],
        published_at=at or timezone.now(),
        published_by=by,
    )


def _told(verb: str, version: CatalogueVersion, by: User | None) -> None:
    AuditEntry.record(by=by, verb=verb, subject=version, detail={"number": version.number})
    everybody_looks_again()


def _problems(row: Mapping[str, Any]) -> Iterable[str]:
    checks: list[Callable[[], object]] = [
        lambda: read_formula(row["benefit_formula"], row["terms"]),
        lambda: read_sentence(row["benefit_sentence"], row["terms"]),
        lambda: _iso_currency(row["currency"]),
        *(partial(catalogue.requirements_of, [rule]) for rule in row["rules"]),
    ]
    for check in checks:
        try:
            check()
        except RuleBroken as problem:
            yield str(problem)
    if row["fits"] and row["fulfilment"] is None:
        yield "It has no fulfilment. Say which request accepting it opens, and what is promised."


def _iso_currency(currency: str) -> None:
    if not currency.isalpha() or len(currency) != 3:
        raise RuleBroken("The currency is no ISO code. Write it like GBP.")


def product_content(
    product: Product, *, fits: Mapping[str, str], fulfilment: Mapping[str, Any] | None
) -> dict[str, Any]:
    return {
        "code": product.code,
        "name": product.name,
        "category": product.category.code,
        "summary": product.summary,
        "currency": product.currency,
        "terms": product.terms,
        "benefit_formula": product.benefit_formula,
        "benefit_sentence": product.benefit_sentence,
        "minimum_benefit": f"{product.minimum_benefit:.2f}",
        "lever": f"{product.lever:.2f}",
        "safe_for_vulnerable": product.safe_for_vulnerable,
        "fits": dict(fits),
        "fulfilment": fulfilment,
        "rules": [_rule(rule) for rule in product.rules.all()],
    }


def _rule(rule: ProductRule) -> dict[str, Any]:
    return {
        "stage": rule.stage,
        "fact": rule.fact,
        "comparison": rule.comparison,
        "value": rule.value,
        "either": rule.either,
        "because": rule.because,
    }


def _fits(product: Product | None = None) -> dict[int, dict[str, str]]:
    fits: dict[int, dict[str, str]] = {}
    rows = NeedFit.objects.filter(fit__gt=0, need_type__retired_on=None)
    if product is not None:
        rows = rows.filter(product=product)
    for of_product, need_type, fit in rows.order_by("need_type__code").values_list(
        "product_id", "need_type__code", "fit"
    ):
        fits.setdefault(of_product, {})[need_type] = f"{fit:.2f}"
    return fits


def _fulfilments() -> dict[int, dict[str, Any]]:
    return {
        row.product_id: {
            "request_type": row.request_type.code,
            "promise_text": row.promise_text,
            "promise_days": f"{row.promise_days:.2f}",
        }
        for row in Fulfilment.objects.select_related("request_type")
    }


def draft_policy() -> dict[str, Any]:
    """The contact policy as it would be published."""
    policy = ContactPolicy.objects.first() or ContactPolicy()
    return {
        "max_offers": policy.max_offers,
        "max_surveys": policy.max_surveys,
        "max_contacts": policy.max_contacts,
        "period_days": policy.period_days,
        "cooling_off_days": policy.cooling_off_days,
        "need_floor": f"{policy.need_floor:.2f}",
    }


def _questions() -> Iterable[DiscoveryQuestion]:
    return (
        DiscoveryQuestion.objects.filter(retired_on=None)
        .prefetch_related("answers__need_type", "contact_reasons")
        .order_by("position", "pk")
    )


def _question(question: DiscoveryQuestion) -> dict[str, Any]:
    return {
        "id": question.pk,
        "code": question.code,
        "text": question.text,
        "intents": sorted(question.intents),
        "contact_reasons": sorted(reason.code for reason in question.contact_reasons.all()),
        "answers": [_answer(answer) for answer in question.answers.all()],
    }


def _answer(answer: DiscoveryAnswer) -> dict[str, Any]:
    return {
        "id": answer.pk,
        "text": answer.text,
        "need_type": answer.need_type.code if answer.need_type else None,
        "strength": f"{answer.strength:.2f}",
    }
