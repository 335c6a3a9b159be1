"""How is a model kept? As arrays and JSON in one file with a hash; never as pickled objects."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import zipfile
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from needs.words.calibrating import Evening, Gate
from needs.words.grams import Vocabulary
from needs.words.likeness import Likeness
from needs.words.model import Model

# Another one where what was learnt before would be read otherwise now: then all is learnt anew.
FORMAT: Final = 3
DAY_ONE: Final = (1980, 1, 1, 0, 0, 0)  # a file's date is no part of the model
BETWEEN: Final = "\n"  # grams hold no line break: words are letters, digits and signs


class TamperedModel(ValueError):
    """The stored model is not the one that was saved, or not a model at all."""


def packed(model: Model) -> bytes:
    """The model as an .npz file; the same model gives the same bytes."""
    about = {
        "format": FORMAT,
        "backend": model.backend,
        "needs": model.needs,
        "others": model.others,
        "sharpness": model.sharpness,
        "evening": model.evening,
        "width": model.likeness.width,
        "near": model.likeness.near,
        "gate": model.gate is not None,
    }
    arrays: dict[str, NDArray[Any]] = {
        "about": _letters(json.dumps(about)),
        "vocabulary": _letters(BETWEEN.join(model.vocabulary.columns)),
        "idf": model.vocabulary.idf,
        "grams": model.grams,
        "turn": model.likeness.turn,
        "centre": model.likeness.centre,
        "examples": model.likeness.examples,
        "amounts": model.likeness.amounts,
        "says": model.likeness.says,
        "intercept": model.intercept,
    }
    if model.gate is not None:
        arrays["gate"] = np.concatenate(
            [model.gate.shift, model.gate.scale, model.gate.weights, [model.gate.bias]]
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, array in arrays.items():
            with file.open(zipfile.ZipInfo(f"{name}.npy", DAY_ONE), "w") as part:
                np.lib.format.write_array(part, np.ascontiguousarray(array), allow_pickle=False)
    return out.getvalue()


def digest(stored: bytes) -> str:
    """SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(stored).hexdigest()


def unpacked(stored: bytes, sha256: str) -> Model:
    """The model of a file, whose hash is compared before anything of it is read."""
    if not hmac.compare_digest(digest(stored), sha256):
        raise TamperedModel("The stored model does not have the hash it was saved with.")
    try:
        with np.load(io.BytesIO(stored), allow_pickle=False) as file:
            return _model({name: file[name] for name in file.files})
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise TamperedModel(f"The stored model cannot be read: {error}") from error


def _model(arrays: dict[str, NDArray[Any]]) -> Model:
    about = json.loads(arrays["about"].tobytes())
    if about["format"] != FORMAT:
        raise ValueError(f"format {about['format']} is not {FORMAT}")
    grams = arrays["vocabulary"].tobytes().decode().split(BETWEEN)
    columns = len(about["needs"]) + len(about["others"])
    if arrays["grams"].shape != (len(grams), columns) or len(arrays["idf"]) != len(grams):
        raise ValueError("the arrays do not fit together")
    return Model(
        backend=about["backend"],
        needs=tuple(about["needs"]),
        others=tuple(about["others"]),
        vocabulary=Vocabulary({gram: at for at, gram in enumerate(grams)}, arrays["idf"]),
        grams=arrays["grams"],
        likeness=Likeness(
            turn=arrays["turn"],
            centre=arrays["centre"],
            examples=arrays["examples"],
            amounts=arrays["amounts"],
            width=float(about["width"]),
            says=arrays["says"],
            near=float(about["near"]),
        ),
        intercept=arrays["intercept"],
        sharpness=float(about["sharpness"]),
        evening=Evening(*about["evening"]),
        gate=_gate(arrays["gate"]) if about["gate"] else None,
    )


def _gate(numbers: NDArray[np.float64]) -> Gate:
    shift, scale, weights = numbers[:-1].reshape(3, -1)
    return Gate(shift, scale, weights, float(numbers[-1]))


def _letters(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)
