"""Which rule was broken, in words that say what to do."""


class RuleBroken(Exception):
    """A rule of the product refused an action; nothing was changed.

    The message is shown to people as it is: it names the rule and says what to do.
    """

    status_code = 422


class Conflict(RuleBroken):
    """Somebody else was first; the message says who or what won."""

    status_code = 409


class NotAllowed(RuleBroken):
    """The person's role does not include this action."""

    status_code = 403
