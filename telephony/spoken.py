"""What do callers hear spoken? Every prompt by its name, with its words.

`manage.py prompts` renders them to `telephony/prompts/`; an administrator's recording of the same
name goes before. No prompt offers anything: recorded offers need a consent of their own (PECR
reg. 19), and a survey that sells is no survey.
"""

from __future__ import annotations

from typing import Final

NUMBERS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MINUTES: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 30)
_MINUTES_SPOKEN: Final = (*NUMBERS, "fifteen", "twenty", "thirty")

SURVEY_GREETING: Final = "survey-greeting"
SURVEY_OWN_GREETING: Final = "survey-own-greeting"
SURVEY_GO_ON: Final = "survey-go-on"
SURVEY_STOP: Final = "survey-stop"
SURVEY_SORRY: Final = "survey-sorry"
SURVEY_THANKS: Final = "survey-thanks"
SURVEY_STOPPED: Final = "survey-stopped"
QUEUE_MORE: Final = "queue-more"
WAIT_MORE: Final = "wait-more"
CALL_BACK_OFFER: Final = "call-back-offer"
CALL_BACK_KEPT: Final = "call-back-kept"
RECORDING_NOTICE: Final = "recording-notice"
RECONNECTING: Final = "reconnecting"
CLOSED: Final = "closed"

_KEYS: Final = "Press one for yes, two for no."

SPOKEN: Final[dict[str, str]] = {
    SURVEY_GREETING: (
        "Please stay on the line. This is an automatic voice, for the team you have just talked "
        "to. We have three short questions about this call."
    ),
    SURVEY_OWN_GREETING: (
        "Hello. This is an automatic voice, calling for the team that you have been in touch with. "
        "We call to ask how it went, with three short questions. It will take a minute."
    ),
    SURVEY_GO_ON: (
        "Press one to go on. Press nine, and we will not call you again to ask. "
        "Or hang up, if this is no good time."
    ),
    SURVEY_STOP: "Press nine at any time, and we will not call you again to ask.",
    "survey-as_expected": f"Did everything go as expected? {_KEYS}",
    "survey-as_promised": f"Have we delivered as promised? {_KEYS}",
    "survey-met_expectations": f"Have we met your expectations? {_KEYS}",
    SURVEY_SORRY: "Sorry, we did not get an answer.",
    SURVEY_THANKS: "Thank you for your answers. Goodbye.",
    SURVEY_STOPPED: "We will not call you again to ask. Goodbye.",
    **{
        f"queue-{place}": f"You are number {spoken} in the queue."
        for place, spoken in enumerate(NUMBERS, start=1)
    },
    QUEUE_MORE: "There are more than ten callers before you.",
    **{
        f"wait-{minutes}": f"It will take about {spoken} minute{'s' if minutes > 1 else ''}."
        for minutes, spoken in zip(MINUTES, _MINUTES_SPOKEN, strict=True)
    },
    WAIT_MORE: "It will take more than thirty minutes.",
    CALL_BACK_OFFER: "Press one, and we call you back in your turn.",
    CALL_BACK_KEPT: "We will call you back in your turn. Goodbye.",
    RECORDING_NOTICE: (
        "We record this call only if you agree. We ask you, unless you have told us before."
    ),
    RECONNECTING: "We are reconnecting you. You are next.",
    CLOSED: "Our lines are closed now.",
}


def place_in_queue(place: int) -> str:
    """The prompt that says this place; 1 is the next to be answered."""
    return f"queue-{place}" if place <= len(NUMBERS) else QUEUE_MORE


def minutes_to_wait(minutes: float) -> str:
    """The prompt that says about so long; never a shorter time than it will take."""
    enough = next((one for one in MINUTES if one >= minutes), None)
    return f"wait-{enough}" if enough else WAIT_MORE
