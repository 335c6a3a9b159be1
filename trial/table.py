"""How is a trial told?"""

from __future__ import annotations

import argparse
import statistics
import sys

from trial.breaking import Breaking
from trial.closing import Closing
from trial.judging import Judgement

SHOWN = 12  # findings of one kind


def show(
    found: Judgement,
    closing: Closing,
    breaking: Breaking,
    options: argparse.Namespace,
    *,
    seconds: float,
) -> int:
    """Print the table; 1 where anything was lost, dialled twice or against the rules."""
    lines = [
        ("seed, contacts, faults", f"{options.seed}, {options.size}, {','.join(options.faults)}"),
        (
            "contacts acknowledged / closed",
            f"{len(closing.acknowledged)} / {found.counts['closed']}",
        ),
        ("follow-ups", found.counts["follow-ups"]),
        ("dial orders seen by the witness", found.counts["dialled"]),
        *((f"  follow-ups {status}", number) for status, number in found.statuses.most_common()),
        *(
            (f"  {name}", number)
            for name, number in sorted(found.counts.items())
            if name.startswith(("not dialled", "refused"))
        ),
        ("faults", f"{breaking.done.total()}: {_told(breaking.done)}"),
        ("processes that ended by themselves", _told(breaking.ended_by_themselves) or "none"),
        *(
            (
                f"  {name} ready again, median / longest",
                f"{statistics.median(took):.1f} / {max(took):.1f} s",
            )
            for name, took in breaking.recovered.items()
        ),
        ("answers to clients", _told(closing.seen)),
        ("repeats answered otherwise / given up", f"{closing.differed} / {closing.given_up}"),
        ("contacts closed a second", f"{len(closing.acknowledged) / max(closing.seconds, 1):.1f}"),
        ("dial orders a second", f"{found.counts['dialled'] / max(seconds, 1):.2f}"),
        ("latest order after a no", f"{found.latest_order_after_no:.1f} s"),
        ("time", f"{seconds:.0f} s"),
    ]
    out = sys.stdout.write
    out("\n")
    for name, value in lines:
        out(f"{name:<64} {value}\n")
    out("\n")
    for name, findings in (
        ("LOST", found.lost),
        ("DIALLED TWICE", found.twice),
        ("OUTSIDE THE RULES", found.outside),
    ):
        out(f"{name:<48} {len(findings)}\n")
        for words in findings[:SHOWN]:
            out(f"    {words}\n")
    for words, number in closing.words.most_common(6):
        out(f"  answered {number} times: {words}\n")
    is_good = found.is_clean and not closing.differed and not closing.given_up
    out(
        "\nNothing was lost, dialled twice, or dialled against the rules.\n"
        if is_good
        else "\nFAILED\n"
    )
    return 0 if is_good else 1


def _told(counts: object) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(dict(counts).items()))  # type: ignore[call-overload]
