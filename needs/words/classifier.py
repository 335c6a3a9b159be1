"""Which needs does a text tell of, in which sentence, and why?

A text is taken apart into sentences, what is said in every contact is set aside, and each need
takes the stretch that says it best; what a sentence leaves open, its clauses may say. Pure: no
database, no clock, no chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from needs.words import encoders, storing
from needs.words.calibrating import Floats
from needs.words.corrections import Corrections, Neighbour
from needs.words.grams import words_of
from needs.words.masking import mask
from needs.words.model import ALIKE, CHATTER, NO_NEED, Contribution, Model, Read, Weighed
from needs.words.sentences import Sentence, clauses, sentences
from needs.words.training import Example, Name, fitted

AT_MOST: Final = 3  # suggestions shown
TWO: Final = 0.5  # how far two needs are told by as much as the less likely one is, by clauses
SURE: Final = 0.5  # below this the best need of a text is no known need
WORTH: Final = 0.05  # below this a further need is not shown
REASONS: Final = 3
DECIDES: Final = 0.5  # pull of a neighbour
LONGEST: Final = 20_000  # characters of a text that are read
SENTENCES: Final = 60  # of a text that are read
TOGETHER: Final = 6  # sentences that are also read as one
LITTLE: Final = 0.3  # of a text's letters, said in every contact, that are not left out
PLAINLY: Final = 0.2  # more like what is said in every contact than like any need, unsharpened
ALONE: Final = 0.95  # what a sentence counts beside all of them together
ENOUGH: Final = 0.5  # of the likelihood that one sentence must reach to be the one that says it


class Suggested(NamedTuple):
    """A need that a text tells of: `text[start:end]`, masked or not, says it."""

    need: str
    probability: float
    start: int
    end: int
    reasons: tuple[Contribution, ...]


class Seen(NamedTuple):
    """A stretch of a text: which need it is if it is one (adds up to 1), and whether it is one;
    `near` is the correction that it was drawn towards, `parts` are a sentence's clauses."""

    stretch: Sentence
    shares: Floats
    passing: float
    chats: bool
    read: Read
    near: Neighbour | None
    parts: tuple[Seen, ...] = ()

    @property
    def sure(self) -> Floats:
        """How likely it tells of each need."""
        return self.shares * self.passing

    @property
    def rejected(self) -> float:
        """How far somebody said of words like these that they tell of no need."""
        return self.near.pull if self.near and self.near.need == NO_NEED else 0.0


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
            Corrections(examples, self.model.vocabulary, self.model.spelling.mended),
            (*self.model.needs, *sorted(new)),
            self.notice,
            self.sha256,
        )

    def suggest(self, text: str, *, at_most: int = AT_MOST) -> tuple[Suggested, ...]:
        """The needs that the text tells of, most likely first; none when that is unsure."""
        seen = self.seen(text)
        if not seen:
            return ()
        sure = np.stack([one.sure for one in seen])
        sure[:-1] *= ALONE
        seen, sure = _opened(seen, sure)
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
        for row, text in enumerate(texts):
            if seen := self.seen(text, apart=False):
                shares[row], passing[row] = seen[-1].shares, seen[-1].passing
        return shares, passing

    def seen(self, text: str, *, apart: bool = True) -> list[Seen]:
        """What the model says of a text: of its sentences, and last of what they say together.

        What is said in every contact is left out, unless a text says little of it or nothing else.
        All is read in one go, by a guess which sentences will be left; `apart`, with their clauses.
        """
        told = sentences(_readable(text))[:SENTENCES]
        if not told:
            return []
        weighed = [self.model.weigh(one.words) for one in told]
        left = _kept(told, self._chats(self.model.said(weighed), 0.0))
        guessed = _together(left)
        parts = [(one, part) for one in left for part in clauses(one)] if apart else []
        more = [*guessed, *(part for _, part in parts)]
        seen = self._seen([*told, *more], weighed + [self.model.weigh(one.words) for one in more])
        alone, whole = seen[: len(told)], seen[len(told) : len(told) + len(guessed)]
        clauses_of: dict[Sentence, list[Seen]] = {}
        for (one, _), part in zip(parts, seen[len(told) + len(guessed) :], strict=True):
            clauses_of.setdefault(one, []).extend([] if part.chats else [part])
        alone = [one._replace(parts=tuple(clauses_of.get(one.stretch, ()))) for one in alone]
        kept = [one for one in alone if not one.chats] or alone
        together = _together(_kept(told, [one.chats for one in alone]))
        if together != guessed:
            whole = self._seen(together, [self.model.weigh(one.words) for one in together])
        return kept + whole if whole else sorted(kept, key=_surest)

    def _seen(self, told: Sequence[Sentence], weighed: Sequence[Weighed]) -> list[Seen]:
        """What the model says of each stretch."""
        if not told:
            return []
        reads = self.model.read_weighed(weighed)
        scores = self.model.scores(reads)
        passing = self.model.passing(scores, np.array([read.known for read in reads]))
        chats = self._chats(scores, PLAINLY * self.model.sharpness)
        shares = self.model.shares(scores)
        return [self._drawn(*row) for row in zip(told, shares, passing, chats, reads, strict=True)]

    def _chats(self, scores: Floats, more: float) -> list[bool]:
        """Which stretches are by so much more like what is said in every contact than a need."""
        if CHATTER not in self.model.others:
            return [False] * len(scores)
        own = scores[:, len(self.model.needs) + self.model.others.index(CHATTER)]
        needs = scores[:, : len(self.model.needs)].max(axis=1)
        return [bool(one) for one in own - needs > more]

    def _drawn(
        self, stretch: Sentence, own: Floats, passing: float, chats: bool, read: Read
    ) -> Seen:
        """What the model says, drawn towards what somebody corrected in words like these."""
        shares = np.concatenate([own, np.zeros(len(self.needs) - len(own))])
        near = self.corrections.nearest(read.grams.blocks)
        seen = Seen(stretch, shares, float(passing), chats, read, near)
        if near is None:
            return seen
        if near.need == NO_NEED:
            return seen._replace(passing=seen.passing * (1 - near.pull))
        shares = shares * (1 - near.pull)
        shares[self.needs.index(near.need)] += near.pull
        passes = seen.passing + (1 - seen.passing) * near.pull
        return seen._replace(shares=shares, passing=passes, chats=False)

    def _suggested(self, seen: Sequence[Seen], sure: Floats, at: int) -> Suggested:
        """Its sentence is the one that says it best, where one alone says it."""
        chance = float(sure[:, at].max())
        alone = max(range(max(1, len(seen) - 1)), key=lambda row: float(sure[row, at]))
        row = alone if sure[alone, at] >= ENOUGH * chance else len(seen) - 1
        start, end, _ = seen[row].stretch
        need = self.needs[at]
        return Suggested(need, chance, start, end, self._reasons(seen[row], need))

    def _reasons(self, seen: Seen, need: str) -> tuple[Contribution, ...]:
        """The words that speak most for it; those that it shares with a neighbour that decided."""
        near, known = seen.near, need in self.model.needs
        if near is not None and near.need == need and (near.pull >= DECIDES or not known):
            meant, said = words_of(seen.read.grams.words), words_of(seen.stretch.words)
            written = dict(zip(meant, said, strict=False))
            shared = near.words[:REASONS]
            return tuple(Contribution(written.get(word, word), part) for word, part in shared)
        if not known:
            return ()
        told = self.model.contributions(seen.stretch.words, need, seen.read)
        kept = [one for one in told if one.amount > 0 and one.words not in ("", ALIKE)]
        return tuple(kept[:REASONS])


def _readable(text: str) -> str:
    """The beginning of a text, masked, every character in its place; none that UTF-8 lacks."""
    return mask(text[:LONGEST].encode("utf-8", "replace").decode("utf-8"))


def _opened(seen: Sequence[Seen], sure: Floats) -> tuple[list[Seen], Floats]:
    """With the clauses first, which may tell of a need each: they say what is left open by the
    sentence that they stand in, or more where they tell of two needs."""
    sure = sure.copy()
    parts: list[Seen] = []
    rows: list[Floats] = []
    for row, one in enumerate(seen):
        if not one.parts:
            continue
        own = np.stack([part.sure for part in one.parts])
        says = own.max(axis=0)
        another = np.partition(says, -2)[-2]
        open_to = max(1 - sure[row].max(), TWO * another) * (1 - one.rejected)
        alone = (own >= ENOUGH * says).sum(axis=0) == 1
        decides = alone & (own >= np.maximum(says, sure[row]))
        sure[row] = np.minimum(1.0, sure[row] + open_to * says)
        parts += one.parts
        rows.append(np.where(decides, sure[row], 0.0))
    return [*parts, *seen], np.vstack([*rows, sure])


def _surest(seen: Seen) -> float:
    return float(seen.passing * seen.shares.max())


def _kept(told: Sequence[Sentence], chats: Sequence[bool]) -> list[Sentence]:
    """Without what is said in every contact; with it where that is little, or all there is."""
    kept = [one for one, chat in zip(told, chats, strict=True) if not chat]
    letters = sum(len(one.words) for one in told)
    left_out = letters - sum(len(one.words) for one in kept)
    return kept if kept and left_out > LITTLE * letters else list(told)


def _together(told: Sequence[Sentence]) -> list[Sentence]:
    """A few sentences as one; nothing where there is one alone, or where there are many."""
    if not 1 < len(told) <= TOGETHER:
        return []
    return [Sentence(told[0].start, told[-1].end, " ".join(one.words for one in told))]
