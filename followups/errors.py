"""Which rule of a follow-up was broken, in words that say what to do."""

from __future__ import annotations

from datetime import date

from accounts.errors import Conflict, RuleBroken
from customers.budget import Ruling


class FollowUpTaken(Conflict):
    def __init__(self, *, status: str, owner: object) -> None:
        super().__init__(
            f"This follow-up cannot be begun: {owner} has it and it is “{status}”. "
            "Nothing was changed; choose another one from My work."
        )


class FollowUpSettled(Conflict):
    def __init__(self, *, status: str, owner: object) -> None:
        super().__init__(
            f"Nothing was recorded: {owner} has this follow-up and it is “{status}” already. "
            "Reload to see what was recorded first."
        )


class DraftMovedOn(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "These answers were changed in another window. What you chose is kept here: "
            "look at both, then save them."
        )


class NotPermittedNow(RuleBroken):
    """The rules were asked again at the moment of acting, and they refuse or make it wait."""


class HeardEnough(Conflict):
    """The contact budget has no room for one more question; `room_on` is the first day with."""

    def __init__(self, ruled: Ruling) -> None:
        self.room_on = ruled.until or date.max
        super().__init__(f"{ruled.because} Nobody was called.")


class AnswersIncomplete(RuleBroken):
    """An answer is missing, of the wrong kind, or to a question that is not asked here."""


class CallBackImpossible(RuleBroken):
    """The time that the customer named cannot be kept; the message names one that can."""


class FollowUpStillOpen(RuleBroken):
    def __init__(self) -> None:
        super().__init__(
            "This contact is a follow-up call. Record the answers, or how the try ended: "
            "that wraps it up."
        )


class NotCalledYet(RuleBroken):
    def __init__(self) -> None:
        super().__init__(
            "Nobody's phone has rung yet, so there is nothing to report. Press Call, or put the "
            "follow-up back."
        )


class CalledAlready(RuleBroken):
    def __init__(self) -> None:
        super().__init__("Their phone has rung in this try. Say here how it ended.")
