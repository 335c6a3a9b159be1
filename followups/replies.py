"""How does what a customer writes back to a text of ours reach a person, at once?

It is a contact of theirs with a message, open in My work of whoever the text came from; what they
write next goes to the same contact while it is open. Where nobody is found whose number it is, it
stands on the supervisors' page of follow-ups until one of them has looked.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.live import panel_changed
from accounts.models import AuditEntry, User
from customers.contact_points import Channel
from customers.models import ContactPoint, Customer
from followups.models import Link
from interactions.models import Direction, Interaction, Message, TimelineEntry, TimelineKind
from messaging.gateway import Carrier
from messaging.models import Reply

WORDLESS = "(A message without words.)"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wrote, about what, and who has asked them; nobody where that person is not there."""

    customer: Customer
    subject: str
    owner: User | None = None


def bring(reply: Reply) -> Interaction | None:
    """Put it before a person; None where nobody is found whose words they are.

    The caller's transaction holds it together with what else follows from the reply.
    """
    asked = _asked(reply)
    if asked is None:
        reply.leave_unknown()
        return None
    people = Customer.objects.select_for_update(of=("self",), no_key=True)
    people.get(pk=asked.customer.pk)  # two replies at once are one contact
    contact = _open_one(asked.customer, reply.carrier) or _begin(asked, reply.carrier)
    Message.objects.create(
        interaction=contact,
        direction=Direction.INBOUND,
        body=reply.text.strip() or WORDLESS,
        sent_at=reply.at,
        external_id=f"{reply.gateway}:{reply.event_id}",
    )
    TimelineEntry.write(
        customer_id=contact.customer_id,
        kind=TimelineKind.FOLLOW_UP,
        channel=reply.carrier,
        title=f"Reply by {Carrier(reply.carrier).label}",
        detail=reply.text,
        interaction_id=contact.pk,
    )
    AuditEntry.record(by=None, verb="reply received", subject=contact)
    _tell(contact)
    return contact


def _asked(reply: Reply) -> Asked | None:
    """By the newest text that went to that address; else by whose address it is, if one's only."""
    links = Link.objects.filter(
        sending__to=reply.sender, sending__carrier=reply.carrier, sending__claimed_at__isnull=False
    )
    related = ("follow_up__customer", "follow_up__owner", "confirmation__request__owner")
    about = ("follow_up__interaction__contact_reason",)
    link = links.select_related(*related, *about).order_by("-sending__claimed_at", "-pk").first()
    if link is not None:
        return _of_link(link)
    channels = [reply.carrier, *([Channel.VOICE] if reply.carrier == Carrier.SMS else [])]
    points = ContactPoint.objects.filter(value=reply.sender, channel__in=channels)
    found = Customer.objects.filter(pk__in=points.values("customer"))[:2]
    return Asked(found[0], "Writes to us") if len(found) == 1 else None


def _of_link(link: Link) -> Asked:
    follow_up, owner = link.follow_up, link.follow_up.owner
    about = str(follow_up.interaction.contact_reason or "after the last contact")
    if link.confirmation is not None:
        owner = link.confirmation.request.owner
        about = f"is request #{link.confirmation.request_id} fixed?"
    serves = User.objects.filter(
        pk=owner.pk, is_active=True, teams=follow_up.customer.team_id
    ).exists()
    return Asked(follow_up.customer, f"Writes back: {about}", owner if serves else None)


def _open_one(customer: Customer, carrier: str) -> Interaction | None:
    """What they wrote before and somebody is still at."""
    theirs = Interaction.objects.open().filter(
        customer=customer, channel=carrier, is_follow_up=True, direction=Direction.INBOUND
    )
    return theirs.order_by("-opened_at", "-pk").first()


def _begin(asked: Asked, carrier: str) -> Interaction:
    """A contact of its own: of whoever asked, else waiting for anybody of the team."""
    contact = Interaction.open_contact(
        customer=asked.customer,
        by=None,
        channel=carrier,
        subject=asked.subject[:200],
        is_follow_up=True,
    )
    if asked.owner is not None:
        Interaction.objects.filter(pk=contact.pk).update(agent=asked.owner)
        contact.agent = asked.owner
    return contact


def _tell(contact: Interaction) -> None:
    people = [contact.agent_id] if contact.agent_id else []
    teams = [] if people else [contact.customer.team_id]
    panel_changed(panel="console.my_work", user_ids=people, team_ids=teams)
    panel_changed(
        panel="interactions.conversation",
        customer_id=contact.customer_id,
        user_ids=people,
        team_ids=teams,
    )
    panel_changed(panel="interactions.timeline", customer_id=contact.customer_id, user_ids=people)
