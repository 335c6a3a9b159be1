"""How did the customers fare whom this agent served? For the agent alone; nobody is compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import User
from customers.models import Customer, Holding
from followups.models import FollowUp, FollowUpStatus, Question
from insights.measures import Rate
from insights.periods import Period
from insights.tallies.answers import PROMOTER
from interactions.models import Interaction

DAYS: Final = 90
STANDING: Final = ("stays", "promotes")  # what `served_by` tells of each customer
THREE: Final = {
    Question.AS_EXPECTED: "As expected",
    Question.AS_PROMISED: "As promised",
    Question.MET_EXPECTATIONS: "Met expectations",
}


def served_by(user: User, period: Period) -> QuerySet[Customer]:
    """Customers with whom the agent closed a contact in these days, and who held something."""
    contacts = Interaction.objects.filter(
        agent=user, closed_at__gte=period.start, closed_at__lt=period.end
    )
    holdings = Holding.objects.filter(customer_id=OuterRef("pk"))
    newest = FollowUp.objects.filter(
        customer_id=OuterRef("customer_id"),
        status=FollowUpStatus.ANSWERED,
        answers__question=Question.RECOMMEND,
    ).order_by("-answered_at", "-pk")
    promoter = FollowUp.objects.filter(
        customer_id=OuterRef("pk"),
        answers__question=Question.RECOMMEND,
        answers__score__gte=PROMOTER,
        pk=newest.values("pk")[:1],
    )
    return (
        Customer.objects.visible_to(user)
        .filter(Exists(holdings), pk__in=contacts.values("customer_id"))
        .annotate(
            stays=Exists(holdings.filter(cancelled_on=None)),
            promotes=Exists(promoter),
        )
    )


GROUPS: Final[dict[str, tuple[str, Q]]] = {
    "all": ("Customers you served", Q()),
    "retained": ("Retained: they still hold something", Q(stays=True)),
    "left": ("Left: they hold nothing any more", Q(stays=False)),
    "advocates": ("Advocates: promoters who have stayed", Q(stays=True, promotes=True)),
}


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    name: str
    n: int


def group_of(user: User, period: Period, key: str) -> QuerySet[Customer]:
    """The customers of one group. Raises KeyError when there is no such group."""
    return served_by(user, period).filter(GROUPS[key][1])


def groups(user: User, period: Period) -> list[Group]:
    """How many customers of each group, in one statement."""
    counts = served_by(user, period).aggregate(
        **{
            key: Count("pk", filter=only) if only else Count("pk")
            for key, (_, only) in GROUPS.items()
        }
    )
    return [Group(key, name, counts[key]) for key, (name, _) in GROUPS.items()]


def answers(user: User, period: Period) -> list[tuple[str, Rate]]:
    """What customers said in follow-ups about the agent's own contacts."""
    found = FollowUp.objects.filter(
        interaction__agent=user,
        status=FollowUpStatus.ANSWERED,
        answered_at__gte=period.start,
        answered_at__lt=period.end,
    )
    counted: dict[str, Any] = found.aggregate(
        **{
            f"{question}_{word}": Count(
                "answers", filter=Q(answers__question=question, answers__is_yes__in=values)
            )
            for question in THREE
            for word, values in (("yes", [True]), ("of", [True, False]))
        }
    )
    return [
        (name, Rate(counted[f"{question}_yes"], counted[f"{question}_of"]))
        for question, name in THREE.items()
    ]
