"""The law as data: refused when unclear, and no region is looser than its country."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from phonenumbers import PhoneNumber, geocoder

from customers.lawful import REST, LawUnclear, editions, is_part, law_at, place_of_number
from customers.lawful.book import FOLDER, read_all
from customers.lawful.edition import common, within
from customers.lawful.reading import ELSEWHERE, OUTCOMES, WAYS

DAY = date(2026, 11, 23)  # a Monday
SUNDAY = date(2026, 11, 22)
CHRISTMAS = date(2026, 12, 25)


def hours(first: int, last: int) -> tuple[time, time]:
    return time(first), time(last)


@pytest.mark.parametrize(
    ("country", "region", "monday", "sunday"),
    [
        ("GB", "", hours(9, 21), hours(10, 21)),
        ("GB", "GB-SCT", hours(9, 21), hours(10, 21)),
        ("US", "US-NY", hours(8, 21), hours(8, 21)),
        ("US", "US-TX", hours(9, 21), hours(12, 21)),
        ("US", "US-FL", hours(8, 20), hours(8, 20)),
        ("US", "US-RI", hours(9, 18), None),
        ("US", "US-UT", hours(8, 21), None),
        ("US", "", hours(10, 18), None),  # nobody knows which state: the strictest of each
        ("US", "US-XX", hours(10, 18), None),
        ("US", "GB-SCT", hours(10, 18), None),
        ("FR", "", hours(10, 18), None),  # nobody has entered its rules
        ("ZZ", "ZZ-1", hours(10, 18), None),
    ],
)
def test_each_place_has_its_hours(
    country: str,
    region: str,
    monday: tuple[time, time],
    sunday: tuple[time, time] | None,
) -> None:
    law = law_at(country, region, DAY)
    assert (law.span(DAY), law.span(SUNDAY)) == (monday, sunday)
    assert law.span(CHRISTMAS) is None or country == "ZZ"
    assert law.version.startswith(("GB 2026-11-23 ", "US 2026-11-23 ", "* 2026-11-23 "))


def test_the_parts_of_a_country_keep_their_own_holidays() -> None:
    saint_andrews, boxing_day = date(2026, 11, 30), date(2026, 12, 28)
    assert law_at("GB", "GB-SCT", DAY).is_holiday(saint_andrews)
    assert not law_at("GB", "GB-ENG", DAY).is_holiday(saint_andrews)
    assert law_at("GB", "", DAY).is_holiday(boxing_day)
    mardi_gras = date(2027, 2, 9)
    assert law_at("US", "US-LA", DAY).is_holiday(mardi_gras)
    assert law_at("US", "", DAY).is_holiday(mardi_gras)  # it may be Louisiana
    assert not law_at("US", "US-NY", DAY).is_holiday(mardi_gras)


def test_no_region_is_looser_than_its_country_and_no_place_than_elsewhere() -> None:
    elsewhere = editions()[ELSEWHERE][0]
    for alike in editions().values():
        for edition in alike:
            for region in edition.regions.values():
                assert within(region.week or edition.week, edition.week)
                assert within(elsewhere.week, common(edition.week, region.week or edition.week))
                assert elsewhere.adult_years >= (region.adult_years or edition.adult_years)
            assert elsewhere.most_attempts <= edition.most_attempts
            assert elsewhere.most_a_day <= edition.most_a_day
            assert all(elsewhere.gaps[one] >= edition.gaps[one] for one in OUTCOMES)
            assert all(elsewhere.needs_consent[way] for way in WAYS)


def test_every_line_names_who_says_so() -> None:
    for alike in editions().values():
        for edition in alike:
            parts = [edition.lines, *(region.lines for region in edition.regions.values())]
            lines = [line for part in parts for line in part]
            assert len(lines) >= 11
            assert all(line.says and line.source.text and line.source.where for line in lines)


def test_registers_concern_marketing_and_our_own_list_everything() -> None:
    law = law_at("GB", "", DAY)
    assert not law.forbids("register:tps", "survey")
    assert law.forbids("register:tps", "marketing")
    assert law.forbids("internal", "survey")
    assert law.forbids("global", "service")
    assert law.forbids("register:nobody-knows-it", "survey")
    assert [one.longest_age.days for one in law.registers_for("marketing")] == [28, 28]
    assert law.registers_for("survey") == ()


def test_area_codes_tell_the_state_that_the_numbering_plan_tells() -> None:
    names = {"US-WA": "Washington State"}
    edition = editions()["US"][0]
    seen = 0
    for region in edition.regions.values():
        for area in region.area_codes:
            number = PhoneNumber(country_code=1, national_number=int(f"{area}5550123"))
            told = geocoder.description_for_number(number, "en")
            name = names.get(region.code, region.name)
            if told in {"", "United States"}:
                continue  # an overlay that the plan's data name by town only
            assert told == name or told.endswith(f", {region.code[3:]}"), (area, told)
            seen += 1
    assert seen > 100


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("+442079460101", ("GB", REST)),
        ("+12125550123", ("US", REST)),
        ("+14015550123", ("US", "US-RI")),
        ("+14165550123", ("CA", "")),
        ("+33612345678", ("FR", "")),
        ("+80012345678", ("", "")),
    ],
)
def test_a_number_tells_whose_rules_hold_where_it_rings(
    number: str, place: tuple[str, str]
) -> None:
    assert place_of_number(number[:5]) == place


def test_regions_are_those_of_iso_3166() -> None:
    assert is_part("US", "US-TX")
    assert is_part("GB", "GB-NIR")
    assert is_part("DE", "DE-BY")
    for wrong in ("US-XX", "GB-TX", "TX", "", "US-", "ZZ-1"):
        assert not is_part("US", wrong)
    assert not is_part("ZZ", "ZZ-1")


def changed(tmp_path: Path, name: str, before: str, after: str) -> Path:
    """The shipped files in a folder of their own, with one of them changed."""
    for path in FOLDER.glob("*.toml"):
        text = path.read_text()
        if path.name == name:
            assert before in text
            text = text.replace(before, after, 1)
        (tmp_path / path.name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('country = "GB"', 'country = "UK1"', "country: give two capital letters"),
        ("valid_from = 2026-11-23", 'valid_from = "now"', "valid_from: give a day"),
        ('sunday = "10:00-21:00"', 'sunday = "10-21"', "hours.sunday: write it like"),
        ('sunday = "10:00-21:00"', 'sunday = "21:00-10:00"', "the end has to come after"),
        ('sunday = "10:00-21:00"', "", "hours: say the hours of sunday too"),
        ('sunday = "10:00-21:00"', 'every_day = "10:00-21:00"', "stands here twice"),
        ('sunday = "10:00-21:00"', 'sonntag = "none"', "hours.sonntag: nobody knows"),
        ('calendar = "GB"', 'calendar = "ZZ"', "holidays.calendar: there is no calendar"),
        ("rest = true", 'rest = "yes"', "holidays.rest: say true or false"),
        ("most = 4", "most = 0", "attempts.most: give a whole number from 1"),
        ('busy = "1 hour"', 'busy = "soon"', "attempts.gaps.busy: write it like"),
        ('busy = "1 hour"', "", "attempts.gaps.busy: write it like"),
        ("days = 28", "days = 28.5", "registers.tps.days: give a whole number"),
        ('concerns = ["marketing"]', 'concerns = ["spam"]', "registers.tps.concerns: name"),
        ("[regions.GB-SCT]", "[regions.GB-XYZ]", "regions.GB-XYZ: there is no calendar"),
        ("[regions.GB-SCT]", "[regions.US-TX]", "regions.US-TX: a region of GB is written"),
        ('source = "mrs"\n', 'source = "somebody"\n', "hours.source: name one of the sources"),
        ('read = "the text"', 'read = "maybe"', "sources.mrs-tps.read: say one of"),
        ("years = 18", "years = true", "adult.years: give a whole number"),
        ("voice = { needed = true", "voice = { needed = 1", "consent.voice.needed: say true"),
        ("[layers]", "[[layers]]", "layers: this part is missing"),
        ("[adult]", "[adult", "this is no TOML"),
        (
            'name = "Wales"',
            'name = "Wales"\nhours = { every_day = "08:00-22:00", source = "mrs" }',
            "regions.GB-WLS.hours: they are longer than the country's",
        ),
        ("[sources.ofcom-2017]", "[sources.lost]\n[sources.ofcom-2017]", "sources.lost.read"),
    ],
)
def test_a_file_that_is_unclear_is_refused_by_its_line(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    with pytest.raises(LawUnclear, match=r"gb\.toml") as refused:
        read_all(changed(tmp_path, "gb.toml", before, after))
    assert told in str(refused.value)


def test_a_source_that_no_line_names_is_refused(tmp_path: Path) -> None:
    folder = changed(tmp_path, "gb.toml", 'source = "mrs"', 'source = "ours"')
    with pytest.raises(LawUnclear, match="no line names mrs"):
        read_all(folder)


def test_a_later_edition_holds_from_its_day_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = changed(tmp_path, "gb.toml", "", "")
    text = (folder / "gb.toml").read_text().replace("2026-11-23", "2027-01-01")
    (folder / "gb-2027.toml").write_text(text.replace("10:00-21:00", "none"))
    found = read_all(folder)
    monkeypatch.setattr("customers.lawful.book.editions", lambda: found)
    law_at.cache_clear()
    try:
        assert law_at("GB", "", date(2026, 12, 31)).week[6] == hours(10, 21)
        assert law_at("GB", "", date(2027, 1, 1)).week[6] is None
        assert law_at("GB", "", date(2020, 1, 1)).week[6] == hours(10, 21)
    finally:
        law_at.cache_clear()
    (folder / "gb-again.toml").write_text(text)
    with pytest.raises(LawUnclear, match="from the same day on"):
        read_all(folder)


def test_without_the_file_for_all_others_nothing_is_read(tmp_path: Path) -> None:
    folder = changed(tmp_path, "gb.toml", "", "")
    (folder / "elsewhere.toml").unlink()
    with pytest.raises(LawUnclear, match="all other countries"):
        read_all(folder)
