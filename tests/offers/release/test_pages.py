"""The catalogue's pages: who may, what they show, and that rules are edited in plain words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from customers.models import Customer
from needs.models import Need
from offers import publishing
from offers.models import PolicyTest, Release
from products.models import CatalogueVersion, Product, ProductRule
from tests.cast import Cast

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
SAVER = ["saver-plus"]


def as_(user: User, *, htmx: bool = False) -> Client:
    client = Client(headers=HTMX if htmx else {})
    client.force_login(user, backend="accounts.backends.RoleBackend")
    return client


def page(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(f"catalogue:{name}", args=args), query)
    assert response.status_code == 200, response.content
    return response.content.decode()


def seen_mark(client: Client) -> str:
    text = page(client, "product", *SAVER)
    return text.partition('name="seen" value="')[2].partition('"')[0]


RULES = {
    "stage-0": "eligibility",
    "fact-0-0": "is_adult",
    "comparison-0-0": "equals",
    "value-0-0": "yes",
    "because-0": "Savers are for adults.",
    "stage-1": "suitability",
    "fact-1-0": "card_debt",
    "comparison-1-0": "at_most",
    "value-1-0": "0",
    "because-1": "Paying off the card helps more than saving.",
}
OR_BUSINESS = {
    "fact-0-1": "segment",
    "comparison-0-1": "equals",
    "value-0-1": "business, charity",
}


def post(client: Client, name: str, posted: dict[str, str], *, code: str = "saver-plus") -> str:
    return client.post(reverse(f"catalogue:{name}", args=[code]), posted).content.decode()


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("proposal", []),
        ("review", [1]),
        ("step", [1]),
        ("back", [1]),
        ("simulation", [1]),
        ("cancellation", [1]),
        ("restoration", [1]),
        ("rules", SAVER),
        ("seen", SAVER),
        ("funnel", SAVER),
        ("policy_test", SAVER),
        ("retirement", [1]),
        ("sheet", ["rules"]),
    ],
)
def test_only_administrators_prepare_the_catalogue(
    people: Cast, name: str, args: list[object]
) -> None:
    Product.objects.filter(pk=people.saver.pk).update(name="Saver Double")
    before = AuditEntry.objects.count()
    for person in (people.sam, people.una, people.stranger):
        response = as_(person).post(reverse(f"catalogue:{name}", args=args), {"note": "Mine"})
        assert response.status_code == 403
    assert CatalogueVersion.objects.count() == 1
    assert Release.objects.count() == 0
    assert AuditEntry.objects.count() == before


def test_a_draft_is_proposed_reviewed_by_another_and_published(people: Cast, ivy: User) -> None:
    Product.objects.filter(pk=people.saver.pk).update(minimum_benefit=Decimal(50))
    maxs, ivys = as_(people.max), as_(ivy)
    home = page(maxs, "home")
    assert "Saver Plus: least benefit a year £10.00 becomes £50.00." in home
    maxs.post(reverse("catalogue:proposal"), {"note": "Fifty pounds at least"})
    release = Release.objects.get()
    mine = page(maxs, "release", release.pk)
    assert "another administrator reviews it" in mine
    review = reverse("catalogue:review", args=[release.pk])
    assert maxs.post(review, {"verdict": "approve"}).status_code == 403
    assert "Approve" in page(ivys, "release", release.pk)
    ivys.post(review, {"verdict": "approve"})
    step = reverse("catalogue:step", args=[release.pk])
    refused = ivys.post(step, {"to": "all"})
    assert refused.status_code == 422
    assert "Not done yet: a simulation" in refused.content.decode()
    assert CatalogueVersion.objects.count() == 1
    ivys.post(step, {"to": "all", "because": "A law changed"})
    assert publishing.number_in_force() == 2
    assert "Roll back for everybody" in page(ivys, "release", release.pk)
    ivys.post(reverse("catalogue:back", args=[release.pk]))
    assert publishing.number_in_force() == 3
    assert "Back to catalogue 1" in page(ivys, "home")


@pytest.mark.parametrize(
    ("name", "posted"),
    [
        ("review", {"verdict": "maybe"}),
        ("review", {"verdict": "return", "because": "x" * 201}),
        ("step", {"to": "everybody"}),
        ("step", {"to": "all", "at": "soon"}),
        ("step", {"to": "shadow", "at": "2099-01-01T10:00"}),
        ("simulation", {"days": "365"}),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    approved: Release, ivy: User, name: str, posted: dict[str, str]
) -> None:
    before = AuditEntry.objects.count()
    response = as_(ivy).post(reverse(f"catalogue:{name}", args=[approved.pk]), posted)
    assert response.status_code == 422
    assert AuditEntry.objects.count() == before
    assert Release.objects.get().stage == "approved"


def statements(client: Client, name: str, *args: object) -> int:
    page(client, name, *args)
    with CaptureQueriesContext(connection) as queries:
        page(client, name, *args)
    assert not any(query["sql"].startswith(("INSERT", "UPDATE", "DELETE")) for query in queries)
    return len(queries)


def test_pages_cost_the_same_statements_however_much_there_is(
    people: Cast, approved: Release, ivy: User
) -> None:
    client = as_(ivy)
    pages = [("home", ()), ("release", (approved.pk,)), ("product", SAVER)]
    test = {"name": "First", "verdict": "never", "customer": people.ben.pk}
    client.post(reverse("catalogue:policy_test", args=SAVER), test)
    few = [statements(client, name, *args) for name, args in pages]
    for number in range(5):
        other = Product.objects.create(
            code=f"other-{number}",
            name=f"Other {number}",
            category=people.saver.category,
            summary="…",
            benefit_formula="0",
            benefit_sentence="…",
        )
        for product in (other, people.saver):
            ProductRule.objects.create(
                product=product,
                stage="eligibility",
                fact="country",
                comparison="equals",
                value=["GB"],
                because="…",
            )
        client.post(
            reverse("catalogue:policy_test", args=SAVER),
            {"name": f"Test {number}", "verdict": "never", "customer": people.ben.pk},
        )
    assert PolicyTest.objects.count() == 6
    assert [statements(client, name, *args) for name, args in pages] == few


# --- Rules in plain language --------------------------------------------------------------------


def test_rules_are_typed_kept_in_the_draft_and_audited(people: Cast) -> None:
    client = as_(people.max)
    typed = RULES | OR_BUSINESS | {"seen": seen_mark(client), "do": "save"}
    response = client.post(reverse("catalogue:rules", args=SAVER), typed)
    assert response.status_code == 302
    rules = list(people.saver.rules.values_list("stage", "fact", "value", "either"))
    assert sorted(rules, key=str) == [
        ("eligibility", "is_adult", True, 1),
        ("eligibility", "segment", ["business", "charity"], 1),
        ("suitability", "card_debt", "0", None),
    ]
    assert AuditEntry.objects.filter(verb="rules changed").count() == 1
    assert CatalogueVersion.objects.count() == 1


def test_rules_typed_as_they_are_change_nothing(people: Cast) -> None:
    client = as_(people.max)
    before = list(people.saver.rules.values_list("pk", flat=True))
    client.post(
        reverse("catalogue:rules", args=SAVER),
        RULES | {"seen": seen_mark(client), "do": "save"},
    )
    assert list(people.saver.rules.values_list("pk", flat=True)) == before
    assert not AuditEntry.objects.filter(verb="rules changed").exists()


def test_a_colleagues_rules_are_not_undone_unseen(people: Cast) -> None:
    client = as_(people.max)
    seen = seen_mark(client)
    ProductRule.objects.filter(fact="card_debt").update(value="100")
    response = client.post(
        reverse("catalogue:rules", args=SAVER), RULES | {"seen": seen, "do": "save"}
    )
    assert response.status_code == 409
    assert "Somebody has changed these rules" in response.content.decode()
    assert ProductRule.objects.get(fact="card_debt").value == "100"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"value-1-0": "little"}, "is compared with a number"),
        ({"value-1-0": "9" * 30}, "a number below a million million"),
        ({"fact-1-0": "gender"}, "Choose what to look at."),
        ({"fact-1-0": ""}, "Choose what to look at."),
        ({"value-0-0": "perhaps"}, "is answered by yes or no"),
        ({"because-1": " "}, "Write what the agent is told"),
        ({"because-1": "x" * 201}, "Tell it in 200 characters."),
        ({"fact-0-0": "{{7*7}}", "value-0-0": "__import__('os')"}, "Choose what to look at."),
    ],
)
def test_rules_that_make_no_sense_stand_there_with_their_error(
    people: Cast, wrong: dict[str, str], words: str
) -> None:
    client = as_(people.max, htmx=True)
    typed = RULES | wrong | {"seen": seen_mark(client), "do": "save"}
    response = client.post(reverse("catalogue:rules", args=SAVER), typed)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert sorted(people.saver.rules.values_list("fact", flat=True)) == ["card_debt", "is_adult"]


def test_cards_come_and_go_without_being_kept(people: Cast) -> None:
    client = as_(people.max, htmx=True)
    text = post(client, "rules", RULES | {"do": "add:applicability"})
    assert text.count('class="rule-card"') == 3
    text = post(client, "rules", RULES | {"do": "or:0"})
    assert 'name="fact-0-1"' in text
    text = post(client, "rules", RULES | {"do": "remove:0:0"})
    assert text.count('class="rule-card"') == 1
    assert "card_debt" in text
    response = client.post(reverse("catalogue:rules", args=SAVER), RULES | {"do": "drop table"})
    assert response.status_code == 422
    assert people.saver.rules.count() == 2


def test_the_preview_moves_while_rules_are_typed(people: Cast) -> None:
    Need.state(customer=people.ada, need_type=people.better_return, by=people.sam)
    client = as_(people.max, htmx=True)
    chosen = {"customer": str(people.ada.pk)}
    text = post(client, "seen", RULES | chosen)
    assert text.count("It would be offered.") == 2
    poor = {
        "stage-2": "eligibility",
        "fact-2-0": "total_balance",
        "comparison-2-0": "at_most",
        "value-2-0": "100",
        "because-2": "For those who begin.",
    }
    text = post(client, "seen", RULES | poor | chosen)
    assert text.count("It would be offered.") == 1
    assert "Not possible: For those who begin." in text
    assert "Money with us is at most £100.00. Here: £8,500.00." in text
    text = post(client, "seen", RULES | poor | {"value-2-0": ""} | chosen)
    assert "1 unfinished condition left out" in text
    assert ProductRule.objects.count() == 2
    assert "Choose a customer" in post(client, "seen", RULES)
    missing = client.post(reverse("catalogue:seen", args=SAVER), RULES | {"customer": "999999"})
    assert missing.status_code == 404


def counts(text: str) -> list[int]:
    return [int(part.partition("</b>")[0]) for part in text.split("<b>")[1:]]


def test_the_funnel_counts_the_whole_base_by_the_rules_as_typed(people: Cast) -> None:
    Customer.objects.filter(pk=people.ben.pk).update(born_on=timezone.localdate())
    Need.state(customer=people.ada, need_type=people.better_return, by=people.sam)
    people.cy.mark_vulnerable(by=people.una, because="illness")
    client = as_(people.max, htmx=True)
    assert counts(post(client, "funnel", RULES)) == [3, 2, 1, 1, 1]
    everybody = RULES | {"fact-0-0": "country", "value-0-0": "GB"}
    assert counts(post(client, "funnel", everybody)) == [3, 3, 2, 2, 1]
    with CaptureQueriesContext(connection) as queries:
        post(client, "funnel", everybody)
    assert sum("customers_holding" in query["sql"] for query in queries) == 1
    assert ProductRule.objects.count() == 2


def test_the_funnel_tells_how_far_it_has_come(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from offers.release import funnel

    monkeypatch.setattr(funnel, "STRETCH", people.ada.pk)
    client = as_(people.max, htmx=True)
    text = post(client, "funnel", RULES)
    assert "counting the rest of the base" in text
    assert counts(text)[0] == 1
    so_far = {
        part.partition('"')[0]: part.partition('value="')[2].partition('"')[0]
        for part in text.split('type="hidden" name="')[1:]
    }
    monkeypatch.setattr(funnel, "STRETCH", people.cy.pk)
    text = post(client, "funnel", RULES | so_far)
    assert counts(text) == [3, 3, 3, 3, 0]
    assert "counting the rest of the base" not in text


def test_however_many_pieces_a_stretch_has_every_customer_is_counted_once(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from offers.release import funnel

    client = as_(people.max, htmx=True)
    found = []
    for pieces in (1, 2, 3, 50):  # more pieces than numbers: some have nobody in them
        monkeypatch.setattr(funnel, "PIECES", pieces)
        found.append(counts(post(client, "funnel", RULES)))
    assert found == [found[0]] * 4
    assert found[0][0] == Customer.objects.count()


def test_a_policy_test_is_made_from_a_preview_and_names_nobody(people: Cast) -> None:
    Need.state(
        customer=people.ada,
        need_type=people.better_return,
        by=people.sam,
        evidence="I saw 4 % elsewhere",
    )
    client = as_(people.max)
    made = {"name": "Has money idle", "verdict": "sees", "customer": str(people.ada.pk)}
    client.post(reverse("catalogue:policy_test", args=SAVER), made)
    test = PolicyTest.objects.get()
    kept = publishing.canonical(test.inputs)
    assert test.inputs["customer"] == 0
    assert "4 % elsewhere" not in kept
    assert "Ada" not in kept
    assert "“Has money idle” sees Saver Plus." in page(client, "home")
    people.saver.rules.create(
        stage="eligibility", fact="country", comparison="equals", value=["IE"], because="Irish."
    )
    home = page(client, "home")
    assert "“Has money idle” should see Saver Plus, but: Not possible: Irish." in home
    response = client.post(reverse("catalogue:proposal"), {"note": "For Ireland"})
    assert response.status_code == 422
    assert Release.objects.count() == 0
    again = client.post(reverse("catalogue:policy_test", args=SAVER), made)
    assert again.status_code == 409
    client.post(reverse("catalogue:retirement", args=[test.pk]))
    assert "No policy tests yet" in page(client, "home")


def test_one_policy_test_speaks_of_several_products(people: Cast) -> None:
    client = as_(people.max)
    made = {"name": "Two at once", "verdict": "never", "customer": str(people.ada.pk)}
    both = made | {"product_1": people.current.code, "verdict_1": "never"}
    client.post(reverse("catalogue:policy_test", args=SAVER), both)
    expected = PolicyTest.objects.get().expectations.values_list("product_code", "verdict")
    assert set(expected) == {("everyday-account", "never"), ("saver-plus", "never")}


@pytest.mark.parametrize(
    "further",
    [
        {"product_1": "saver-plus", "verdict_1": "never"},
        {"product_1": "everyday-account", "verdict_1": ""},
        {"product_1": "everyday-account", "verdict_1": "perhaps"},
        {"product_1": "nothing-like-it", "verdict_1": "never"},
        {
            "product_1": "everyday-account",
            "verdict_1": "never",
            "product_2": "everyday-account",
            "verdict_2": "sees",
        },
    ],
)
def test_a_policy_test_that_contradicts_itself_is_refused(
    people: Cast, further: dict[str, str]
) -> None:
    made = {"name": "So and so", "verdict": "sees", "customer": str(people.ada.pk)}
    address = reverse("catalogue:policy_test", args=SAVER)
    assert as_(people.max).post(address, made | further).status_code == 422
    assert not PolicyTest.objects.exists()


@pytest.mark.parametrize("lever", ["1.21", "0.79", "NaN", "1e9", "", "x", "1" * 9])
def test_a_lever_out_of_bounds_is_refused(people: Cast, lever: str) -> None:
    response = as_(people.max).get(
        reverse("catalogue:lever", args=SAVER), {"lever": lever, "days": "30"}
    )
    assert "stands first" not in response.content.decode()
    assert response.status_code in {200, 422}
