"""What of a text may not be kept: card, account and telephone numbers, and e-mail addresses?

A mask is as long as what it hides, so that offsets into a text hold in the masked text too.
Numbers are hidden rather once too often: what is left open is what has a currency before it, two
decimals behind it, or the form of a date with its year.
"""

from __future__ import annotations

import re
from typing import Final

EMAIL: Final = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
IBAN: Final = re.compile(
    r"(?<![^\W_])[a-z]{2}\d{2}(?:[ \u00a0-]?[a-z0-9]){11,30}(?![^\W_])", re.IGNORECASE
)
GAP: Final = r"[ \t\u00a0\u202f.\-‐‑–/()]{0,3}"
DIGITS: Final = re.compile(rf"(?:\+\s?)?\(?\d(?:{GAP}\d){{5,}}")
DATE: Final = re.compile(r"(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)(?!\d)")
CARD_LENGTHS: Final = range(13, 20)  # ISO/IEC 7812-1
PHONE_LENGTHS: Final = range(9, 16)  # ITU-T E.164 has at most 15
AMOUNT_AT_MOST: Final = 9  # digits of an amount that is left open
FILL: Final = "*"
MASK: Final = re.compile(r"\[(?:card|account|phone|e-mail)\**\]|\*{6,}")


def mask(text: str) -> str:
    """The text, as long as it was, with numbers and addresses that tell who somebody is hidden."""
    text = EMAIL.sub(lambda found: _hidden(found[0], "e-mail"), text)
    text = IBAN.sub(_account, text)
    return DIGITS.sub(_number, text)


def without_masks(text: str) -> str:
    """The text with blanks for its masks: that a number was said tells nothing about a need."""
    return MASK.sub(lambda found: " " * len(found[0]), text)


def passes_luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B."""
    doubled = [int(one) * (1 + place % 2) for place, one in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def passes_iban(account: str) -> bool:
    """The check digits of ISO 13616: the account, turned, leaves 1 when divided by 97."""
    turned = account[4:] + account[:4]
    return int("".join(str(int(one, 36)) for one in turned)) % 97 == 1


def _account(found: re.Match[str]) -> str:
    account = re.sub(r"[^a-zA-Z0-9]", "", found[0])
    if account.isascii() and passes_iban(account):
        return _hidden(found[0], "account")
    return found[0]


def _number(found: re.Match[str]) -> str:
    said = found[0]
    digits = re.sub(r"\D", "", said)
    if len(digits) in CARD_LENGTHS and passes_luhn(digits):
        return _hidden(said, "card")
    if _is_amount(found, digits):
        return said
    if date := DATE.match(said):
        return date[0] + DIGITS.sub(_number, said[date.end() :])
    is_phone = said[0] in "+0(" and len(digits) in PHONE_LENGTHS
    return _hidden(said, "phone" if is_phone else "account")


def _is_amount(found: re.Match[str], digits: str) -> bool:
    text, start = found.string, found.start()
    if len(digits) > AMOUNT_AT_MOST:
        return False
    before = text[max(0, start - 2) : start].rstrip()[-1:]
    decimals = re.fullmatch(r"\d+\.\d\d", found[0]) is not None
    return found[0].replace(".", "").isdigit() and (decimals or before in set("£$€"))


def _hidden(said: str, kind: str) -> str:
    """A mask of the same length: the kind where it fits, filled up."""
    room = len(said) - len(kind) - 2
    return f"[{kind}{FILL * room}]" if room >= 0 else FILL * len(said)
