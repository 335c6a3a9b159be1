"""What was corrected since the model was fitted? Each correction counts at once, as a neighbour.

A sentence that is like a corrected one is drawn towards its need; the more alike, the further.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from needs.words.grams import Vocabulary, grams_of, is_word
from needs.words.training import Example

ALIKE: Final = 0.45  # cosine from which on a neighbour counts
SAME: Final = 0.85  # cosine from which on it counts in full
PULL: Final = 0.95  # the most that a neighbour can decide
UNHEARD: Final = 8.0  # weight of a gram that the model does not know


class Neighbour(NamedTuple):
    """What the corrected example says that is most alike, how far it pulls, from 0 to 1, and the
    words that make it so, with what each adds to the cosine, the most first."""

    need: str
    pull: float
    words: tuple[tuple[str, float], ...]


class Corrections:
    """Corrected examples by their grams, slips `mended`; `nearest` asks which of them a sentence is
    like."""

    def __init__(
        self,
        examples: Sequence[Example],
        vocabulary: Vocabulary,
        mended: Callable[[str], str] = str,
    ) -> None:
        self.examples = tuple(examples)
        self._vocabulary = vocabulary
        self._holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, example in enumerate(self.examples):
            for gram, weight in self._weighed(grams_of(mended(example.text))).items():
                self._holders[gram].append((number, weight))

    def nearest(self, blocks: dict[str, Counter[str]]) -> Neighbour | None:
        """Of a sentence's grams; the later one of two that are equally alike."""
        if not self.examples:
            return None
        alike: dict[int, float] = defaultdict(float)
        own = self._weighed(blocks)
        for gram, weight in own.items():
            for number, other in self._holders.get(gram, ()):
                alike[number] += weight * other
        if not alike:
            return None
        number = max(alike, key=lambda one: (round(alike[one], 9), one))
        pull = PULL * min(1.0, (alike[number] - ALIKE) / (SAME - ALIKE))
        example = self.examples[number]
        return Neighbour(example.need, pull, self._common(own, number)) if pull > 0 else None

    def _common(self, own: dict[str, float], number: int) -> tuple[tuple[str, float], ...]:
        """The words that a sentence shares with an example, those that make most of it first."""
        words = [gram for gram in own if is_word(gram)]
        shared = {
            gram.removeprefix("w:"): own[gram] * weight
            for gram in words
            for holder, weight in self._holders.get(gram, ())
            if holder == number
        }
        return tuple(sorted(shared.items(), key=lambda one: (-one[1], one[0])))

    def _weighed(self, blocks: dict[str, Counter[str]]) -> dict[str, float]:
        """Grams with weights of length 1: words and pairs half, pieces half."""
        found: dict[str, float] = {}
        for grams in blocks.values():
            own = {gram: (1 + math.log(n)) * self._rarity(gram) for gram, n in grams.items()}
            length = math.sqrt(2 * sum(weight * weight for weight in own.values()))
            found.update({gram: weight / length for gram, weight in own.items()})
        return found

    def _rarity(self, gram: str) -> float:
        column = self._vocabulary.columns.get(gram)
        return UNHEARD if column is None else float(self._vocabulary.idf[column])
