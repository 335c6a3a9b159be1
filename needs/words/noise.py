"""How do people really type? Typing errors, and sentences wrapped in the note of a contact.

For measuring only. What a note says around the need is worded otherwise than `chatter`, so that a
measure tells how well unknown notes are read.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from typing import Final

KINDS: Final = ("typos", "wrapped", "both")
MISTYPED: Final = 0.12  # share of the words
SHORTEST: Final = 4  # letters of a word that is mistyped
BEFORE: Final = (
    "Incoming from mobile, spoke with the lady on the account, all checks fine.",
    "Tel contact 10:42. DOB and memorable word correct.",
    "cust on line, name + dob ok -",
    "Member got in contact just now. Went through the usual checks.",
    "Chat opened by the client, greeting exchanged.",
    "Morning, hope all is good with you.",
    "Hello, me again.",
    "Inbound, authenticated by voice print;",
)
AFTER: Final = (
    "Explained next steps, they were okay with it.",
    "Told them someone gets in touch by Friday.",
    "- said bye, nothing more to do from our side",
    "Left it there; note on file for the next colleague.",
    "Cheers for the help, speak soon.",
    "Ta very much, Pat",
    "Customer grateful, ended at 10:49.",
    "Rest of the conversation was small talk about holidays.",
)
NEAR: Final = {
    letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for at, letter in enumerate(row)
}


def noisy(texts: Sequence[str], kind: str, seed: int) -> list[str]:
    """The texts with that kind of noise; `both` is wrapped, mistyped and all in small letters."""
    return [
        _noisy(text, kind, random.Random(zlib.crc32(f"{seed}:{number}".encode())))
        for number, text in enumerate(texts)
    ]


def _noisy(text: str, kind: str, chance: random.Random) -> str:
    noted = text
    if kind in ("wrapped", "both"):
        noted = f"{chance.choice(BEFORE)} {noted} {chance.choice(AFTER)}"
    if kind in ("typos", "both"):
        noted = " ".join(_mistyped(word, chance) for word in noted.split(" "))
    return noted.lower() if kind == "both" else noted


def _mistyped(word: str, chance: random.Random) -> str:
    """One letter left out, doubled, swapped with the next, or that of a key beside it."""
    if len(word) < SHORTEST or chance.random() >= MISTYPED:
        return word
    at = chance.randrange(len(word) - 1)
    letter = word[at]
    beside = chance.choice(NEAR.get(letter.lower(), letter))
    return chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + word[at + 1] + letter + word[at + 2 :],
            word[:at] + beside + word[at + 1 :],
        )
    )
