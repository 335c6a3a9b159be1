"""Which answer to an offer cannot be taken, and what to do instead?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.errors import Conflict, RuleBroken

if TYPE_CHECKING:
    from offers.models import Offer
    from products.models import Product


class AnsweredAlready(Conflict):
    def __init__(self, offer: Offer) -> None:
        who = f" by {offer.answered_by}" if offer.answered_by else ""
        super().__init__(
            f"{offer.product} was answered already{who}: {offer.get_status_display().lower()}."
        )


class HeardEnough(RuleBroken):
    """The contact budget has no room for one more contact that nobody asked for.

    `until` is the first day with room, in words; empty for never.
    """

    def __init__(self, because: str, until: str) -> None:
        again = f" There is room again from {until} on." if until else ""
        super().__init__(
            f"{because}{again} Nobody is contacted. If something has to be done for the "
            "customer, open a request first: contacts about it are counted and never refused."
        )


class LaterIsPast(RuleBroken):
    def __init__(self) -> None:
        super().__init__("“Later” needs a day still to come. Choose tomorrow or a later day.")


class LaterIsTooFar(RuleBroken):
    def __init__(self) -> None:
        super().__init__("That day is more than two years away. Choose an earlier one.")


class NothingAnswered(Conflict):
    def __init__(self, product: Product) -> None:
        super().__init__(f"No answer to {product} stands in this contact: nothing to take back.")


class NotHeldElsewhere(Conflict):
    def __init__(self, product: Product) -> None:
        super().__init__(f"Nothing like {product} is kept as held elsewhere any more.")
