"""The list asks the question whose answer changes it most, and never what is known."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from interactions.models import Interaction
from needs import panels as needs_panels
from needs.models import (
    AnswerGiven,
    DiscoveryAnswer,
    DiscoveryQuestion,
    Need,
    NeedSource,
    NextQuestion,
    Suggestion,
)
from offers import catalogue
from offers.arbitration import decide, decide_for, replay
from offers.models import Decision
from offers.panels import ways
from offers.publishing import publish
from tests.cast import Cast, contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty(people: Cast) -> DiscoveryQuestion:
    """A question that stands first and whose answer brings nothing."""
    question = DiscoveryQuestion.objects.create(
        code="empty", text="Anything else?", intents=["cancel"], position=1
    )
    DiscoveryAnswer.objects.create(question=question, position=1, text="No")
    publish(by=people.max, note="One question more")
    return question


@pytest.fixture
def home(people: Cast) -> DiscoveryQuestion:
    question = DiscoveryQuestion.objects.create(
        code="home", text="Is a home planned?", heard_words=["mortgage"], position=200
    )
    DiscoveryAnswer.objects.create(
        question=question, position=1, text="Yes", need_type=people.better_return
    )
    publish(by=people.max, note="One question by words")
    return question


def decided(cast: Cast, interaction: Interaction) -> Decision:
    return decide_for(customer=interaction.customer, interaction=interaction, by=cast.sam)


def entry(decision: Decision) -> dict[str, Any] | None:
    asked = [one for one in decision.results["ways"] if one["kind"] == "question"]
    assert len(asked) <= 1
    return asked[0] if asked else None


def in_list(decision: Decision) -> str | None:
    asked = entry(decision)
    return asked["title"] if asked else None


def beside(interaction: Interaction) -> str | None:
    shown = needs_panels.needs(customer=interaction.customer, interaction=interaction)
    return shown.question.text if shown.question else None


def test_of_several_the_one_is_asked_whose_answer_changes_the_list_most(
    people: Cast, empty: DiscoveryQuestion
) -> None:
    interaction = contact(people, people.ada)
    assert beside(interaction) == empty.text, "nothing was weighed yet"
    decision = decided(people, interaction)
    assert in_list(decision) == people.why.text
    assert beside(interaction) == people.why.text, "the same question beside the list"
    AnswerGiven.give(
        interaction=interaction, question=people.why, by=people.sam, answer=people.wants_return
    )
    assert in_list(decided(people, interaction)) == beside(interaction) == empty.text


def test_words_in_the_notes_call_for_a_question(people: Cast, home: DiscoveryQuestion) -> None:
    interaction = contact(people, people.ada, reason=people.card_late)
    first = decided(people, interaction)
    assert in_list(first) is None
    interaction.save_notes(text="She asks about a mortgage", version=0)
    assert ways(interaction=interaction).is_stale, "the list looks again once the words are heard"
    second = decided(people, interaction)
    assert (in_list(second), beside(interaction)) == (home.text, home.text)
    assert not ways(interaction=interaction).is_stale
    assert "mortgage" not in str(second.inputs), "the words themselves are not kept"
    assert replay(second) == second.results


@pytest.mark.parametrize(
    ("source", "is_asked"),
    [(NeedSource.STATED, False), (NeedSource.DISCOVERED, False), (NeedSource.INFERRED, True)],
)
def test_what_was_stated_in_this_contact_is_not_asked(
    people: Cast, source: NeedSource, is_asked: bool
) -> None:
    interaction = contact(people, people.ada)
    Need.state(
        customer=people.ada,
        need_type=people.better_return,
        by=people.sam,
        source=source,
        interaction=interaction,
    )
    asked = people.why.text if is_asked else None
    assert in_list(decided(people, interaction)) == beside(interaction) == asked


def test_what_was_answered_lately_in_another_contact_is_not_asked(people: Cast) -> None:
    before = contact(people, people.ada)
    AnswerGiven.give(interaction=before, question=people.why, by=people.sam, words="Moving away")
    before.close(by=people.sam, wrap_up_code=people.helped, summary="Done")
    interaction = contact(people, people.ada)
    assert in_list(decided(people, interaction)) is None
    assert beside(interaction) is None


def heard(cast: Cast, interaction: Interaction, probability: str) -> None:
    Suggestion.objects.create(
        customer=interaction.customer,
        interaction=interaction,
        need_type=cast.better_return,
        text="a better rate elsewhere",
        probability=probability,
    )


def test_what_seems_to_be_said_stands_back(people: Cast, empty: DiscoveryQuestion) -> None:
    interaction = contact(people, people.ada)
    decided(people, interaction)
    heard(people, interaction, "0.9")
    assert ways(interaction=interaction).is_stale
    assert in_list(decided(people, interaction)) == beside(interaction) == empty.text
    AnswerGiven.give(interaction=interaction, question=empty, by=people.sam, words="No")
    left = entry(decided(people, interaction))
    assert left is not None
    assert (left["title"], left["why"]) == (people.why.text, "Said already, it seems")
    assert {"name": "seems to be said already", "value": "-0.30"} in left["factors"]
    assert Decimal(left["score"]) == sum(Decimal(one["value"]) for one in left["factors"])


def test_what_is_hardly_heard_changes_nothing(people: Cast) -> None:
    interaction = contact(people, people.ada)
    heard(people, interaction, "0.6")
    asked = entry(decided(people, interaction))
    assert asked is not None
    assert asked["why"] != "Said already, it seems"


def test_the_question_is_kept_only_when_it_becomes_another(people: Cast) -> None:
    interaction = contact(people, people.ada)
    decided(people, interaction)
    NextQuestion.objects.all().delete()
    interaction.save_notes(text="Hello", version=0)
    decided(people, interaction)
    assert not NextQuestion.objects.exists()


def test_decisions_of_the_engine_before_come_out_as_they_did(people: Cast) -> None:
    """They knew neither words nor what was stated, and asked all the same."""
    interaction = contact(people, people.ada)
    Need.state(
        customer=people.ada, need_type=people.better_return, by=people.sam, interaction=interaction
    )
    decision = decided(people, interaction)
    assert in_list(decision) is None
    old = {**decision.inputs, "format": 2}
    del old["heard"]
    results = decide(old, catalogue.published(decision.catalogue_number), engine="stages-2")
    asked = [one["title"] for one in results["ways"] if one["kind"] == "question"]
    assert asked == [people.why.text]
    assert results["engine"] == "stages-2"


def test_over_many_contacts_the_list_and_the_panel_ask_the_same(people: Cast) -> None:
    """Any mix of triggers, words, needs and answers: one question, none whose answer is known."""
    chance = Random(20261123)
    DiscoveryQuestion.objects.update(retired_on="2026-01-01")
    kinds = [people.better_return, people.cheaper_borrowing]
    for place in range(6):
        question = DiscoveryQuestion.objects.create(
            code=f"question-{place}",
            text=f"Question {place}?",
            intents=chance.sample(["cancel", "change"], chance.randrange(3)),
            heard_words=chance.sample(["house", "rate", "loan"], chance.randrange(3)),
            position=chance.randrange(9),
        )
        for answer, kind in enumerate(chance.sample([*kinds, None], chance.choice([1, 2]))):
            DiscoveryAnswer.objects.create(
                question=question,
                position=answer,
                text="So",
                need_type=kind,
                strength=Decimal(chance.randrange(3, 10)) / 10,
            )
    publish(by=people.max, note="Many questions")
    asked_at_all = set()
    for _ in range(20):
        interaction = contact(people, people.ada, reason=chance.choice([people.closing, None]))
        words = chance.sample(["a house", "the rate", "loans", "birthrate"], chance.randrange(3))
        interaction.save_notes(text=". ".join(words), version=0)
        for kind in chance.sample(kinds, chance.choice([0, 0, 1])):
            heard_kind = {"need_type": kind, "text": "so", "probability": "0.9"}
            Suggestion.objects.create(customer=people.ada, interaction=interaction, **heard_kind)
        if chance.random() < 0.3:
            kind = chance.choice(kinds)
            Need.state(customer=people.ada, need_type=kind, by=people.sam, interaction=interaction)
        decision = decided(people, interaction)
        asked = in_list(decision)
        assert beside(interaction) == asked
        asked_at_all.add(asked)
        assert replay(decision) == decision.results
        told = {one["type"] for one in decision.inputs["needs"] if one["now"]}
        for possible in DiscoveryAnswer.objects.filter(question__text=asked or ""):
            assert possible.need_type is None or possible.need_type.code not in told
        Need.objects.all().delete()
        interaction.close(by=people.sam, wrap_up_code=people.helped, summary="Done")
    assert len(asked_at_all) == 3, "the words and needs make a difference"
