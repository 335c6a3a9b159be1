"""Somebody in every role and one thing of every kind: what walks over all addresses look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import User
from followups.models import Attempt, FollowUp, FollowUpPolicy
from interactions.models import Interaction
from needs.models import Need, NeedsReview, Suggestion
from offers import presenting
from offers.arbitration import decide_for
from offers.fairness import auditing
from offers.models import ContactPolicy, DeclineReason, Offer
from offers.publishing import publish
from offers.release import gate, policy, simulating
from products.models import Product
from routing.models import AgentSkill, Queue, Skill
from service.models import EarlyWarning, Promise, ServiceRequest
from telephony.models import CallerId, Prompt, SuppressionEntry
from tests.cast import Cast, assemble, contact
from tests.followups.scenes import default_policy


@dataclass
class World:
    """Somebody in every role, and one thing of every kind, all of Sam's team."""

    cast: Cast
    clients: dict[str, Client]
    things: dict[str, Any]


def build_world() -> World:
    cast = assemble()
    publish(by=cast.max, note="The first catalogue")
    default_policy(name="Every contact", delay_minutes=60)
    ContactPolicy.objects.get_or_create(pk=1)
    DeclineReason.objects.create(code="costs-too-much", name="Costs too much")
    skill = Skill.objects.create(code="welsh", name="Welsh")
    Queue.objects.create(name="Everyday", team=cast.team, skill=skill, is_default=True)
    AgentSkill.objects.create(user=cast.sam, skill=skill)
    CallerId.objects.create(name="The bank", number="+442079460000", verified_on="2026-01-05")
    SuppressionEntry.objects.create(number="+442079460999", reason="Asked us to")
    Prompt.objects.create(name="closed", seconds=2, by=cast.max)
    need: dict[str, Any] = {"customer": cast.ada, "need_type": cast.better_return, "by": cast.sam}
    first = contact(cast, cast.ada)
    Need.state(**need, interaction=first)
    presenting.settle_reason(interaction=first, by=cast.sam)
    offer = presenting.decline(
        interaction=first, product=cast.saver, by=cast.sam, because="Not today"
    )
    Need.objects.filter(customer=cast.ada).delete()
    first.close(by=cast.sam, wrap_up_code=cast.helped, summary="Told about Saver Plus")
    interaction = contact(cast, cast.ada)
    decide_for(customer=cast.ada, interaction=interaction, by=cast.sam)
    request = ServiceRequest.open_request(
        customer=cast.ada,
        request_type=cast.card_request,
        subject="Card not arrived",
        owner=cast.sam,
        by=cast.sam,
    )
    promise = Promise.make(
        customer=cast.ada,
        text="The card arrives",
        due_at=timezone.now() + timedelta(days=1),
        owner=cast.sam,
        by=cast.sam,
        request=request,
    )
    EarlyWarning.objects.raise_due(at=promise.due_at - timedelta(hours=1))
    follow_up = FollowUp.objects.get(interaction=first)
    call = Interaction.open_contact(
        customer=cast.ada, by=cast.sam, channel="voice", is_follow_up=True
    )
    FollowUp.objects.filter(pk=follow_up.pk).update(
        status="in_progress", call=call, owner=cast.sam, attempts_made=1
    )
    Attempt.objects.create(
        follow_up=follow_up, number=1, call=call, by=cast.sam, gateway="own_phone"
    )
    review = NeedsReview.start(
        customer=cast.ada, interaction=call, owner=cast.sam, due_on=timezone.localdate()
    )
    people = {
        "agent": cast.sam,
        "stranger": cast.stranger,
        "supervisor": cast.una,
        "administrator": cast.max,
    }
    for user in people.values():
        user.set_password("a long enough password")
        user.save(update_fields=["password"])
    clients = {"anonymous": Client()} | {role: logged_in(user) for role, user in people.items()}
    Product.objects.filter(pk=cast.saver.pk).update(summary="Savings that grow")
    release = gate.propose(by=cast.max, note="A better summary")
    test = policy.make(
        customer=cast.ada,
        name="Has money idle",
        expected={"saver-plus": "never"},
        by=cast.max,
        at=timezone.now(),
    )
    things = {
        "release": release.pk,
        "fairness_audit": auditing.audit(by=cast.max).pk,
        "simulation": simulating.ask(release, days=7, by=cast.max).pk,
        "policy_test": test.pk,
        "customer": cast.ada.pk,
        "interaction": interaction.pk,
        "request": request.pk,
        "promise": promise.pk,
        "warning": EarlyWarning.objects.get(promise=promise).pk,
        "need": Need.state(**need, interaction=interaction).pk,
        "suggestion": Suggestion.objects.create(
            customer=cast.ada,
            interaction=interaction,
            need_type=cast.cheaper_borrowing,
            text="the card eats me up",
            probability="0.9",
        ).pk,
        "offer": Offer.objects.get(pk=offer.pk).pk,
        "follow_up": follow_up.pk,
        "policy": FollowUpPolicy.objects.get().pk,
        "call": call.pk,
        "review": review.pk,
        "product": cast.saver.code,
        "colleague": cast.rae.pk,
    }
    return World(cast, clients, things)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
