"""What a customer has from somebody else keeps an offer away: how does that end?"""

from __future__ import annotations

from django.db import transaction

from accounts.live import panel_changed
from accounts.models import User
from customers.models import HeldElsewhere
from interactions.models import Interaction, InteractionClosed, TimelineEntry, TimelineKind
from offers.arbitration import decide_for
from offers.errors import NotHeldElsewhere
from products.models import Product


def no_longer_elsewhere(*, interaction: Interaction, product: Product, by: User) -> None:
    """What they had elsewhere has ended, or never was: it may be offered again.

    Raises InteractionClosed, and NotHeldElsewhere when nothing stood; then nothing changes.
    """
    if interaction.closed_at:
        raise InteractionClosed
    with transaction.atomic():
        if not HeldElsewhere.end(customer_id=interaction.customer_id, product=product, by=by):
            raise NotHeldElsewhere(product)
        TimelineEntry.write(
            customer_id=interaction.customer_id,
            kind=TimelineKind.OFFER,
            title=f"No longer elsewhere: {product}",
            interaction_id=interaction.pk,
        )
        decide_for(customer=interaction.customer, interaction=interaction, by=by)
        panel_changed(
            panel="interactions.timeline", customer_id=interaction.customer_id, user_ids=[by.pk]
        )
