"""What routing tells the apps above it, inside the transaction that took the event in."""

from __future__ import annotations

from django.dispatch import Signal

# call: Call, at: datetime. Our last agent has hung up, and the customer is on the line still. A
# receiver that goes on with the customer answers True, and asks the provider after the commit;
# where none does, the call is ended.
customer_alone = Signal()
