"""How does a cell become a value? Templates, constants, and typed conversions of one column."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo

from intake.importing.errors import BadValue, MappingWrong
from intake.importing.reading import Row

PLACE: Final = re.compile(r"\{([^{}]+)\}")
LONDON: Final = ZoneInfo("Europe/London")
OFFICE_SECONDS: Final = 8 * 3600
MONTHS: Final = [name.lower() for name in calendar.month_abbr if name]
WEEKDAYS: Final = [name.lower() for name in calendar.day_abbr]


@dataclass(frozen=True, slots=True)
class Moment:
    """A row with the day it tells of: the running calendar's, or the day of the import."""

    row: Row
    as_of: date
    day: date


Value = Callable[[Moment], Any]
Test = Callable[[Moment], bool]


class Calendar:
    """The day of each row where the file names only months and weekdays, in time order.

    A month earlier than the last one begins a new year; another weekday moves on to its next
    date, as long as the month lasts.
    """

    def __init__(self, *, starts: date, month: str, weekday: str) -> None:
        self.month, self.weekday = month, weekday
        self.day = starts

    def next(self, row: Row) -> date:
        """Raises BadValue when month or weekday is none."""
        month = self._position(row, self.month, MONTHS) + 1
        weekday = self._position(row, self.weekday, WEEKDAYS)
        if month != self.day.month:
            year = self.day.year + (month < self.day.month)
            self.day = date(year, month, 1)
        day = self.day + timedelta(days=(weekday - self.day.weekday()) % 7)
        while day.month != month:
            day -= timedelta(days=7)
        self.day = max(self.day, day)
        return self.day

    def _position(self, row: Row, column: str, names: list[str]) -> int:
        name = row.cells[column].strip().lower()[:3]
        if name not in names:
            raise BadValue(column, f"Write one of {', '.join(names)}.")
        return names.index(name)


def office_time(moment: Moment, day: date) -> datetime:
    """A time between 9 and 17 o'clock in London, spread by the row's number."""
    start = datetime.combine(day, time(9), tzinfo=LONDON)
    return start + timedelta(seconds=moment.row.number * 37 % OFFICE_SECONDS)


def value(spec: Any, columns: tuple[str, ...], *, where: str) -> Value:
    """Read one value's description. Raises MappingWrong."""
    if isinstance(spec, str):
        return _template(spec, columns, where)
    if not isinstance(spec, dict):
        return lambda _: spec
    kinds = [kind for kind in READERS if kind in spec][:1] or ["column"]
    if kinds == ["column"] and "column" not in spec:
        raise MappingWrong(f"{where}: say one of column, {', '.join(READERS)}.")
    for name in ("column", "months", "days", "years"):
        if name in spec and spec[name] not in columns:
            raise MappingWrong(f"{where}: there is no column {spec[name]} among the columns.")
    return READERS.get(kinds[0], _cell)(spec)


def test(spec: Mapping[str, Any] | None, columns: tuple[str, ...], *, where: str) -> Test:
    """Read a `when`: one column `is`, `is_not` or is `among` given words; none is always true."""
    if spec is None:
        return lambda _: True
    column = spec.get("column")
    if column not in columns:
        raise MappingWrong(f"{where}: `when` needs one of the columns, not {column}.")
    if "is_not" in spec:
        unwanted = spec["is_not"]
        return lambda moment: bool(moment.row.cells[column].strip() != unwanted)
    wanted = set(spec.get("among", [])) | {spec.get("is")}
    return lambda moment: moment.row.cells[column].strip() in wanted


def _template(text: str, columns: tuple[str, ...], where: str) -> Value:
    """Text with `{column}` places; `{row}` is the row's number in six digits."""
    unknown = [name for name in PLACE.findall(text) if name not in {*columns, "row"}]
    if unknown:
        raise MappingWrong(f"{where}: “{text}” speaks of {unknown[0]}, which is no column.")

    words, names = PLACE.split(text)[::2], PLACE.findall(text)
    if names and words == ["", ""]:
        return lambda moment: _in_place(moment, names[0])

    def read(moment: Moment) -> str:
        filled = words[0]
        for name, word in zip(names, words[1:], strict=True):
            filled += _in_place(moment, name) + word
        return filled

    return read


def _in_place(moment: Moment, name: str) -> str:
    return f"{moment.row.number:06d}" if name == "row" else moment.row.cells[name].strip()


def _cell(spec: Mapping[str, Any]) -> Value:
    column, kind = spec["column"], spec.get("as", "text")
    if kind not in CONVERTERS:
        raise MappingWrong(f"{column}: `as` is one of {', '.join(CONVERTERS)}.")
    convert = CONVERTERS[kind]
    empty = set(spec.get("empty", []))

    def read(moment: Moment) -> Any:
        text = moment.row.cells[column].strip()
        if not text or text in empty:
            if spec.get("required"):
                raise BadValue(column, "The cell is empty. Fill it in, or leave the row out.")
            return None
        return convert(column, text, spec)

    return read


def _choice(spec: Mapping[str, Any]) -> Value:
    column, choices = spec["column"], spec["choices"]

    def read(moment: Moment) -> Any:
        text = moment.row.cells[column].strip()
        if text not in choices:
            raise BadValue(column, f"“{text[:40]}” is not one of {', '.join(choices)}.")
        return choices[text]

    return read


def _before(spec: Mapping[str, Any]) -> Value:
    """A day counted back from the import's day or the row's own, by what a column holds."""
    names = [name for name in ("months", "days", "years") if name in spec]
    if spec["before"] not in ("as_of", "day") or len(names) > 1:
        raise MappingWrong("`before` is as_of or day, with one of months, days, years.")
    unit = names[0] if names else "days"
    column, plus = spec.get(unit, ""), int(spec.get("plus", 0))

    def read(moment: Moment) -> date:
        count = plus
        if column:
            count += CONVERTERS["integer"](column, moment.row.cells[column].strip(), spec)
        if not 0 <= count <= 1500 * (1 if unit == "months" else 30):
            raise BadValue(column, f"{count} {unit} ago cannot be. Check the figure.")
        start = moment.as_of if spec["before"] == "as_of" else moment.day
        return back(start, unit, count)

    return read


def back(start: date, unit: str, count: int) -> date:
    """That many days, months or years earlier; the 31st becomes the month's last day."""
    if unit == "days":
        return start - timedelta(days=count)
    months = start.year * 12 + start.month - 1 - count * (12 if unit == "years" else 1)
    year, month = divmod(months, 12)
    for day in (start.day, 30, 29, 28):
        if day <= start.day:
            try:
                return date(year, month + 1, day)
            except ValueError:
                continue
    return date(year, month + 1, 28)


def _integer(column: str, text: str, _: Mapping[str, Any]) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadValue(column, f"“{text[:40]}” is no whole number. Write it like 42.") from None


def _decimal(column: str, text: str, _: Mapping[str, Any]) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise BadValue(column, f"“{text[:40]}” is no number. Write it like 1234.50.")
    return number


def _date(column: str, text: str, spec: Mapping[str, Any]) -> date:
    form = spec.get("format", "%Y-%m-%d")
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007  (a day, no moment)
    except ValueError:
        raise BadValue(column, f"“{text[:40]}” is no date of the form {form}.") from None


def _text(_column: str, text: str, _: Mapping[str, Any]) -> str:
    return text


CONVERTERS: Final[dict[str, Callable[[str, str, Mapping[str, Any]], Any]]] = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
}
READERS: Final[dict[str, Callable[[Mapping[str, Any]], Value]]] = {
    "choices": _choice,
    "before": _before,
    "constant": lambda spec: lambda _: spec["constant"],
}
