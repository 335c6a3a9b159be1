"""Whom do we serve, how are they reached, what have they permitted, what do they hold?"""

from customers.models.consent import Consent, Purpose
from customers.models.contact_draw import BUDGETED, ContactDraw, DrawnFor
from customers.models.contact_point import ContactPoint
from customers.models.customer import (
    Customer,
    CustomerKind,
    CustomerQuerySet,
    KnownAlready,
    RegionElsewhere,
    fitting_region,
)
from customers.models.elsewhere import HeldElsewhere
from customers.models.holding import Holding
from customers.models.protected import ProtectedAttribute, ProtectedTrait

__all__ = [
    "BUDGETED",
    "Consent",
    "ContactDraw",
    "ContactPoint",
    "Customer",
    "CustomerKind",
    "CustomerQuerySet",
    "DrawnFor",
    "HeldElsewhere",
    "Holding",
    "KnownAlready",
    "ProtectedAttribute",
    "ProtectedTrait",
    "Purpose",
    "RegionElsewhere",
    "fitting_region",
]
