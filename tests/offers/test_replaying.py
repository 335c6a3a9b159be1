"""Past decisions come out bit for bit: thousands over three catalogues, and by the command."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from offers import catalogue
from offers.arbitration import ENGINE, decide
from offers.benching import population, situation_of
from offers.models import Decision
from offers.publishing import digest_of
from products.models import CatalogueVersion
from products.vocabulary import FACTS, Kind
from tests.cast import Cast, contact
from tests.offers.test_arbitration import busy_day
from tests.offers.test_explaining import SAVER, rule

pytestmark = pytest.mark.django_db
MANY = int(os.environ.get("REPLAYED", "2000"))  # 10,000 take a minute
TODAY = date(2026, 11, 23)
NEEDS = ("better-return", "cheaper-borrowing", "lower-charges", "spending-abroad")
STATUSES = ("accepted", "declined", "later", "already_has", "not_relevant", "would_need")


def replayed(*options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("replay_decisions", *options, "--json", stdout=out, stderr=StringIO())
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def content(number: int, chance: Random) -> dict[str, Any]:
    """Sixteen products whose rules, figures and needs differ from catalogue to catalogue."""
    return {
        **catalogue.EMPTY,
        "policy": {**catalogue.EMPTY["policy"], "max_offers": number + 1, "max_contacts": 4},
        "need_types": {code: {"name": code, "description": ""} for code in NEEDS},
        "questions": [
            {
                "id": 1,
                "code": "why",
                "text": "What is changing?",
                "intents": ["cancel"],
                "contact_reasons": [],
                "answers": [
                    {"id": n, "text": need, "need_type": need, "strength": "0.80"}
                    for n, need in enumerate(NEEDS)
                ],
            }
        ],
        "products": [_product(n, chance) for n in range(16)],
    }


def _product(n: int, chance: Random) -> dict[str, Any]:
    fits = {need: f"0.{chance.randrange(10, 99)}" for need in chance.sample(NEEDS, 2)}
    return SAVER | {
        "code": f"product-{n}",
        "name": f"Product {n}",
        "terms": {"rate": f"{chance.randrange(1, 9)}.{chance.randrange(10, 99)}", "fee": "3"},
        "benefit_formula": "idle_balance * (rate - current_rate) / 100 - fee / 7",
        "lever": chance.choice(["0.80", "1.00", "1.20"]),
        "safe_for_vulnerable": chance.random() < 0.5,
        "fits": fits,
        "rules": [
            rule("eligibility", "is_adult", "equals", True),
            rule("eligibility", "total_balance", "at_least", str(chance.randrange(9000))),
            rule("suitability", "card_debt", "at_most", str(chance.randrange(3000))),
        ],
    }


def situation(number: int, chance: Random) -> dict[str, Any]:
    """Whatever may stand in the inputs: needs, answers to offers, conditions, the ledger."""
    facts: dict[str, Any] = {}
    for name, fact in FACTS.items():
        match fact.kind:
            case Kind.YES_NO:
                facts[name] = chance.random() < (0.9 if name == "is_adult" else 0.15)
            case Kind.SET:
                facts[name] = sorted(chance.sample(["product-1", "product-2", "x"], 1))
            case Kind.TEXT:
                facts[name] = chance.choice(["close-account", "GB", None])
            case _:
                facts[name] = chance.choice(["0", f"{chance.randrange(90_000)}.07", None])

    def day(most: int = 120) -> str:
        return (TODAY - timedelta(days=chance.randrange(most))).isoformat()

    needs = [
        {
            "id": place,
            "type": code,
            "name": code,
            "strength": f"0.{chance.randrange(10, 99)}",
            "source": "stated",
            "evidence": chance.choice(["", "“où?” – ü"]),
            "now": chance.random() < 0.4,
        }
        for place, code in enumerate(chance.sample(NEEDS, chance.randrange(4)), start=1)
    ]
    offers = [
        {
            "product": f"product-{chance.randrange(18)}",
            "title": "Product",
            "status": chance.choice(STATUSES),
            "on": day(),
            "later_on": day(100),
            "under_way": chance.random() < 0.2,
            "need": chance.choice([None, *NEEDS]),
            "reason": chance.choice(["", "Costs too much"]),
        }
        for _ in range(chance.randrange(4))
    ]
    base = situation_of(population(1))
    return base | {
        "format": 3,
        "heard": {
            "questions": [code for code in ("question-0",) if chance.random() < 0.3],
            "needs": chance.sample(NEEDS, chance.randrange(2)),
        },
        "catalogue": number,
        "today": TODAY.isoformat(),
        "facts": facts,
        "needs": needs,
        "offers": offers,
        "elsewhere": [{"product": "product-3", "on": day()}] if chance.random() < 0.2 else [],
        "conditions": [
            {
                "product": f"product-{chance.randrange(18)}",
                "term": chance.choice(["", "rate"]),
                "comparison": "at_least",
                "figure": f"{chance.randrange(9)}.500000",
                "words": "better",
                "on": day(),
            }
            for _ in range(chance.randrange(2))
        ],
        "drawn": [
            {"purpose": chance.choice(["survey", "marketing", "service"]), "on": day(60)}
            for _ in range(chance.randrange(5))
        ],
        "contact": base["contact"]
        | {"settled": chance.choice([None, {"how": "resolved", "because": "it is done"}])},
    }


def made(many: int) -> Iterator[Decision]:
    """Decisions as they are kept, by three catalogues in turn."""
    chance = Random(20261123)
    compiled = {}
    for number in (1, 2, 3):
        found = content(number, chance)
        CatalogueVersion.objects.create(number=number, content=found, digest=digest_of(found))
        compiled[number] = catalogue.read(found, number=number)
    previous: dict[str, Any] | None = None
    for place in range(many):
        number = place % 3 + 1
        inputs = situation(number, chance) | {"previous": previous}
        results = decide(inputs, compiled[number])
        previous = {
            "decision": place,
            "catalogue": number,
            "settled": results["settled"] is not None,
            "keys": [entry["key"] for entry in results["ways"]],
            "needs": {need["type"]: need["strength"] for need in inputs["needs"]},
        }
        yield Decision(
            catalogue_number=number,
            engine=ENGINE,
            inputs=inputs,
            results=results,
            digest=digest_of(inputs),
        )


@pytest.mark.slow
def test_thousands_of_decisions_over_three_catalogues_come_out_as_they_were() -> None:
    from tests.cast import assemble

    person = assemble().ada
    seen: set[str] = set()
    batch: list[Decision] = []
    for decision in made(MANY):
        decision.customer = person
        batch.append(decision)
        seen |= {entry["kind"] for entry in decision.results["ways"]}
        seen |= {row["stage"] for row in decision.results["locked"]}
        seen |= {row["stage"] for row in decision.results["excluded"]}
        if len(batch) == 500:
            Decision.objects.bulk_create(batch)
            batch = []
    assert seen >= {
        *("offer", "question", "promise", "eligibility", "applicability", "suitability"),
        *("service_first", "contact_budget"),
    }
    catalogue._compiled.cache_clear()
    found = replayed("--last", str(MANY))
    assert (found["decisions"], found["differences"]) == (MANY, 0)
    assert found["catalogues"] == [1, 2, 3]


def test_the_command_replays_what_the_desk_decided(people: Cast) -> None:
    made = busy_day(people)
    found = replayed("--last", "1000")
    assert found["decisions"] >= len(made)
    assert (found["differences"], found["different"]) == (0, [])
    assert replayed("--last", "2")["decisions"] == 2


def test_one_decision_that_comes_out_otherwise_ends_the_command_with_one(people: Cast) -> None:
    decision = busy_day(people)[0]
    forged = Decision.objects.create(
        customer=decision.customer,
        interaction=decision.interaction,
        catalogue_number=decision.catalogue_number,
        engine=decision.engine,
        inputs=decision.inputs,
        results=decision.results | {"settled": {"how": "resolved", "because": "somebody says so"}},
        digest=decision.digest,
    )
    out = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("replay_decisions", "--last", "50", "--json", stdout=out, stderr=StringIO())
    assert failed.value.returncode == 1
    found = json.loads(out.getvalue())
    assert (found["differences"], found["different"]) == (1, [forged.pk])


@pytest.mark.parametrize("last", ["0", "-1", "many", "9" * 5000, "1e9", "²"])
def test_a_number_that_makes_no_sense_is_refused(people: Cast, last: str) -> None:
    contact(people, people.ada)
    with pytest.raises(CommandError):
        call_command("replay_decisions", f"--last={last}", stdout=StringIO(), stderr=StringIO())


def test_decisions_of_the_first_engine_come_out_as_they_did(people: Cast) -> None:
    """What they did not know stands nowhere in their inputs."""
    decision = busy_day(people)[-1]
    old = dict(decision.inputs)
    for name in ("format", "elsewhere", "conditions", "drawn", "heard", "learned"):
        old.pop(name, None)
    old["offers"] = [
        {key: row[key] for key in ("product", "status", "on", "later_on", "under_way")}
        for row in (
            *old["offers"],
            {
                "product": "saver-plus",
                "status": "already_has",
                "on": "2026-11-01",
                "later_on": None,
                "under_way": False,
            },
        )
    ]
    published = catalogue.published(decision.catalogue_number)
    results = decide(old, published, engine="stages-1")
    because = [row["because"] for row in results["excluded"] if "saver-plus" in row["products"]]
    assert because == ["The customer said on 1 Nov 2026 that they have it already."]
    assert results["engine"] == "stages-1"
