"""Files go out safe and come in whole: every line is told, and an error changes nothing."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry
from accounts.spreadsheets import safe, unquoted
from needs.models import NeedFit
from offers.publishing import digest_of, draft_content
from offers.release import taking_in
from offers.release.sheets import LARGEST, SHEETS, NotASheet, decoded, exported
from products.models import Product, ProductRule
from tests.cast import Cast

pytestmark = pytest.mark.django_db
RULES, FITS, PRODUCTS = SHEETS["rules"], SHEETS["fits"], SHEETS["products"]


def file_of(name: str) -> str:
    return "".join(exported(SHEETS[name]))


def lines(name: str, text: str) -> list[tuple[int, str]]:
    return [(line.number, line.words) for line in taking_in.tried(SHEETS[name], text).lines]


@given(st.text(max_size=30).filter(lambda text: not text.startswith("'")))
def test_what_goes_out_safe_comes_back_as_it_was(text: str) -> None:
    assert unquoted(safe(text)) == text


@pytest.mark.parametrize("name", list(SHEETS))
def test_a_file_that_goes_out_changes_nothing_when_it_comes_in(people: Cast, name: str) -> None:
    Product.objects.filter(pk=people.saver.pk).update(summary="=HYPERLINK(1)")
    before = digest_of(draft_content())
    text = file_of(name)
    tried = taking_in.tried(SHEETS[name], text)
    assert {line.words for line in tried.lines} == {"as it is"}
    assert tried.changes == tried.errors == 0
    taking_in.take_in(SHEETS[name], text, mark=tried.mark, by=people.max)
    assert digest_of(draft_content()) == before


def test_no_cell_of_a_file_is_a_formula(people: Cast) -> None:
    hostile = "=cmd|'/c calc'!A1"
    Product.objects.filter(pk=people.saver.pk).update(name=hostile, summary="+1", terms={})
    text = file_of("products")
    assert f'"\'{hostile}"' in text
    assert '"\'+1"' in text


def test_a_product_is_changed_and_one_is_new(people: Cast) -> None:
    text = file_of("products").replace('"1.00","no"', '"1.10","yes"')
    text += (
        '"regular-saver","Regular Saver","savings","Save monthly.","GBP","rate = 5; fee = 1",'
        '"total_balance * rate / 100 - fee","{benefit} a year","1","1","no",""\r\n'
    )
    found = lines("products", text)
    change = "lever “1.00” becomes “1.10”; safe for vulnerable “no” becomes “yes”."
    assert [words for _, words in found] == [change, change, "is new."]
    tried = taking_in.tried(PRODUCTS, text)
    assert Product.objects.count() == 2, "a try writes nothing"
    taking_in.take_in(PRODUCTS, text, mark=tried.mark, by=people.max)
    new = Product.objects.get(code="regular-saver")
    assert new.terms == {"rate": "5", "fee": "1"}
    assert set(Product.objects.values_list("safe_for_vulnerable", flat=True)) == {True, False}
    entry = AuditEntry.objects.get(verb="sheet taken in")
    assert entry.detail == {"sheet": "products", "changes": 3}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"1.00","no"', '"1.30","no"', "lever: Ensure this value is less than or equal to 1.2"),
        ('"1.00","no"', '"1.00","maybe"', "is answered by yes or no"),
        ('"savings"', '"boats"', "There is no kind of product “boats”. Known are"),
        ("(rate - current_rate)", "(rate - gender)", "“gender” is not a figure that is known"),
        ("/ 100", "/ __import__('os')", "cannot stand in a benefit formula"),
        ('"saver-plus"', '"everyday-account"', "stands in the file twice"),
        ('"GBP"', '"gbp"', "currency"),
    ],
)
def test_a_wrong_product_is_told_by_its_line_and_nothing_is_taken_in(
    people: Cast, old: str, new: str, words: str
) -> None:
    text = file_of("products")
    assert old in text
    head, tail = text.split('"saver-plus"', 1)
    text = head + ('"saver-plus"' + tail).replace(old, new, 1)
    tried = taking_in.tried(PRODUCTS, text)
    wrong = [line for line in tried.lines if line.is_error]
    assert [line.number for line in wrong] == [3], tried.lines
    assert words in wrong[0].words
    before = digest_of(draft_content())
    with pytest.raises(Exception, match="the file has errors"):
        taking_in.take_in(PRODUCTS, text, mark=tried.mark, by=people.max)
    assert digest_of(draft_content()) == before


def test_the_lines_of_a_product_replace_its_rules(people: Cast) -> None:
    text = (
        '"product","stage","fact","comparison","value","any of","because"\r\n'
        '"saver-plus","eligibility","is_adult","is","yes","1","Savers are for adults."\r\n'
        '"saver-plus","eligibility","segment","is","business, charity","1",'
        '"Savers are for adults."\r\n'
    )
    told = lines("rules", text)
    assert told[0][1].startswith("new rule – eligibility: the customer is 18 or over (or another")
    assert told[-1][1].startswith("rule gone – suitability: balance owed on cards is at most")
    assert ProductRule.objects.count() == 2
    tried = taking_in.tried(RULES, text)
    taking_in.take_in(RULES, text, mark=tried.mark, by=people.max)
    rules = people.saver.rules.values_list("fact", "value", "either")
    assert sorted(rules, key=str) == [
        ("is_adult", True, 1),
        ("segment", ["business", "charity"], 1),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ('"boat","eligibility","is_adult","is","yes","","…"', "There is no product “boat”."),
        ('"saver-plus","soon","is_adult","is","yes","","…"', "There is no stage “soon”"),
        ('"saver-plus","eligibility","gender","is","f","","…"', "There is no fact “gender”"),
        ('"saver-plus","eligibility","card_debt","include","1","","…"', "can be compared by"),
        ('"saver-plus","eligibility","card_debt","is at most","lots","","…"', "with a number"),
        ('"saver-plus","eligibility","is_adult","is","yes","one","…"', "“any of” is empty"),
        ('"saver-plus","eligibility","is_adult","is","yes","9999999999","…"', "“any of” is empty"),
        ('"saver-plus","eligibility","is_adult","is","yes","",""', "“because” tells the agent"),
    ],
)
def test_a_wrong_rule_is_told_by_its_line(people: Cast, row: str, words: str) -> None:
    text = f'"product","stage","fact","comparison","value","any of","because"\n{row}\n'
    tried = taking_in.tried(RULES, text)
    assert [(line.number, line.is_error) for line in tried.lines] == [(2, True)]
    assert words in tried.lines[0].words
    assert people.saver.rules.count() == 2


def test_fits_are_changed_by_a_file(people: Cast) -> None:
    text = (
        '"product","need","fit"\n"saver-plus","better-return","0.9"\n'
        '"saver-plus","cheaper-borrowing","0.3"\n'
    )
    assert lines("fits", text) == [(2, "0.95 becomes 0.90."), (3, "is new, 0.30.")]
    wrong = text + '"saver-plus","better-return","1.5"\n"saver-plus","wealth","1"\n'
    assert [line.words for line in taking_in.tried(FITS, wrong).lines if line.is_error] == [
        "The product and the need stand in the file twice. Keep one line.",
        "There is no need “wealth”. Known: better-return, cheaper-borrowing.",
    ]
    tried = taking_in.tried(FITS, text)
    taking_in.take_in(FITS, text, mark=tried.mark, by=people.max)
    assert NeedFit.objects.count() == 2


def test_a_file_tried_on_another_draft_is_tried_again(people: Cast) -> None:
    text = '"product","need","fit"\n"saver-plus","better-return","0.9"\n'
    mark = taking_in.tried(FITS, text).mark
    Product.objects.filter(pk=people.saver.pk).update(summary="Other")
    with pytest.raises(taking_in.DraftChanged):
        taking_in.take_in(FITS, text, mark=mark, by=people.max)
    assert str(NeedFit.objects.get().fit) == "0.95"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The first line must name the columns: product, need, fit."),
        ("a,b,c\n", "The first line must name the columns"),
        ("product,need,fit\na,b\n", "Line 2 has 2 cells; 3 are needed."),
        ("product,need,fit\na,b,\x00\n", "characters that are no text"),
        ('product,need,fit\n"a', "is no CSV"),
        ("product,need,fit\n" + "a,b,1\n" * 2001, "more than 2,000 lines"),
        (f"product,need,fit\n{'a' * 2001},b,1\n", "longer than 2,000 characters"),
        ("product,need,fit\n" + "é" * LARGEST, "larger than 500 kB"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(people: Cast, text: str, words: str) -> None:
    with pytest.raises(NotASheet, match=words.replace(".", r"\.")):
        taking_in.tried(FITS, text)


def test_a_file_in_another_encoding_or_too_large_is_refused() -> None:
    with pytest.raises(NotASheet, match="no"):
        decoded("Zürich".encode("latin-1"))
    with pytest.raises(NotASheet, match="larger"):
        decoded(b"x" * (LARGEST + 1))


def test_a_file_goes_through_the_pages(people: Cast) -> None:
    client = Client()
    client.force_login(people.max, backend="accounts.backends.RoleBackend")
    out = client.get(reverse("catalogue:file", args=["fits"]))
    assert out["Content-Disposition"] == 'attachment; filename="fits.csv"'
    text = b"".join(out.streaming_content).decode()  # type: ignore[attr-defined]
    address = reverse("catalogue:sheet", args=["fits"])
    raw = SimpleUploadedFile("fits.csv", text.replace("0.95", "0.85").encode())
    page = client.post(address, {"file": raw}).content.decode()
    assert "0.95 becomes 0.85." in page
    assert str(NeedFit.objects.get().fit) == "0.95"
    mark = page.partition('name="mark" value="')[2].partition('"')[0]
    sent = text.replace("0.95", "0.85")
    assert client.post(address, {"text": sent, "mark": mark}).status_code == 302
    assert str(NeedFit.objects.get().fit) == "0.85"
    assert client.post(address, {"text": sent, "mark": mark}).status_code == 409
    assert client.post(address, {}).status_code == 422
    assert client.get(reverse("catalogue:sheet", args=["customers"])).status_code == 404
