"""Which sentences does a text have, and where do they stand in it?

Made for what people type: notes of a call, e-mails, chats and transcripts, with their dashes,
semicolons, line breaks, abbreviations and names of speakers.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

LONGEST: Final = 400  # characters; what is longer is cut at a space, since nobody speaks so
# Gaps are bounded, so that a text of nothing but blanks is read in one go.
END: Final = re.compile(
    r"(?<=[.!?…])[\"'”’)\]]{0,3}\s{1,40}|\s{0,40}[\r\n]\s{0,40}|\s{1,40}[-–—•|~]{1,9}\s{1,40}"
    r"|\s{0,4};\s{1,40}|\s{0,4}(?:->|=>|→)\s{0,4}"
    r"|,?(?<!\band)\s(?=(?:and\s)?also[ ,]|plus[ ,]i\b|besides[ ,])",
    re.IGNORECASE,
)
# A full stop after these ends no sentence.
SHORT_FORM: Final = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|etc|approx|mr|mrs|ms|dr|st|no|nr|ref|tel|acc|acct|cust|dept|appt"
    r"|mgr|min|max|vs|[a-z]|\d{1,2})\.$",
    re.IGNORECASE,
)
SPEAKER: Final = re.compile(
    r"(?:[>\-–*•]\s{0,9})*(?:(?:customer|cust|client|caller|agent|adviser|advisor|rep|subject|re|fwd?"
    r"|note|notes|reason|query|issue)\s{0,9}[:>]\s{0,9})+|(?:[>\-–*•]\s{0,9})+",
    re.IGNORECASE,
)


class Sentence(NamedTuple):
    """A part of a text: `text[start:end]` is `words`."""

    start: int
    end: int
    words: str


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text in their order, none empty, none overlapping."""
    found: list[Sentence] = []
    start = 0
    for gap in END.finditer(text):
        if SHORT_FORM.search(text, max(start - 1, gap.start() - 8, 0), gap.start()):
            continue
        found.extend(_parts(text, start, gap.start()))
        start = gap.end()
    found.extend(_parts(text, start, len(text)))
    return found


def _parts(text: str, start: int, end: int) -> list[Sentence]:
    """The stretch without the speaker's name, cut where it is longer than a sentence."""
    said = SPEAKER.match(text, start, end)
    if said and any(letter.isalnum() for letter in text[said.end() : end]):
        start = said.end()
    parts: list[Sentence] = []
    while start < end:
        stop = _stop(text, start, end)
        words = text[start:stop]
        inner = words.strip()
        if any(letter.isalnum() for letter in inner):
            at = start + words.index(inner)
            parts.append(Sentence(at, at + len(inner), inner))
        start = stop
    return parts


def _stop(text: str, start: int, end: int) -> int:
    if end - start <= LONGEST:
        return end
    space = text.rfind(" ", start + 1, start + LONGEST)
    return space if space > start else start + LONGEST
