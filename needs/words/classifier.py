"""Which needs does a text tell of, in which sentence, and why?

A text is taken apart into sentences, what is said in every contact is set aside, and each need
takes the stretch that says it best. Pure: no database, no clock, no chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from needs.words import encoders, storing
from needs.words.calibrating import Floats
from needs.words.corrections import Corrections
from needs.words.masking import mask
from needs.words.model import ALIKE, CHATTER, NO_NEED, Contribution, Model, Read
from needs.words.sentences import Sentence, sentences
from needs.words.training import Example, Name, fitted

AT_MOST: Final = 3  # suggestions shown
SURE: Final = 0.5  # below this the best need of a text is no known need
WORTH: Final = 0.05  # below this a further need is not shown
REASONS: Final = 3
LONGEST: Final = 20_000  # characters of a text that are read
SENTENCES: Final = 60  # of a text that are read
TOGETHER: Final = 4  # sentences that are also read as one


class Suggested(NamedTuple):
    """A need that a text tells of: `text[start:end]`, masked or not, says it."""

    need: str
    probability: float
    start: int
    end: int
    reasons: tuple[Contribution, ...]


class Seen(NamedTuple):
    """A stretch of a text: which need it is if it is one (adds up to 1), and whether it is one."""

    stretch: Sentence
    shares: Floats
    passing: float
    chats: bool


@dataclass(frozen=True)
class Classifier:
    """A fitted model and what was corrected since; `notice` tells of a missing extra."""

    model: Model
    corrections: Corrections
    needs: tuple[str, ...]
    notice: str = ""
    sha256: str = ""

    @classmethod
    def fit(
        cls,
        examples: Sequence[Example],
        names: Sequence[Name] = (),
        *,
        backend: str = "tfidf",
        unlabelled: Sequence[str] = (),
    ) -> Classifier:
        """Learn from examples and from needs' names; needs scikit-learn, so a worker does it.

        `unlabelled` are texts of which nobody said the need: where examples are few, they tell
        how customers speak. Raises TooFewNeeds, and UnknownBackend; a missing extra gives a notice.
        """
        chosen = encoders.resolved(backend)
        return cls._of(fitted(examples, names, chosen.backend, unlabelled), chosen.notice)

    @classmethod
    def load(cls, stored: bytes, sha256: str) -> Classifier:
        """Of what `save` gave. Raises TamperedModel, or MissingExtra without its backend's."""
        model = storing.unpacked(stored, sha256)
        absent = encoders.missing(model.backend)
        if absent:
            raise encoders.MissingExtra(encoders.resolved(model.backend).notice)
        return cls._of(model, sha256=sha256)

    @classmethod
    def _of(cls, model: Model, notice: str = "", sha256: str = "") -> Classifier:
        return cls(model, Corrections((), model.vocabulary), model.needs, notice, sha256)

    def save(self) -> bytes:
        """The model without the corrections, which are examples and kept as such."""
        return storing.packed(self.model)

    @cached_property
    def version(self) -> str:
        """SHA-256 of what `save` gives: 64 hexadecimal digits."""
        return self.sha256 or storing.digest(self.save())

    def corrected(self, examples: Sequence[Example]) -> Classifier:
        """The same model beside all that was corrected since it was fitted, oldest first."""
        new = {one.need for one in examples} - {NO_NEED, *self.model.needs}
        return Classifier(
            self.model,
            Corrections(examples, self.model.vocabulary),
            (*self.model.needs, *sorted(new)),
            self.notice,
            self.sha256,
        )

    def suggest(self, text: str, *, at_most: int = AT_MOST) -> tuple[Suggested, ...]:
        """The needs that the text tells of, most likely first; none when that is unsure."""
        seen = [one for one in self.seen([text])[0] if not one.chats]
        if not seen:
            return ()
        sure = np.stack([one.shares * one.passing for one in seen])
        best = sure.max(axis=0)
        if best.max() < SURE:
            return ()
        order = [int(at) for at in np.argsort(-best, kind="stable")[:at_most] if best[at] >= WORTH]
        return tuple(self._suggested(seen, sure, at) for at in order)

    def probabilities(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Of each text, the share of each of `needs` if it tells of one (rows add up to 1), and
        how likely it tells of one: shapes (texts, needs) and (texts,)."""
        shares = np.full((len(texts), len(self.needs)), 1 / len(self.needs))
        passing = np.zeros(len(texts))
        for row, seen in enumerate(self.seen(texts)):
            if seen:
                told = [one for one in seen if not one.chats] or seen
                best = max(told, key=lambda one: one.passing * float(one.shares.max()))
                shares[row], passing[row] = best.shares, best.passing
        return shares, passing

    def seen(self, texts: Sequence[str]) -> list[list[Seen]]:
        """What the model says of each stretch of each text."""
        stretches = [list(_stretches(_readable(text))) for text in texts]
        reads = iter(self.model.read([one.words for own in stretches for one in own]))
        return [self._seen(own, [next(reads) for _ in own]) for own in stretches]

    def _seen(self, stretches: Sequence[Sentence], reads: Sequence[Read]) -> list[Seen]:
        if not stretches:
            return []
        scores = self.model.scores(reads)
        passing = self.model.passing(scores, np.array([read.known for read in reads]))
        chats = self._chats(scores) & (len(stretches) > 1)
        return [
            self._drawn(Seen(*row))
            for row in zip(stretches, self.model.shares(scores), passing, chats, strict=True)
        ]

    def _chats(self, scores: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which stretches are what is said in every contact."""
        if CHATTER not in self.model.others:
            return np.zeros(len(scores), dtype=bool)
        own = scores[:, len(self.model.needs) + self.model.others.index(CHATTER)]
        return np.asarray(own > scores[:, : len(self.model.needs)].max(axis=1))

    def _drawn(self, seen: Seen) -> Seen:
        """Drawn towards what somebody corrected in words like these."""
        shares = np.concatenate([seen.shares, np.zeros(len(self.needs) - len(seen.shares))])
        near = self.corrections.nearest(seen.stretch.words)
        if near is None:
            return seen._replace(shares=shares)
        if near.need == NO_NEED:
            return seen._replace(shares=shares, passing=seen.passing * (1 - near.pull))
        shares = shares * (1 - near.pull)
        shares[self.needs.index(near.need)] += near.pull
        passing = seen.passing + (1 - seen.passing) * near.pull
        return Seen(seen.stretch, shares, passing, False)

    def _suggested(self, seen: Sequence[Seen], sure: Floats, at: int) -> Suggested:
        """The shortest of the stretches that say it best."""
        good = [row for row in range(len(seen)) if sure[row, at] >= sure[:, at].max() - 0.02]
        row = min(good, key=lambda one: len(seen[one].stretch.words))
        start, end, words = seen[row].stretch
        reasons = self._reasons(words, self.needs[at])
        return Suggested(self.needs[at], float(sure[row, at]), start, end, reasons)

    def _reasons(self, words: str, need: str) -> tuple[Contribution, ...]:
        """The words that speak most for it; those of the neighbour, where one decided."""
        near = self.corrections.nearest(words)
        if near is not None and near.need == need:
            return (Contribution(near.text, near.pull),)
        if need not in self.model.needs:
            return ()
        told = self.model.contributions(words, need)
        kept = [one for one in told if one.amount > 0 and one.words not in ("", ALIKE)]
        return tuple(kept[:REASONS])


def _readable(text: str) -> str:
    """The beginning of a text, masked, every character in its place; none that UTF-8 lacks."""
    return mask(text[:LONGEST].encode("utf-8", "replace").decode("utf-8"))


def _stretches(text: str) -> Iterator[Sentence]:
    """The sentences of a text, and all of a short text as one."""
    found = sentences(text)[:SENTENCES]
    yield from found
    if 1 < len(found) <= TOGETHER:
        start, end = found[0].start, found[-1].end
        yield Sentence(start, end, text[start:end])
