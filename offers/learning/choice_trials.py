"""How well is chosen among offers by a customer's sentence, when only yes or no is heard?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from needs.words import encoders
from offers.learning.choosing import Chooser, Vectors, places_of
from offers.learning.streaming import NotAStream, read

BEST_FIRST: Final = ("minilm", "static", "tfidf")
LAST_LAYER: Final = slice(6 * 384, 7 * 384)  # of the pools that the encoder of MiniLM tells
WORDS_SHARE: Final = 0.6  # of the plain words beside the meaning
FIRST, MIDDLE, LAST = 500, (2_500, 3_000), 1_000
TOP = 3


class Said(NamedTuple):
    text: str
    category: str


class Encoded(NamedTuple):
    """Sentences as vectors, with the names of the offers in the numbers that are meaning."""

    stream: Vectors
    test: Vectors | None
    names: Vectors


def said_in(path: Path) -> list[Said]:
    """The rows of `text,category`. Raises NotAStream."""
    found = []
    for number, row in read(path, needed=["text", "category"]):
        said = Said(row["text"].strip(), row["category"].strip())
        if not said.text or not said.category:
            raise NotAStream(
                f"Row {number} of {path.name} lacks its text or category. Fill it or drop the row."
            )
        found.append(said)
    return found


def best_backend(asked: str | None) -> str:
    """The one asked for, or the best that is installed. Raises NotAStream for one that is not."""
    if asked is None:
        return next(name for name in BEST_FIRST if not encoders.missing(name))
    if encoders.missing(asked):
        raise NotAStream(encoders.resolved(asked).notice)
    return asked


def encoded(stream: Sequence[Said], test: Sequence[Said], backend: str) -> Encoded:
    names = [code.replace("_", " ").replace("-", " ") for code in places_of_all(stream)]
    return Encoded(
        _vectors([said.text for said in stream], backend),
        _vectors([said.text for said in test], backend) if test else None,
        _meaning(names, backend),
    )


def places_of_all(stream: Sequence[Said]) -> dict[str, int]:
    return places_of([said.category for said in stream])


def _vectors(texts: Sequence[str], backend: str) -> Vectors:
    """Meaning first, then the plain words."""
    meaning = _meaning(texts, backend)
    if backend == "tfidf":
        return meaning
    words = encoders.of("tfidf").vectors(texts)
    return np.hstack([meaning, WORDS_SHARE * words]).astype(np.float32)


def _meaning(texts: Sequence[str], backend: str) -> Vectors:
    vectors = encoders.of(backend).vectors(texts)
    return encoders.unit(vectors[:, LAST_LAYER]) if backend == "minilm" else vectors


def tried(
    stream: Sequence[Said], test: Sequence[Said], found: Encoded, *, seed: int
) -> dict[str, Any]:
    """One arrival order: every customer is shown one offer, and says yes if it is the right one."""
    places = places_of_all(stream)
    right = np.array([places[said.category] for said in stream])
    chooser = Chooser(found.names, size=found.stream.shape[1])
    accepted: list[bool] = []
    deciding: list[float] = []
    began = perf_counter()
    for row in np.random.default_rng(seed).permutation(len(stream)):
        asked = perf_counter()
        shown = chooser.choose(found.stream[row])
        deciding.append(1000 * (perf_counter() - asked))
        accepted.append(bool(shown == right[row]))
        chooser.learn(found.stream[row], shown, was_accepted=accepted[-1])
    chooser.finish()
    p50, p95 = np.percentile(deciding, [50, 95])
    return {
        "seed": seed,
        "accepted": _accepted(np.array(accepted)),
        "test": _on_test(chooser, test, found.test, places),
        "ms": {"decision": {"p50": round(float(p50), 4), "p95": round(float(p95), 4)}},
        "seconds": round(perf_counter() - began, 2),
    }


def _accepted(accepted: NDArray[np.bool_]) -> dict[str, float | None]:
    """Shares of acceptance over stretches of the stream; None where it is too short."""
    parts = {
        "first_500": accepted[:FIRST] if len(accepted) >= FIRST else accepted[:0],
        "from_2500_to_3000": accepted[slice(*MIDDLE)],
        "last_1000": accepted[-LAST:] if len(accepted) >= LAST else accepted[:0],
        "all": accepted,
    }
    return {
        name: round(float(part.mean()), 6) if len(part) else None for name, part in parts.items()
    }


def _on_test(
    chooser: Chooser, test: Sequence[Said], vectors: Vectors | None, places: dict[str, int]
) -> dict[str, Any] | None:
    if vectors is None:
        return None
    best = np.argsort(-chooser.log_odds(vectors), axis=1)[:, :TOP]
    right = np.array([places.get(said.category, -1) for said in test])
    hits = best == right[:, None]
    return {
        "rows": len(test),
        "right": round(float(hits[:, 0].mean()), 6),
        "in_top_3": round(float(hits.any(axis=1).mean()), 6),
    }


def summed_up(runs: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Mean and standard deviation of every figure over the arrival orders."""
    table: dict[str, list[float]] = {}
    for run in runs:
        figures = {
            **run["accepted"],
            **{k: v for k, v in (run["test"] or {}).items() if k != "rows"},
        }
        for name, figure in figures.items():
            if figure is not None:
                table.setdefault(name, []).append(figure)
    return {
        name: {"mean": round(float(np.mean(row)), 6), "sd": round(float(np.std(row)), 6)}
        for name, row in table.items()
    }
