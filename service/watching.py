"""Which promises are at risk at this moment, and who has to know?"""

from __future__ import annotations

from datetime import datetime

from accounts.live import panel_changed
from service.models import EarlyWarning


def watch(*, at: datetime) -> int:
    """Settle what was acted on, tell supervisors of what was not, warn of what is new; how many.

    Each step is one statement that claims its rows, so that two watches at once tell each once.
    """
    EarlyWarning.objects.settle_moved(at=at)
    teams = EarlyWarning.objects.escalate_due(at=at)
    owners = EarlyWarning.objects.raise_due(at=at)
    panel_changed(panel="service.at_risk", user_ids=set(owners), team_ids=teams)
    return len(owners)
