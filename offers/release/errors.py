"""Which rule of a release was broken?"""

from __future__ import annotations

from collections.abc import Sequence

from accounts.errors import Conflict, NotAllowed, RuleBroken


class ReviewIsForAnother(NotAllowed):
    def __init__(self) -> None:
        super().__init__("You proposed this release. Another administrator has to review it.")


class NotReviewed(RuleBroken):
    def __init__(self) -> None:
        super().__init__("Nobody has approved this release yet. Ask another administrator first.")


class ExpectationsFail(RuleBroken):
    """A policy test fails on the content; `problems` has one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        count = "1 policy test fails" if len(problems) == 1 else f"{len(problems)} fail"
        super().__init__(f"Nothing was changed: {count}. {' '.join(problems)}")


class MovedOn(Conflict):
    def __init__(self, words: str) -> None:
        super().__init__(f"Somebody was first: this release is now “{words}”. Look again.")


class OutOfDate(Conflict):
    def __init__(self, *, base: int, now: int) -> None:
        super().__init__(
            f"It was proposed on catalogue {base}, and catalogue {now} is in force now. "
            "Propose the draft again, so that nothing is undone unseen."
        )


class AnotherOnTrial(Conflict):
    def __init__(self, number: int) -> None:
        super().__init__(f"Release {number} is on trial. Take it back or publish it first.")


class ProposedAlready(Conflict):
    def __init__(self, number: int) -> None:
        super().__init__(f"Release {number} proposes exactly this already.")


class StepsLeftOut(RuleBroken):
    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__(
            f"Not done yet: {', '.join(steps)}. Do it first, or say why it is left out."
        )


class NoWayBack(RuleBroken):
    """There is nothing older to go back to."""
