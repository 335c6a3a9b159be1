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
# Between two things that may both be asked for; what stands between names is short on one side.
JOIN: Final = re.compile(
    r"\s{0,4},\s{1,4}(?:(?:and|but|then|so|or)\s{1,4})?|\s{1,4}(?:and|but|then)\s{1,4}",
    re.IGNORECASE,
)
WORD: Final = re.compile(r"(?<![\[\w])[^\W\d_]+")  # numbers, and what is masked, are none
SHORTEST: Final = 2  # words of a clause
CLAUSES: Final = 4  # of a sentence
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


def clauses(one: Sentence) -> list[Sentence]:
    """The parts of a sentence that may tell of a need each; none where it is all of a piece."""
    found: list[Sentence] = []
    start = 0
    for gap in JOIN.finditer(one.words):
        has_room = len(found) < CLAUSES - 1
        if has_room and _tells(one.words[start : gap.start()]) and _tells(one.words[gap.end() :]):
            found.append(_part_of(one, start, gap.start()))
            start = gap.end()
    return [*found, _part_of(one, start, len(one.words))] if found else []


def _part_of(one: Sentence, start: int, end: int) -> Sentence:
    words = one.words[start:end]
    inner = words.strip()
    at = one.start + start + words.index(inner)
    return Sentence(at, at + len(inner), inner)


def _tells(words: str) -> bool:
    return len(WORD.findall(words)) >= SHORTEST


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
