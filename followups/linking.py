"""What does a customer's link show, and what follows from what is said there?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry
from customers.models import Customer
from followups.models import Answer, FollowUp, FollowUpStatus, Link, Said
from interactions.models import Intent
from messaging import sending
from messaging.models import Sending
from service.models import Promise, RequestStatus, ServiceRequest
from telephony.models import CallerId

# What a contact was about, in words that tell a stranger nothing.
ABOUT: Final = {
    Intent.QUESTION: "your question",
    Intent.REQUEST: "your request",
    Intent.CHANGE: "a change that you asked for",
    Intent.CANCEL: "a change that you asked for",
    Intent.COMPLAINT: "something that had gone wrong",
}
ANYTHING: Final = "what you got in touch about"
DEFAULT_NAME: Final = "Customer service"


@dataclass(frozen=True)
class Page:
    """One link, as its page shows it."""

    link: Link
    follow_up: FollowUp

    @property
    def is_answered(self) -> bool:
        return self.follow_up.status == FollowUpStatus.ANSWERED

    @property
    def about(self) -> str:
        reason = self.follow_up.interaction.contact_reason
        return ABOUT.get(Intent(reason.intent), ANYTHING) if reason else ANYTHING

    @property
    def promises(self) -> list[Promise]:
        """As they were given in that contact."""
        made = Promise.objects.filter(interaction=self.follow_up.interaction_id)
        return list(made.order_by("due_at", "pk"))

    @property
    def answers(self) -> list[Answer]:
        return list(Answer.objects.filter(follow_up=self.follow_up).order_by("pk"))

    @property
    def request(self) -> ServiceRequest | None:
        """What was opened by the answers, with who has it."""
        return self.follow_up.request

    @property
    def is_being_fixed(self) -> bool:
        """Somebody works on it, or says that it is done and asks."""
        over = (RequestStatus.CLOSED, RequestStatus.WITHDRAWN, RequestStatus.NOT_CONFIRMED)
        return self.request is not None and self.request.status not in over

    @property
    def owner(self) -> str:
        """A first name, or the team where the owner has none to tell."""
        assert self.request is not None  # asked for by pages that show one
        return self.request.owner.first_name or self.follow_up.customer.team.name


def company() -> CallerId | None:
    """Who we are towards customers: the name and number that a call of ours shows."""
    return CallerId.for_calls()


def company_name() -> str:
    shown = company()
    return shown.name if shown else DEFAULT_NAME


def page(link: Link) -> Page:
    related = (
        "customer__team",
        "owner",
        "request__owner",
        "interaction__contact_reason",
        "interaction__agent",
        "policy",
    )
    return Page(link, FollowUp.objects.select_related(*related).get(pk=link.follow_up_id))


def answer(link: Link, *, answers: Iterable[Said], problem: str) -> bool:
    """Keep the answers of this page; false when there were some before. Raises
    AnswersIncomplete.
    """
    with transaction.atomic():
        kept = page(link).follow_up.record_linked(answers=answers, problem=problem)
        if kept:
            Link.objects.filter(pk=link.pk).update(answered_at=timezone.now())
            cancel_queued(link.follow_up.customer, because="Answered meanwhile")
    return kept


def stop(customer: Customer, *, source: str) -> None:
    """Never ask again, in no way: consent is withdrawn and nothing that is queued goes out."""
    with transaction.atomic():
        FollowUp.objects.opt_out(customer=customer, by=None, source=source)
        cancel_queued(customer, because="The customer does not want to be asked")
        AuditEntry.record(
            by=None, verb="follow-ups stopped", subject=customer, detail={"source": source}
        )


def cancel_queued(customer: Customer, *, because: str) -> int:
    """What is written and not sent, of follow-ups; how many."""
    queued = Sending.objects.filter(
        state="queued",
        pk__in=Link.objects.filter(
            follow_up__customer=customer, confirmation=None, sending__isnull=False
        ).values("sending"),
    )
    return sum(sending.cancel(one, because=because) for one in queued)
