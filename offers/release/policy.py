"""Do saved customers still see, wait for, or never see what they should under this content?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import Conflict, RuleBroken
from accounts.models import AuditEntry, User
from customers.models import Customer
from offers import catalogue
from offers.catalogue import Content
from offers.compiled import Catalogue
from offers.explaining import STAGES
from offers.models import PolicyExpectation, PolicyTest, Verdict
from offers.preview import situation
from offers.stages import Sieve

MENDING = {
    Verdict.SEES: "Change that rule, or the test.",
    Verdict.WAITS: "Change what it waits for, or the test.",
    Verdict.NEVER: "Add a rule that keeps it from such customers, or change the test.",
}
Found = tuple[Verdict, str]


class NameTaken(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is a policy test “{name}” already. Give this one another name.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expectation beside what was decided; `words` say it whole, and how to mend it."""

    test: PolicyTest
    product: str
    wanted: Verdict
    holds: bool
    words: str


def frozen(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A situation without customer, contact, evidence and texts: what rules read stays."""
    needs = [
        {**need, "id": place, "evidence": ""} for place, need in enumerate(inputs["needs"], start=1)
    ]
    emptied = {"customer": 0, "interaction": None, "seen": [None, None], "previous": None}
    return {**inputs, **emptied, "needs": needs, "requests": [], "promises": []}


def verdicts(inputs: Mapping[str, Any], read: Catalogue) -> dict[str, Found]:
    """By product code what the customer gets, and where and why it ends when it is not offered."""
    sifted = Sieve(inputs, read).sift()
    found: dict[str, Found] = {
        one.product.code: (Verdict.SEES, "It would be offered.") for one in sifted.open
    }
    for candidate, lock in sifted.locked:
        found[candidate.product.code] = (Verdict.WAITS, f"{STAGES[lock.stage]}: {lock.because}")
    for (stage, because), products in sifted.excluded.items():
        for code in read.codes_of(products):
            found[code] = (Verdict.NEVER, f"{STAGES[stage]}: {because}")
    return found


def outcomes(content: Content, tests: Iterable[PolicyTest] | None = None) -> list[Outcome]:
    """Every expectation of every test in use; two statements. Raises RuleBroken for bad content."""
    asked = PolicyTest.objects.in_use().prefetch_related("expectations") if tests is None else tests
    read = catalogue.read(content)
    return [
        _outcome(test, expectation, found, read)
        for test in asked
        for found in [verdicts(test.inputs, read)]
        for expectation in test.expectations.all()
    ]


def failing(content: Content) -> list[str]:
    """One sentence for every expectation that does not hold."""
    return [one.words for one in outcomes(content) if not one.holds]


def _outcome(
    test: PolicyTest, expectation: PolicyExpectation, found: Mapping[str, Found], read: Catalogue
) -> Outcome:
    code, wanted = expectation.product_code, Verdict(expectation.verdict)
    product = read.by_code.get(code)
    name = product.name if product else code
    nowhere: Found = (Verdict.NEVER, f"{name} is not in this catalogue.")
    got, because = found.get(code, nowhere)
    holds = got == wanted
    words = f"“{test}” {wanted.label} {name}."
    if not holds:
        words = f"“{test}” {_should(wanted)} {name}, but: {because} {MENDING[wanted]}"
    return Outcome(test, name, wanted, holds, words)


def _should(wanted: Verdict) -> str:
    return {
        Verdict.SEES: "should see",
        Verdict.WAITS: "should wait for",
        Verdict.NEVER: "should never see",
    }[wanted]


def make(
    *, customer: Customer, name: str, expected: Mapping[str, str], by: User, at: datetime
) -> PolicyTest:
    """Freeze a customer's situation with what must be decided on it, by product code."""
    if not expected:
        raise RuleBroken("Choose at least one product and what the customer should get.")
    try:
        with transaction.atomic():
            inputs = frozen(situation(customer=customer, at=at))
            test = PolicyTest.objects.create(name=name, inputs=inputs, made_by=by)
            PolicyExpectation.objects.bulk_create(
                PolicyExpectation(test=test, product_code=code, verdict=verdict)
                for code, verdict in expected.items()
            )
            AuditEntry.record(
                by=by, verb="policy test made", subject=test, detail={"expected": dict(expected)}
            )
    except IntegrityError:
        raise NameTaken(name) from None
    return test


def retire(test: PolicyTest, *, by: User) -> bool:
    """Run it no more; false when somebody did so already."""
    with transaction.atomic():
        now = timezone.now()
        in_use = PolicyTest.objects.in_use().filter(pk=test.pk)
        changed = in_use.update(retired_at=now, retired_by=by)
        if changed:
            AuditEntry.record(by=by, verb="policy test retired", subject=test)
    return bool(changed)
