"""What of promises has to be said before a contact is wrapped up?"""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from interactions.models import Interaction
from interactions.signals import interaction_closed
from service.forewarning import refuse_while_untold


@receiver(interaction_closed)
def settle_the_warning_first(interaction: Interaction, **_: Any) -> None:
    refuse_while_untold(interaction)
