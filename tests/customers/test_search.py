"""Whatever an agent types of a customer finds that customer, and nobody of another team."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Team, User
from customers.models import ContactPoint, Customer
from customers.names import NameWord, is_one_typo, spellings
from customers.search import Found, masked, tidy
from tests.cast import Cast


def found(cast: Cast, text: str) -> list[Found]:
    return Customer.objects.visible_to(cast.sam).search(text)


def names(cast: Cast, text: str) -> list[str]:
    return [one.name for one in found(cast, text)]


def known(cast: Cast, name: str, *, email: str = "", phone: str = "") -> Customer:
    customer = Customer.objects.create(team=cast.team, name=name)
    for channel, value in (("email", email), ("voice", phone)):
        if value:
            customer.add_contact_point(by=None, channel=channel, value=value)
    return customer


@pytest.mark.parametrize(
    "text",
    [
        "Ada Byron",
        "ada b",
        "ADA",
        "byron",
        "Byr",
        "yro",
        "byron ada",
        "Byron, Ada",
        "  ada\tbyron ",
        "Ada Byrron",
        "Byrno",
        "Bryon",
        "Byrom",
        "Bron",
    ],
)
def test_names_are_found_by_start_surname_part_and_with_one_typo(cast: Cast, text: str) -> None:
    assert names(cast, text) == ["Ada Byron"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("020 7946 0101", "+442079460101"),
        ("+44 (0)20 7946-0101", "+442079460101"),
        ("0044 20 79460101", "+442079460101"),
        ("7946 0101", "•••• 0101"),
        ("0101", "•••• 0101"),
    ],
)
def test_phones_are_found_in_any_spelling_and_by_their_end(
    cast: Cast, text: str, shown: str
) -> None:
    assert found(cast, text) == [Found(cast.ada.pk, "Ada Byron", "personal", "voice", shown)]


def test_a_number_of_another_country_is_found_as_it_is_written_there(cast: Cast) -> None:
    known(cast, "Eva Smit", phone="+31 20 555 0123")
    assert names(cast, "020 555 0123") == ["Eva Smit"]


def test_an_email_is_shown_whole_only_when_it_was_typed_whole(cast: Cast) -> None:
    known(cast, "Dora Finn", email="Dora@Example.com")
    assert [one.shown for one in found(cast, "DORA@example.com ")] == ["dora@example.com"]
    assert [one.shown for one in found(cast, "dora@ex")] == ["d•••@example.com"]
    assert found(cast, "ora@example.com") == []


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("person7@example.com", ["contact_point_value"]),
        ("person7@ex", ["contact_point_value", "contact_point_value"]),
        ("+442079460101", ["contact_point_value"]),
        ("0101", ["contact_point_value", "contact_point_tail"]),
        ("Ada Byron", ["customer_name_prefix"]),
        ("Byron", ["customer_name_prefix", "customer_last_word"]),
    ],
)
def test_what_is_whole_or_begins_so_is_found_through_plain_indexes(
    cast: Cast, text: str, indexes: list[str]
) -> None:
    people = Customer.objects.bulk_create(
        Customer(team=cast.team, name=f"Person {number}") for number in range(400)
    )
    ContactPoint.objects.bulk_create(
        ContactPoint(customer=one, channel="email", value=f"person{number}@example.com")
        for number, one in enumerate(people)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer, customers_contactpoint")
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert cast.sam.team_ids
    plans = explained(cast, text)
    assert len(plans) == len(indexes)
    assert all(index in plan for index, plan in zip(indexes, plans, strict=True))
    assert "trigram" not in "".join(plans)


def explained(cast: Cast, text: str) -> list[str]:
    """How PostgreSQL finds it, statement by statement."""
    plans: list[str] = []

    def explain(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        execute(f"EXPLAIN {sql}", params, many, context)
        plans.append("\n".join(row[0] for row in context["cursor"].fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        assert found(cast, text)
    return plans


def test_customers_of_other_teams_are_not_found(cast: Cast) -> None:
    hidden = Customer.objects.create(team=cast.other_team, name="Zoe Quartz")
    hidden.add_contact_point(by=None, channel="email", value="zoe@example.com")
    hidden.add_contact_point(by=None, channel="voice", value="020 7946 0999")
    for text in ("Zoe Quartz", "Quartz", "uart", "Quarts", "zoe@example.com", "0999"):
        assert found(cast, text) == []
        assert Customer.objects.visible_to(cast.max).search(text) != []


@pytest.mark.parametrize(
    "text", ["", " ", "a", "%", "__", "a%", "\x00", "\x00\x00\x00", "--", "\\"]
)
def test_what_means_nobody_finds_nobody(cast: Cast, text: str) -> None:
    assert found(cast, text) == []


def test_wildcards_are_letters_like_any_other(cast: Cast) -> None:
    known(cast, "100% Wool_Ltd")
    assert names(cast, "100%") == ["100% Wool_Ltd"]
    assert names(cast, "ool_L") == ["100% Wool_Ltd"]
    assert names(cast, "W%l") == []


@pytest.mark.parametrize("text", ["a" * 100_000, "ada " * 25_000, "9" * 100_000, "@" * 100_000])
def test_a_hostile_text_asks_for_no_more_than_its_beginning(cast: Cast, text: str) -> None:
    """A9: 100 kB cost what 100 characters cost."""
    assert cast.sam.team_ids
    with CaptureQueriesContext(connection) as whole:
        found(cast, text)
    with CaptureQueriesContext(connection) as beginning:
        found(cast, text[:100])
    assert asked(whole) == asked(beginning)


def asked(statements: CaptureQueriesContext) -> list[str]:
    return [statement["sql"] for statement in statements.captured_queries]


def test_whoever_searches_keeps_the_condition_of_their_teams_alone(cast: Cast) -> None:
    with pytest.raises(TypeError, match="visible_to"):
        Customer.objects.visible_to(cast.sam).filter(segment="personal").search("Ada")
    with pytest.raises(TypeError, match="visible_to"):
        Customer.objects.exclude(pk=cast.ada.pk).search("Ada")


def test_who_is_in_no_team_finds_nobody(cast: Cast) -> None:
    cast.sam.teams.clear()
    sam = User.objects.get(pk=cast.sam.pk)
    assert Customer.objects.visible_to(sam).search("Ada") == []


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=60))
def test_no_text_breaks_the_search(cast: Cast, text: str) -> None:
    assert len(found(cast, text)) <= 20


def test_at_most_as_many_as_asked_for_each_customer_once(cast: Cast) -> None:
    Customer.objects.bulk_create(Customer(team=cast.team, name="Kim Kim") for _ in range(30))
    shown = found(cast, "kim")
    assert (len(shown), len({one.id for one in shown})) == (20, 20)


def test_words_of_names_are_learnt_renamed_and_forgotten(cast: Cast) -> None:
    dora = Customer.objects.create(team=cast.team, name="Dora Quandt")
    Customer.objects.create(team=cast.team, name="Emil Quandt")
    assert NameWord.objects.filter(word="quandt").count() == 1
    dora.change(by=cast.sam, name="Dora Quist")
    assert words("quandt", "quist") == {"quandt", "quist"}
    Customer.objects.filter(name="Emil Quandt").delete()
    assert words("quandt", "quist") == {"quist"}
    Customer.objects.filter(pk=dora.pk).delete()
    assert words("dora", "quist") == set()


def words(*asked: str) -> set[str]:
    return set(NameWord.objects.filter(word__in=asked).values_list("word", flat=True))


LETTERS = st.text("abcde", min_size=1, max_size=7)


@given(LETTERS, LETTERS)
def test_two_words_one_typo_apart_share_a_spelling(one: str, other: str) -> None:
    if is_one_typo(one, other):
        assert set(spellings(one)) & set(spellings(other))


@given(LETTERS, st.integers(0, 6), st.sampled_from("xyz"))
def test_every_single_typo_is_recognised(word: str, place: int, letter: str) -> None:
    at = place % len(word)
    swapped = word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
    typos = (word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :], swapped)
    assert all(is_one_typo(typo, word) and is_one_typo(word, typo) for typo in typos)
    assert is_one_typo(word[:at] + word[at + 1 :], word)
    assert not is_one_typo(word + "xyz", word)


def test_what_is_typed_is_tidied() -> None:
    assert tidy("  Ada\u0000\n BYRON\u202e ") == "ada byron"


def test_masks() -> None:
    assert masked("voice", "+442079460101") == "•••• 0101"
    assert masked("email", "ada@example.com") == "a•••@example.com"
    assert masked("social", "@ada") == "@•••"


def test_searching_costs_one_statement_for_what_is_whole(cast: Cast) -> None:
    team = Team.objects.create(name="Cards")
    cast.sam.teams.add(team)
    assert cast.sam.team_ids
    with CaptureQueriesContext(connection) as statements:
        found(cast, "020 7946 0101")
    assert len(statements) == 1
