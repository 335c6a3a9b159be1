"""How does the draft become what decisions read? Whole, checked first, numbered, for good."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from accounts.errors import RuleBroken
from accounts.live import panel_changed
from accounts.models import AuditEntry, Team, User
from needs.models import DiscoveryAnswer, DiscoveryQuestion, NeedFit, NeedType
from offers import catalogue
from offers.benefits import read_formula, read_sentence
from offers.facts import CURRENCY
from offers.models import ContactPolicy
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
        "policy": _policy(),
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
    latest = CatalogueVersion.objects.order_by("-number").values_list("content", flat=True).first()
    return catalogue.EMPTY if latest is None else latest


def publish(*, by: User | None, note: str) -> CatalogueVersion:
    """Put the draft in force. Raises NotPublishable or NothingChanged; then nothing changes."""
    with transaction.atomic():
        _one_at_a_time()
        return _put_in_force(draft_content(), by=by, note=note)


def publish_again(*, number: int, by: User, note: str = "") -> CatalogueVersion:
    """Put an older catalogue in force again, as a new number; the draft stays as it is."""
    with transaction.atomic():
        _one_at_a_time()
        older = CatalogueVersion.objects.get(number=number)
        return _put_in_force(older.content, by=by, note=note or f"Back to catalogue {number}")


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])


def _put_in_force(content: dict[str, Any], *, by: User | None, note: str) -> CatalogueVersion:
    problems = problems_of(content)
    if problems:
        raise NotPublishable(problems)
    digest = digest_of(content)
    latest = CatalogueVersion.objects.order_by("-number").only("number", "digest").first()
    if latest is not None and latest.digest == digest:
        raise NothingChanged(latest.number)
    version = CatalogueVersion.objects.create(
        number=latest.number + 1 if latest else 1,
        content=content,
        digest=digest,
        note=note[:200],
        published_by=by,
    )
    AuditEntry.record(
        by=by, verb="catalogue published", subject=version, detail={"number": version.number}
    )
    panel_changed(panel="offers.ways", team_ids=Team.objects.values_list("pk", flat=True))
    return version


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


def _fits() -> dict[int, dict[str, str]]:
    fits: dict[int, dict[str, str]] = {}
    rows = NeedFit.objects.filter(fit__gt=0, need_type__retired_on=None)
    for product, need_type, fit in rows.order_by("need_type__code").values_list(
        "product_id", "need_type__code", "fit"
    ):
        fits.setdefault(product, {})[need_type] = f"{fit:.2f}"
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


def _policy() -> dict[str, Any]:
    policy = ContactPolicy.objects.first() or ContactPolicy()
    return {
        "max_offers": policy.max_offers,
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
