"""What do the texts say that carry a link? Versioned; none of them ever offers anything."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format

VERSION: Final = "follow-up-texts-1"

ASK_SMS: Final = (
    "{company}: you were in touch with us on {day}. Did it go as you expected? "
    "Tell us here: {link} Reply STOP and we never ask again."
)
ASK_SUBJECT: Final = "Did it go as you expected?"
ASK_MAIL: Final = """Hello,

you were in touch with {company} on {day}. Did everything go as you expected, and have we done \
what we promised? It takes a minute, and what is wrong goes to the person who helped you:

{link}

You need no log-in. The link is yours alone and ends on {until}.

If you do not want to be asked: {stop}

{company}
"""
FIXED_SMS: Final = (
    "{company}: you told us that something was wrong. We think it is fixed now. Is it? {link}"
)
FIXED_SUBJECT: Final = "Is it fixed?"
FIXED_MAIL: Final = """Hello,

you told {company} that something was wrong, and we think that it is fixed now. Is it?

{link}

If it is not, say so there with one press: it goes back to {owner} before everything else.

{company}
"""


def day_of(at: datetime) -> str:
    """A day as people write it: 21 November."""
    return date_format(timezone.localtime(at), "j F")
