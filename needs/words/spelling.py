"""Which word was meant by one that nobody knows? One slip of the fingers is taken back.

A slip is a letter left out, added or another, or two that changed places. Words within one slip
share a spelling that is one letter shorter at most (symmetric delete: Garbe, SymSpell, 2012).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final

from needs.words.grams import LONGEST_WORD, Vocabulary

SHORTEST: Final = 4  # letters of a word that is mended; what is shorter is often an abbreviation
# Whole words of letters alone: none behind a bracket, where masks name what they hide.
WORD: Final = re.compile(rf"(?<![\w\[@.'’-])[^\W\d_]{{{SHORTEST},{LONGEST_WORD}}}(?![\w@'’-])")


class Spelling:
    """Words that several examples have, by their spellings; `knows` a word of the language."""

    def __init__(self, vocabulary: Vocabulary, knows: Callable[[str], bool]) -> None:
        self._columns, self._idf = vocabulary.columns, vocabulary.idf
        self._knows = knows
        self._spelt: dict[str, list[str]] = defaultdict(list)
        rarest = float(self._idf.max(initial=0))
        for gram, idf in zip(self._columns, self._idf.tolist(), strict=True):
            word = gram.removeprefix("w:")
            if word != gram and idf < rarest and len(word) >= SHORTEST - 1 and word.isalpha():
                for shorter in _shortened(word):
                    self._spelt[shorter].append(word)

    def mended(self, text: str) -> str:
        """The text with every unknown word as the commonest known one that is a slip away."""
        return WORD.sub(lambda found: self._meant(found[0]), text)

    def _meant(self, written: str) -> str:
        word = written.lower()
        if f"w:{word}" in self._columns or self._knows(word):
            return written
        near = {
            other
            for shorter in _shortened(word)
            for other in self._spelt.get(shorter, ())
            if is_one_slip(word, other)
        }
        return min(near, key=lambda one: (self._rarity(one), one), default=written)

    def _rarity(self, word: str) -> float:
        return float(self._idf[self._columns[f"w:{word}"]])


def is_one_slip(one: str, other: str) -> bool:
    """Whether one letter is left out, added or another, or two neighbours changed places."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    if len(one) <= 1 and len(other) <= 1:
        return True
    return len(one) == len(other) == 2 and one == other[::-1]


def _shortened(word: str) -> Iterator[str]:
    """The word, and each spelling of it without one letter."""
    yield word
    yield from {word[:at] + word[at + 1 :] for at in range(len(word))}
