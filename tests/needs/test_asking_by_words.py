"""A question is asked when its words are heard, and not when its answer is known or heard."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from interactions.models import Interaction, Message
from needs import panels
from needs.models import AnswerGiven, DiscoveryAnswer, DiscoveryQuestion, Suggestion, UnknownNeed
from tests.cast import Cast, contact


@pytest.fixture
def home(cast: Cast) -> DiscoveryQuestion:
    question = DiscoveryQuestion.objects.create(
        code="home", text="Is a home planned?", heard_words=["mortgage", "moving house"]
    )
    DiscoveryAnswer.objects.create(
        question=question, position=1, text="Yes", need_type=cast.cheaper_borrowing
    )
    return question


def asked(interaction: Interaction) -> str | None:
    shown = panels.needs(customer=interaction.customer, interaction=interaction)
    return shown.question.text if shown.question else None


@pytest.mark.parametrize(
    ("notes", "is_asked"),
    [
        ("They talk to a Mortgage adviser", True),
        ("mortgages are dear", True),
        ("she is moving house", True),
        ("remortgage", False),
        ("moving the money", False),
        ("", False),
    ],
)
def test_words_in_the_notes_call_for_the_question(
    cast: Cast, home: DiscoveryQuestion, notes: str, is_asked: bool
) -> None:
    interaction = contact(cast, cast.ada, reason=cast.card_late)
    interaction.save_notes(text=notes, version=0)
    assert asked(interaction) == (home.text if is_asked else None)


def test_words_that_the_customer_wrote_call_for_it_and_ours_do_not(
    cast: Cast, home: DiscoveryQuestion
) -> None:
    interaction = contact(cast, cast.ada, reason=cast.card_late)
    Message.objects.create(interaction=interaction, direction="outbound", body="A mortgage?")
    assert asked(interaction) is None
    Message.objects.create(interaction=interaction, direction="inbound", body="My mortgage!")
    assert asked(interaction) == home.text
    interaction.close(by=cast.sam, wrap_up_code=cast.helped, summary="Done")
    assert asked(interaction) is None


def test_what_the_words_say_already_stands_back(cast: Cast) -> None:
    interaction = contact(cast, cast.ada)
    suggestion = Suggestion.objects.create(
        customer=cast.ada,
        interaction=interaction,
        need_type=cast.better_return,
        text="a better rate elsewhere",
        probability="0.9",
    )

    def question() -> panels.Question | None:
        return panels.needs(customer=cast.ada, interaction=interaction).question

    stands_back = question()
    assert stands_back is not None
    assert (stands_back.text, stands_back.is_heard) == (cast.why.text, True)
    other = DiscoveryQuestion.objects.create(
        code="other", text="Something else?", intents=["cancel"], position=200
    )
    assert asked(interaction) == other.text, "what was not heard is asked first"
    other.delete()
    suggestion.reject(by=cast.sam)
    asked_now = question()
    assert asked_now is not None
    assert not asked_now.is_heard
    Suggestion.objects.filter(pk=suggestion.pk).update(
        status="open", answered_at=None, answered_by=None
    )
    suggestion.confirm(by=cast.sam)
    assert question() is None, "known"


def test_own_words_that_no_answer_fits_are_queued_for_the_administrator(cast: Cast) -> None:
    interaction = contact(cast, cast.ada)
    AnswerGiven.give(
        interaction=interaction, question=cast.why, by=cast.sam, words="call me on 020 7946 0101"
    )
    unknown = UnknownNeed.objects.get()
    assert (unknown.source, unknown.customer) == ("answered", cast.ada)
    assert "7946" not in unknown.text


@pytest.mark.parametrize("words", ["a(b", "x|.*", "\\m", "home ", "", "a  b", "[a-z]", "%"])
def test_a_trigger_is_words_and_no_pattern(cast: Cast, words: str) -> None:
    question = DiscoveryQuestion(code="bad", text="?", heard_words=[words])
    with pytest.raises(ValidationError):
        question.full_clean()
