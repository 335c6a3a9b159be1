"""How do icons, money and times look? Tags and filters that every template may load.

The words of due times are written a second time in static/js/clocks.js, which keeps them ticking.
"""

from __future__ import annotations

from calendar import day_abbr, month_abbr
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

import phonenumbers
from django import template
from django.template import Context
from django.template.base import Node, Parser, TextNode, Token
from django.template.library import SimpleNode
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from phonenumbers import PhoneNumber, PhoneNumberFormat

from console.navigation import Section, sections_for

register = template.Library()

SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}
SOON = timedelta(hours=1)
HOME_COUNTRY_CODE = 44
HOME, SHORTEST_AT_HOME = f"+{HOME_COUNTRY_CODE}", 2
DAYS, MONTHS = tuple(day_abbr), tuple(month_abbr)  # looking into either costs a strftime
MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


def icon(name: str, **attributes: str) -> SafeString:
    """`{% icon "phone" %}`: decoration from the icon sheet; `label=` where no word stands beside.

    The names are those of static/icons.txt.
    """
    return _icon(name, f"icon {attributes.get('class', '')}".strip(), attributes.get("label", ""))


register.simple_tag(icon)
_of_any_name = register.tags["icon"]


@register.tag("icon")
def _of_known_name(parser: Parser, token: Token) -> Node:
    """An icon whose name stands in the template is drawn once, when the template is read."""
    node: SimpleNode = _of_any_name(parser, token)
    if any(word.is_var for word in [*node.args, *node.kwargs.values()]):
        return node
    return TextNode(str(node.render(Context())))


@lru_cache(maxsize=500)  # sixty a page, and the address of the sheet is costly to work out
def _icon(name: str, classes: str, label: str) -> SafeString:
    sheet = f"{static('dist/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>',
            classes,
            label,
            sheet,
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, sheet)


CHANNEL_ICONS = {
    "voice": "phone",
    "email": "mail",
    "chat": "message-circle",
    "form": "clipboard-text",
    "sms": "device-mobile",
    "messaging": "messages",
    "social": "world",
}
EVENT_ICONS = {
    "request": "tool",
    "promise": "heart-handshake",
    "need": "target-arrow",
    "offer": "star",
    "follow_up": "phone-outgoing",
}


@register.simple_tag
def channel_icon(channel: str, **attributes: str) -> SafeString:
    """The icon of a channel: `{% channel_icon interaction.channel %}`."""
    return icon(CHANNEL_ICONS.get(channel, "message-circle"), **attributes)


@register.simple_tag
def entry_icon(kind: str, channel: str = "") -> SafeString:
    """The icon of a timeline entry, with its kind as a word for those who cannot see it."""
    name = EVENT_ICONS.get(kind) or CHANNEL_ICONS.get(channel, "message-circle")
    return icon(name, label=kind.replace("_", "-") if kind in EVENT_ICONS else channel or kind)


@register.filter
def money(amount: Decimal | int | None, currency: str = "GBP") -> str:
    """£8,500.00; a currency without a sign of its own stands behind: 8,500.00 CHF."""
    if amount is None:
        return "–"
    figures = f"{abs(Decimal(amount)):,.2f}"
    minus = "\N{MINUS SIGN}" if amount < 0 else ""
    if sign := SYMBOLS.get(currency):
        return f"{minus}{sign}{figures}"
    return f"{minus}{figures}\N{NO-BREAK SPACE}{currency}"


def words_of(seconds: float) -> str:
    """A length of time in the largest unit that fits: 20 min, 3 h, 2 days."""
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h"
    days = int(seconds // DAY)
    return f"{days} day" if days == 1 else f"{days} days"


def in_full(at: datetime) -> str:
    """Sun 22 Nov 2026, 17:41. Fifty stand on a page: Django's date_format costs it 6 %."""
    return f"{DAYS[at.weekday()]} {at.day} {MONTHS[at.month]} {at.year}, {_hour(at)}"


def _hour(at: datetime) -> str:
    return f"{at.hour:02}:{at.minute:02}"


def _time(*, at: datetime, kind: str, classes: str, words: str) -> SafeString:
    full = in_full(timezone.localtime(at))
    return SafeString(  # nothing in it was typed by anybody
        f'<time class="{classes}" data-clock="{kind}" datetime="{at.isoformat(timespec="seconds")}"'
        f' title="{full}">{words}</time>'
    )


@register.filter
def clock(due_at: datetime | None) -> SafeString | str:
    """A due time in words: in 2 h, 3 h late; the full time stands in its title."""
    if due_at is None:
        return ""
    left = (due_at - timezone.now()).total_seconds()
    if left < 0:
        late = words_of(-left) if left <= -MINUTE else "just"
        return _time(at=due_at, kind="due", classes="clock late", words=f"{late} late")
    soon = " soon" if left <= SOON.total_seconds() else ""
    words = f"in {words_of(left)}" if left >= MINUTE else "now"
    return _time(at=due_at, kind="due", classes=f"clock{soon}", words=words)


@register.filter
def since(began_at: datetime | None) -> SafeString | str:
    """How long something has been so: 41 min."""
    if began_at is None:
        return ""
    words = words_of(max((timezone.now() - began_at).total_seconds(), 0))
    return _time(at=began_at, kind="since", classes="clock", words=words)


@register.filter
def elapsed(began_at: datetime | None) -> SafeString | str:
    """The running time of an open contact: 02:14, 1:02:14."""
    if began_at is None:
        return ""
    seconds = max(int((timezone.now() - began_at).total_seconds()), 0)
    hours, rest = divmod(seconds, HOUR)
    minutes = f"{rest // MINUTE:02}:{rest % MINUTE:02}"
    words = f"{hours}:{minutes}" if hours else minutes
    return _time(at=began_at, kind="elapsed", classes="elapsed", words=words)


@register.filter
def day(at: datetime | None) -> SafeString | str:
    """When something was, as short as it can be said: 10:31, yesterday, 3 Nov, 3 Nov 2024."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    today = timezone.now().astimezone(local.tzinfo).date()
    if local.date() == today:
        words = _hour(local)
    elif local.date() == today - timedelta(days=1):
        words = "yesterday"
    else:
        year = "" if local.year == today.year else f" {local.year}"
        words = f"{local.day} {MONTHS[local.month]}{year}"
    return SafeString(  # nothing in it was typed by anybody
        f'<time datetime="{at.isoformat(timespec="seconds")}" title="{in_full(local)}">'
        f"{words}</time>"
    )


@register.filter
def initials(name: object) -> str:
    """AB for Ada Byron."""
    words = str(name).split()
    return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[Section]:
    """The sections that the person who looks may open; none before log-in."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return []
    return sections_for(user=request.user, path=request.path)


WORK_ICONS = {"follow_up": "phone-outgoing", "promise": "heart-handshake", "request": "tool"}


@register.simple_tag
def work_icon(kind: str, channel: str = "") -> SafeString:
    """The icon of a line of My work, with its kind as a word."""
    if kind in WORK_ICONS:
        return icon(WORK_ICONS[kind], label=kind.replace("_", "-"))
    return channel_icon(channel, label=channel)


@register.filter
def address(value: str) -> str:
    """A contact point as people write it: 020 7946 0112; other texts stay as they are."""
    if not value.startswith("+"):
        return value
    national = value.removeprefix(HOME)
    if national.isdecimal() and len(national) >= SHORTEST_AT_HOME:  # parsing costs as much again
        number = PhoneNumber(HOME_COUNTRY_CODE, int(national))
        return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
