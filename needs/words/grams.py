"""Which words and pieces of words does a sentence have, and how much does each one weigh?

Weights are tf-idf with damped counts (1 + ln tf), each block of length 1: Salton and Buckley,
"Term-weighting approaches in automatic text retrieval", 1988.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from needs.words.masking import without_masks

WORD: Final = re.compile(r"\w+(?:['’]\w+)?|[?£$€%]")
PIECES: Final = range(2, 6)  # letters in a piece of a word
LONGEST_WORD: Final = 40  # letters; what is longer is nobody's word
BLOCKS: Final = ("w", "c")  # words and their pairs; pieces of words
REMEMBERED: Final = 4_096  # words whose pieces are kept in memory


class Vocabulary(NamedTuple):
    """Every gram that is known, its column, and what it weighs.

    Keys carry their block: `w:card arrived`, `c: car`. `idf` is float32 of the same length.
    """

    columns: dict[str, int]
    idf: NDArray[np.float32]


def words_of(text: str) -> list[str]:
    """The words, in small letters."""
    found = WORD.findall(without_masks(text).lower().replace("’", "'"))
    return [word[:LONGEST_WORD] for word in found]


def is_word(gram: str) -> bool:
    """Whether a gram is one word, and neither several nor a piece of one."""
    return gram.startswith("w:") and " " not in gram


def grams_of(text: str) -> dict[str, Counter[str]]:
    """How often each gram of each block is there."""
    words = words_of(text)
    told = [f"w:{word}" for word in words]
    told += [f"w:{one} {two}" for one, two in pairwise(words)]
    told += [f"w:{one} _ {two}" for one, two in zip(words, words[2:], strict=False)]
    return {
        "w": Counter(told),
        "c": Counter(chain.from_iterable(map(pieces_of, words))),
    }


@lru_cache(maxsize=REMEMBERED)
def pieces_of(word: str) -> tuple[str, ...]:
    """The grams of a word's pieces, those that occur twice twice."""
    edged = f" {word} "
    found: list[str] = []
    for length in PIECES:
        if length >= len(edged):
            found.append(f"c:{edged}")
            break
        found += [f"c:{edged[at : at + length]}" for at in range(len(edged) - length + 1)]
    return tuple(found)


def known_share(blocks: dict[str, Counter[str]], known: Vocabulary) -> float:
    """The share of a text's words that the vocabulary has; 0 without words."""
    words = [(gram, count) for gram, count in blocks["w"].items() if " " not in gram]
    total = sum(count for _, count in words)
    return sum(count for gram, count in words if gram in known.columns) / max(1, total)


def learnt(counted: Sequence[dict[str, Counter[str]]], *, rarest: int = 1) -> Vocabulary:
    """The vocabulary of texts: every gram that at least `rarest` of them have."""
    found: Counter[str] = Counter()
    for blocks in counted:
        for grams in blocks.values():
            found.update(grams.keys())
    kept = sorted(gram for gram, count in found.items() if count >= rarest)
    seen = np.array([found[gram] for gram in kept], dtype=np.float64)
    idf = (np.log((1 + len(counted)) / (1 + seen)) + 1).astype(np.float32)
    return Vocabulary({gram: column for column, gram in enumerate(kept)}, idf)


def weighed(
    blocks: dict[str, Counter[str]], known: Vocabulary
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The columns of a text's known grams and their weights; each block has length 1."""
    columns: list[NDArray[np.int32]] = []
    weights: list[NDArray[np.float32]] = []
    column_of = known.columns.get
    for grams in blocks.values():
        at = np.array([column_of(gram, -1) for gram in grams], dtype=np.int32)
        there = at >= 0
        if not there.any():
            continue
        where = at[there]
        counts = np.fromiter(grams.values(), dtype=np.float32, count=len(grams))[there]
        weight = (1 + np.log(counts)) * known.idf[where]
        columns.append(where)
        weights.append((weight / np.sqrt(weight @ weight)).astype(np.float32))
    if not columns:
        return np.zeros(0, np.int32), np.zeros(0, np.float32)
    return np.concatenate(columns), np.concatenate(weights)


def rows(
    texts: Iterable[dict[str, Counter[str]]], known: Vocabulary
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]]:
    """The same for many texts as the three arrays of a compressed sparse row matrix."""
    parts = [weighed(blocks, known) for blocks in texts]
    ends = np.cumsum([0, *(len(columns) for columns, _ in parts)], dtype=np.int64)
    if not parts:
        return np.zeros(0, np.int32), np.zeros(0, np.float32), ends
    return (
        np.concatenate([one for one, _ in parts]),
        np.concatenate([two for _, two in parts]),
        ends,
    )
