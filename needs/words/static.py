"""What does a sentence mean by its words alone? WordLlama's vectors, averaged.

WordLlama (MIT) keeps 256 numbers for each of 32,000 pieces of words, distilled from large
language models: https://github.com/dleemiller/WordLlama. Its own loader asks the network, so
the arrays are read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from tokenizers import Tokenizer

from needs.words import tensors
from needs.words.encoders import MissingExtra, Vectors, folder_of, unit

WEIGHTS: Final = "weights/l2_supercat_256.safetensors"
TOKENS: Final = "tokenizers/l2_supercat_tokenizer_config.json"
LONGEST: Final = 256  # pieces of words of one sentence


class Static:
    """Mean of the vectors of a sentence's pieces."""

    name = "static"
    size = 256

    def __init__(self) -> None:
        folder = folder_of("wordllama")
        if folder is None:
            raise MissingExtra("wordllama is not installed.")
        self._vectors = next(iter(tensors.mapped(folder / WEIGHTS).values()))
        self._tokens = Tokenizer.from_file(str(folder / TOKENS))
        self._tokens.no_padding()
        self._tokens.enable_truncation(LONGEST)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        found = np.zeros((len(texts), self.size), dtype=np.float32)
        said = self._tokens.encode_batch([text.lower() for text in texts], add_special_tokens=False)
        for row, pieces in zip(found, said, strict=True):
            if pieces.ids:
                row[:] = self._vectors[pieces.ids].astype(np.float32).mean(axis=0)
        return unit(found)

    def knows(self, word: str, /) -> bool:
        """Whether it is one piece, with the blank before it."""
        return self._tokens.token_to_id(f"▁{word}") is not None
