"""What is said in a contact is heard beside the typing, answered once, and learnt from."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from customers.models import Customer
from interactions.models import Interaction, Message
from needs import suggesting
from needs.models import (
    Example,
    ExampleSource,
    Need,
    Reading,
    Suggestion,
    SuggestionAnswered,
    UnknownNeed,
    WordsModel,
)
from tests.cast import Cast, contact
from tests.threads import at_once

Queries = Callable[[int], AbstractContextManager[object]]
SAID = "She found a better rate on savings elsewhere."


@pytest.fixture
def sam(cast: Cast, client: Client) -> Client:
    client.force_login(cast.sam)
    return client


def noted(cast: Cast, text: str, person: Customer | None = None) -> Interaction:
    """A call whose notes were typed and read."""
    interaction = contact(cast, person or cast.ada, reason=cast.card_late)
    write(cast, interaction, text)
    return interaction


def write(cast: Cast, interaction: Interaction, text: str) -> None:
    interaction.refresh_from_db()
    interaction.save_notes(text=text, version=interaction.notes_version)
    suggesting.read(interaction=interaction, by=cast.sam)


def heard(interaction: Interaction) -> list[tuple[str, str]]:
    rows = Suggestion.objects.said_in(interaction).order_by("pk")
    return [(row.need_type.code, row.status) for row in rows.select_related("need_type")]


def test_a_note_is_heard_in_the_sentence_that_says_it(cast: Cast, taught: WordsModel) -> None:
    interaction = noted(cast, f"Security questions passed.\n{SAID}\nWill call back tomorrow.")
    suggestion = Suggestion.objects.get()
    assert (suggestion.need_type, suggestion.status) == (cast.better_return, "open")
    assert suggestion.text == SAID
    assert suggestion.model_number == taught.number
    assert suggestion.reasons
    assert Need.objects.count() == 0, "suggested is not stated"
    assert not suggesting.read(interaction=interaction, by=cast.sam), "nothing new was said"


def test_two_needs_in_one_breath_are_both_heard_each_in_its_own_words(
    cast: Cast, taught: WordsModel
) -> None:
    better, cheaper = "she found a better rate on savings", "the card debt eats her up"
    interaction = noted(cast, f"{better} and {cheaper}")
    rows = {row.need_type: row for row in Suggestion.objects.said_in(interaction)}
    assert {kind: row.text for kind, row in rows.items()} == {
        cast.better_return: better,
        cast.cheaper_borrowing: cheaper,
    }
    need = rows[cast.cheaper_borrowing].confirm(by=cast.sam)
    assert need.evidence == cheaper
    write(cast, interaction, f"{better} and her dog is ill")
    assert heard(interaction) == [("better-return", "open"), ("cheaper-borrowing", "confirmed")]


def test_unsure_is_told_calmly_and_suggests_nothing(
    cast: Cast, sam: Client, taught: WordsModel
) -> None:
    interaction = noted(cast, "She lost an umbrella in the branch on Saturday.")
    assert heard(interaction) == []
    html = sam.get(reverse("needs:suggestions", args=[interaction.pk])).content.decode()
    assert "No known need in these words so far" in html


def test_nothing_is_said_before_anything_was_written(
    cast: Cast, sam: Client, taught: WordsModel
) -> None:
    interaction = noted(cast, "")
    html = sam.get(reverse("needs:suggestions", args=[interaction.pk])).content.decode()
    assert "No known need" not in html
    assert "heard-needs" not in html


def test_what_the_customer_writes_is_heard_and_what_we_write_is_not(
    cast: Cast, taught: WordsModel
) -> None:
    interaction = contact(cast, cast.ada)
    Message.objects.create(interaction=interaction, direction="outbound", body=SAID)
    suggesting.read(interaction=interaction, by=cast.sam)
    assert heard(interaction) == []
    Message.objects.create(
        interaction=interaction, direction="inbound", body="Hello. The card debt eats me up."
    )
    assert suggesting.read(interaction=interaction, by=cast.sam)
    assert heard(interaction) == [("cheaper-borrowing", "open")]


def test_a_sentence_that_is_deleted_takes_its_suggestion_along(
    cast: Cast, taught: WordsModel
) -> None:
    interaction = noted(cast, SAID)
    write(cast, interaction, "Nothing else.")
    assert heard(interaction) == [("better-return", "passed")]
    write(cast, interaction, SAID)
    assert heard(interaction) == [("better-return", "open")]


def test_confirming_states_the_need_with_the_sentence_and_teaches(
    cast: Cast, sam: Client, taught: WordsModel
) -> None:
    interaction = noted(cast, "Better rate on savings elsewhere, card 4929 1234 5678 9014.")
    suggestion = Suggestion.objects.get()
    assert "4929" not in suggestion.text
    assert sam.post(reverse("needs:confirmation", args=[suggestion.pk])).status_code == 200
    need = Need.objects.get()
    assert (need.need_type, need.source, need.interaction) == (
        cast.better_return,
        "stated",
        interaction,
    )
    assert need.evidence == suggestion.text
    example = Example.objects.get(source=ExampleSource.CONFIRMED)
    assert (example.text, example.need_type, example.by, example.customer) == (
        suggestion.text,
        cast.better_return,
        cast.sam,
        cast.ada,
    )
    assert (example.model_number, example.is_weak) == (taught.number, False)
    html = sam.get(reverse("needs:suggestions", args=[interaction.pk])).content.decode()
    assert "heard-needs" not in html
    assert AuditEntry.objects.filter(verb="need suggestion confirmed").count() == 1


def test_a_correction_states_the_other_need_and_counts_at_once(
    cast: Cast, sam: Client, taught: WordsModel
) -> None:
    said = "he wants to get out of the rate trap for good"
    interaction = contact(cast, cast.ada)
    suggestion = Suggestion.objects.create(
        customer=cast.ada,
        interaction=interaction,
        need_type=cast.better_return,
        text=said,
        probability="0.6",
    )
    address = reverse("needs:correction", args=[suggestion.pk])
    assert cast.cheaper_borrowing.name in sam.get(address).content.decode()
    assert sam.post(address, {"need_type": cast.cheaper_borrowing.pk}).status_code == 200
    suggestion.refresh_from_db()
    assert (suggestion.status, suggestion.instead) == ("corrected", cast.cheaper_borrowing)
    assert Need.objects.get().need_type == cast.cheaper_borrowing
    assert heard(noted(cast, said, cast.ben)) == [("cheaper-borrowing", "open")]


def test_a_rejection_keeps_it_away_for_the_contact_and_queues_the_sentence(
    cast: Cast, sam: Client, taught: WordsModel
) -> None:
    interaction = noted(cast, SAID)
    suggestion = Suggestion.objects.get()
    assert sam.post(reverse("needs:rejection", args=[suggestion.pk])).status_code == 200
    write(cast, interaction, f"{SAID} My savings earn next to nothing.")
    assert heard(interaction) == [("better-return", "rejected")]
    assert (Need.objects.count(), UnknownNeed.objects.get().text) == (0, SAID)
    assert Example.objects.get(source=ExampleSource.REJECTED).need_type is None


def test_a_known_need_is_not_suggested(cast: Cast, taught: WordsModel) -> None:
    Need.state(customer=cast.ada, need_type=cast.better_return, by=cast.sam)
    assert heard(noted(cast, SAID)) == []


def test_a_suggestion_left_as_it_was_is_a_weak_label_where_the_need_was_kept(
    cast: Cast, taught: WordsModel
) -> None:
    interaction = noted(cast, SAID)
    Need.state(
        customer=cast.ada, need_type=cast.better_return, by=cast.sam, interaction=interaction
    )
    write(cast, interaction, f"{SAID} Rang off.")
    assert heard(interaction) == [("better-return", "known")]
    assert Example.objects.get(source=ExampleSource.AGREED).is_weak


def test_a_need_that_is_stated_by_hand_is_an_example(
    cast: Cast, sam: Client, taught: WordsModel
) -> None:
    sam.post(
        reverse("needs:stating", args=[cast.ada.pk]),
        {"need_type": cast.better_return.pk, "evidence": "wants her money to work"},
    )
    example = Example.objects.get(source=ExampleSource.STATED)
    assert (example.text, example.customer) == ("wants her money to work", cast.ada)


def test_an_answer_is_given_once(cast: Cast, sam: Client, taught: WordsModel) -> None:
    noted(cast, SAID)
    suggestion = Suggestion.objects.get()
    suggestion.confirm(by=cast.sam)
    before = (Need.objects.count(), Example.objects.count(), AuditEntry.objects.count())
    for name in ("confirmation", "rejection"):
        assert sam.post(reverse(f"needs:{name}", args=[suggestion.pk])).status_code == 409
    with pytest.raises(SuggestionAnswered):
        suggestion.correct(by=cast.sam, to=cast.cheaper_borrowing)
    assert (Need.objects.count(), Example.objects.count(), AuditEntry.objects.count()) == before


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_answer_at_once_one_does(transactional_db: None, cast: Cast) -> None:
    suggestion = Suggestion.objects.create(
        customer=cast.ada,
        interaction=contact(cast, cast.ada),
        need_type=cast.better_return,
        text=SAID,
        probability="0.9",
    )

    def answer(number: int) -> bool:
        mine = Suggestion.objects.select_related("customer", "need_type", "interaction").get()
        try:
            if number % 2:
                mine.confirm(by=cast.sam)
            else:
                mine.reject(by=cast.sam)
        except SuggestionAnswered:
            return False
        return True

    assert sum(at_once(8, answer)) == 1
    suggestion.refresh_from_db()
    assert Example.objects.get().source == suggestion.status
    assert Need.objects.count() == (suggestion.status == "confirmed")


def test_a_wrapped_up_contact_is_neither_read_nor_answered(
    cast: Cast, sam: Client, taught: WordsModel
) -> None:
    interaction = noted(cast, SAID)
    suggestion = Suggestion.objects.get()
    interaction.close(by=cast.sam, wrap_up_code=cast.helped, summary="Done")
    for name, pk in (("reading", interaction.pk), ("confirmation", suggestion.pk)):
        assert sam.post(reverse(f"needs:{name}", args=[pk])).status_code == 409
    suggestion.refresh_from_db()
    assert (suggestion.status, Need.objects.count()) == ("open", 0)


def test_another_team_reads_and_answers_nothing(
    cast: Cast, client: Client, taught: WordsModel
) -> None:
    interaction = noted(cast, SAID)
    suggestion = Suggestion.objects.get()
    Reading.objects.all().delete()
    client.force_login(cast.stranger)
    for name, pk in (
        ("reading", interaction.pk),
        ("confirmation", suggestion.pk),
        ("rejection", suggestion.pk),
        ("correction", suggestion.pk),
    ):
        typed = {"need_type": cast.cheaper_borrowing.pk}
        assert client.post(reverse(f"needs:{name}", args=[pk]), typed).status_code == 404
    suggestion.refresh_from_db()
    assert (suggestion.status, Reading.objects.count()) == ("open", 0)


def test_a_hostile_correction_changes_nothing(cast: Cast, sam: Client, taught: WordsModel) -> None:
    noted(cast, SAID)
    suggestion = Suggestion.objects.get()
    address = reverse("needs:correction", args=[suggestion.pk])
    for typed in ({}, {"need_type": "0"}, {"need_type": "9" * 40}, {"need_type": "{{ 7*7 }}"}):
        assert sam.post(address, typed).status_code == 422
    suggestion.refresh_from_db()
    assert suggestion.status == "open"


def test_reading_never_touches_what_is_saved(cast: Cast, sam: Client, taught: WordsModel) -> None:
    interaction = contact(cast, cast.ada)
    sam.post(reverse("interactions:notes", args=[interaction.pk]), {"notes": SAID, "version": 0})
    assert Suggestion.objects.count() == 0, "saving does not wait for reading"
    answer = sam.post(reverse("needs:reading", args=[interaction.pk]))
    assert answer.json() == {"changed": True}
    interaction.refresh_from_db()
    assert (interaction.notes, interaction.notes_version) == (SAID, 1)


def test_without_a_model_nothing_is_suggested_and_nothing_breaks(cast: Cast, sam: Client) -> None:
    interaction = noted(cast, SAID)
    assert heard(interaction) == []
    assert sam.get(reverse("needs:suggestions", args=[interaction.pk])).status_code == 200


def test_hostile_notes_are_read_without_harm(cast: Cast, taught: WordsModel) -> None:
    hostile = "{{ settings.SECRET_KEY }} %s {0.__class__} \\ \u202e(((" + "savings rate " * 1500
    interaction = noted(cast, hostile[:20_000])
    assert Reading.objects.get(interaction=interaction).is_said
    assert all(len(row.text) <= 400 for row in Suggestion.objects.all())


def test_a_reason_of_another_customer_is_never_shown(cast: Cast, taught: WordsModel) -> None:
    earlier = noted(cast, "zorbing pays for her dream of better rates")
    for row in Suggestion.objects.said_in(earlier):
        row.confirm(by=cast.sam)
    noted(cast, "zorbing pays for his dream of better rates", cast.ben)
    for row in Suggestion.objects.filter(customer=cast.ben):
        assert all(part in row.text.lower() for r in row.reasons for part in r.split(" … "))


@pytest.mark.parametrize(
    "broken",
    [
        {"probability": "1.1"},
        {"status": "perhaps"},
        {"status": "confirmed"},
        {"status": "corrected"},
    ],
)
def test_the_database_refuses_a_suggestion_that_cannot_be(
    cast: Cast, broken: dict[str, str]
) -> None:
    suggestion = Suggestion.objects.create(
        customer=cast.ada,
        interaction=contact(cast, cast.ada),
        need_type=cast.better_return,
        text=SAID,
        probability="0.9",
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Suggestion.objects.filter(pk=suggestion.pk).update(**broken)


def test_the_panel_takes_three_statements(
    cast: Cast, sam: Client, taught: WordsModel, django_assert_num_queries: Queries
) -> None:
    interaction = noted(cast, f"{SAID} And the card debt eats her up.")
    address = reverse("needs:suggestions", args=[interaction.pk])
    sam.get(address)
    with django_assert_num_queries(3):
        html = sam.get(address).content.decode()
    assert "<mark>" in html
    assert "Better return?" in html


def test_a_reading_of_what_was_read_takes_six_statements(
    cast: Cast, sam: Client, taught: WordsModel, django_assert_num_queries: Queries
) -> None:
    interaction = noted(cast, SAID)
    address = reverse("needs:reading", args=[interaction.pk])
    sam.post(address)
    with django_assert_num_queries(6):
        assert sam.post(address).json() == {"changed": False}


def test_programs_read_what_the_words_of_a_contact_suggest(
    cast: Cast, taught: WordsModel, sam: Client, client: Client
) -> None:
    interaction = noted(cast, SAID)
    address = f"/api/v1/interactions/{interaction.pk}/need-suggestions/"
    [told] = sam.get(address).json()
    assert (told["need_type"], told["status"], told["instead"]) == ("better-return", "open", None)
    assert told["sentence"] == SAID
    Suggestion.objects.get().correct(by=cast.sam, to=cast.cheaper_borrowing)
    [told] = sam.get(address).json()
    assert (told["status"], told["instead"]) == ("corrected", "cheaper-borrowing")
    assert sam.post(address).status_code == 405
    client.force_login(cast.stranger)
    assert client.get(address).status_code == 404
