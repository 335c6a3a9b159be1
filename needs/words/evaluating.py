"""How well are needs read from words, on files with the right answers?"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from needs.words import measures, noise, reading, several
from needs.words.classifier import SURE, Classifier
from needs.words.measures import Answers
from needs.words.reading import UnusableFile
from needs.words.sentences import sentences
from needs.words.training import SEED, Example, Name

TIMED: Final = 300  # texts read one by one for the milliseconds
WARM: Final = 10  # texts read before the watch runs
__all__ = ["Asked", "UnusableFile", "evaluated"]


class Asked(NamedTuple):
    """What is to be measured: the command's options."""

    train: Path
    test: Path | None = None
    folds: int | None = None
    shots: int | None = None
    seed: int = 0
    backend: str = "tfidf"
    oos_label: str = ""
    names: Path | None = None
    noise: str | None = None
    joined: str | None = None


class Task(NamedTuple):
    """What is learnt from, and what is tested."""

    examples: list[Example]
    unlabelled: list[str]
    names: list[Name]
    test: list[Example]


class Cost(NamedTuple):
    """What reading costs in a process of its own: milliseconds a sentence read alone, and a whole
    text, of which each sentence is read and then all together; megabytes."""

    p50_ms: float
    p95_ms: float
    p95_cpu_ms: float  # processor time, which other work on the machine does not change
    text_p50_ms: float
    text_p95_ms: float
    text_p95_cpu_ms: float
    rss_added_mb: float


def evaluated(asked: Asked) -> dict[str, Any]:
    """The measures by name. Raises UnusableFile, and TooFewNeeds."""
    tasks = _tasks(asked)
    answers, seconds, spent, accuracies = [], [], [], []
    shown: list[several.Shown] = []
    classifier: Classifier | None = None
    for number, task in enumerate(tasks):
        began, used = time.perf_counter(), time.process_time()
        classifier = Classifier.fit(
            task.examples, task.names, backend=asked.backend, unlabelled=task.unlabelled
        )
        seconds.append(time.perf_counter() - began)
        spent.append(time.process_time() - used)
        texts = [one.text for one in task.test]
        if asked.noise:
            texts = noise.noisy(texts, asked.noise, asked.seed + number)
        answers.append(_answers(classifier, texts, task.test))
        accuracies.append(measures.accuracy(answers[-1].inside()))
        if asked.joined:
            shown += several.shown(classifier, task.test, asked.joined, asked.seed + number)
    if classifier is None:
        raise UnusableFile("There is nothing to test.")
    return {
        **_about(asked, tasks[0], classifier),
        **_measured(Answers(*(np.concatenate(part) for part in zip(*answers, strict=True)))),
        **({"accuracy_of_folds": accuracies} if asked.folds else {}),
        **(several.measured(shown) if asked.joined else {}),
        "train_seconds": float(np.mean(seconds)),
        "train_cpu_seconds": float(np.mean(spent)),
        **_cost(classifier, texts)._asdict(),
    }


def _tasks(asked: Asked) -> list[Task]:
    if (asked.test is None) == (asked.folds is None):
        raise UnusableFile("Give either --test with a second file, or --folds.")
    rows = reading.examples(asked.train, asked.oos_label)
    categories = sorted({one.need for one in rows if one.need})
    names = reading.names(asked.names, categories)
    if asked.test is not None:
        test = reading.examples(asked.test, asked.oos_label)
        _compare(asked, test, set(categories))
        return [Task(*_shot(rows, asked), names, test)]
    folds = _folds(rows, asked)
    return [
        Task(
            *_shot([one for one, at in zip(rows, folds, strict=True) if at != number], asked),
            names,
            [one for one, at in zip(rows, folds, strict=True) if at == number],
        )
        for number in range(asked.folds or 0)
    ]


def _compare(asked: Asked, test: Sequence[Example], categories: set[str]) -> None:
    for line, one in enumerate(test, start=2):
        if one.need and one.need not in categories:
            raise UnusableFile(
                f"{asked.test}, row {line}: category {one.need!r} is not in {asked.train}. Name"
                " the category of texts without a need by --oos-label, or drop the row."
            )


def _shot(rows: list[Example], asked: Asked) -> tuple[list[Example], list[str]]:
    """So many examples of each need, drawn by the seed; the other texts without their needs."""
    if asked.shots is None:
        return rows, []
    if asked.shots < 0:
        raise UnusableFile("--shots must be 0 or more.")
    chance = np.random.default_rng(asked.seed)
    by_need: dict[str, list[int]] = {}
    for at, one in enumerate(rows):
        by_need.setdefault(one.need, []).append(at)
    kept = {
        int(at)
        for need in sorted(by_need)
        for at in chance.permutation(by_need[need])[: asked.shots]
    }
    examples = [one for at, one in enumerate(rows) if at in kept]
    return examples, [one.text for at, one in enumerate(rows) if at not in kept]


def _folds(rows: Sequence[Example], asked: Asked) -> list[int]:
    """The fold of each row: those of one category are dealt out in turn."""
    if not 2 <= (asked.folds or 0) <= 20:
        raise UnusableFile("--folds must be from 2 to 20.")
    chance = np.random.default_rng(asked.seed)
    found = np.zeros(len(rows), dtype=int)
    needs = np.array([one.need for one in rows])
    for number, need in enumerate(sorted(set(needs))):
        own = chance.permutation(np.flatnonzero(needs == need))
        found[own] = (np.arange(len(own)) + number) % (asked.folds or 1)
    return [int(one) for one in found]


def _answers(classifier: Classifier, texts: Sequence[str], test: Sequence[Example]) -> Answers:
    shares, passing = classifier.probabilities(texts)
    at = {need: column for column, need in enumerate(classifier.needs)}
    return Answers(shares, passing, np.array([at.get(one.need, -1) for one in test]))


def _about(asked: Asked, task: Task, classifier: Classifier) -> dict[str, Any]:
    return {
        "backend": classifier.model.backend,
        "notice": classifier.notice,
        "version": classifier.version,
        "examples": len(task.examples),
        "needs": len(classifier.needs),
        "unlabelled": len(task.unlabelled),
        "texts_tested": len(task.test),
        "shots": asked.shots,
        "seed": asked.seed,
        "noise": asked.noise,
        "joined": asked.joined,
        "model_seed": SEED,
    }


def _measured(answers: Answers) -> dict[str, Any]:
    inside = answers.inside()
    found: dict[str, Any] = {
        "accuracy": measures.accuracy(inside),
        "macro_f1": measures.macro_f1(inside),
        "top_3": measures.among_first(inside, 3),
        "ece": measures.calibration_error(inside),
        "coverage_at_98_precision": measures.coverage(inside),
    }
    if len(inside.right) < len(answers.right):
        kept, rejected = measures.rejecting(answers, SURE)
        found |= {
            "oos_auroc": measures.separation(answers),
            "oos_recall_at_95_in_scope": measures.rejected_at(answers),
            "in_scope_accuracy_as_set": kept,
            "oos_recall_as_set": rejected,
        }
    return found


def _cost(classifier: Classifier, texts: Sequence[str]) -> Cost:
    """Measured in a fresh process, as a web process has it: no training, one text at a time."""
    with tempfile.TemporaryDirectory() as folder:
        stored = Path(folder) / "model.npz"
        stored.write_bytes(classifier.save())
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            asked = (str(stored), classifier.version, list(texts[: TIMED + WARM]))
            return Cost(*pool.apply(read_alone, asked))


def read_alone(stored: str, sha256: str, texts: Sequence[str]) -> tuple[float, ...]:
    """In the fresh process: load, read one by one, tell the times and the memory added."""
    before = _resident()
    classifier = Classifier.load(Path(stored).read_bytes(), sha256)
    alone = [one.words for text in texts for one in sentences(text)]
    costs = [*_times(classifier, alone), *_times(classifier, texts)]
    return *costs, (_resident() - before) / 2**20


def _times(classifier: Classifier, texts: Sequence[str]) -> tuple[float, float, float]:
    """Milliseconds of one: the median and 95th percentile, and that of processor time."""
    times = []
    for text in [*texts[:WARM], *texts]:
        began, used = time.perf_counter(), time.process_time()
        classifier.suggest(text)
        times.append((time.perf_counter() - began, time.process_time() - used))
    passed, spent = np.array(times[WARM:]).T * 1000
    p50, p95 = np.percentile(passed, [50, 95])
    return float(p50), float(p95), float(np.percentile(spent, 95))


def _resident() -> int:
    """Bytes of memory held, by Linux's count; 0 where there is none."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * 4096
