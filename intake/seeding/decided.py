"""Which offers were decided on in the last two weeks, and what came of them?

By the product's own decision on contacts that are written first, day after day: each evening what
was answered is rewarded and learned, as the sweeps do it, so that lists have their chance, their
control group and now and then another order. The answers are drawn by how well the offer fits what
was said, and by nothing of who said it: protected traits are drawn apart from all of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from random import Random

from django.db.models import Max
from django.utils import timezone

from intake.seeding import answered, asking, words
from intake.seeding.book import Book
from intake.seeding.clock import DAY, HOUR, LONDON, MINUTE, moment_of, opening, second_of, stamp
from intake.seeding.contacts import OFFICE_DAY, RESOLVED, UNRESOLVED, Contact, open_contact
from intake.seeding.names import NAMED
from intake.seeding.profiles import Profile
from intake.seeding.world import World
from interactions.models import Interaction
from needs.models import Need
from offers import catalogue
from offers.arbitration import weigh
from offers.learning import rewarding, sweeping
from offers.models import Decision, DeclineReason, LearningPolicy, ReasonSettled

DAYS = 14
LAST = 30 * HOUR  # ago; whoever was in touch later is told by the day itself
SETTLED_IN = 20  # days that a customer has been here before they are in touch
EVENING = time(20)
SERVED = (("change-details", ""), ("online-access", ""))  # contacts in which no need was said
WISHES_OF = {  # by what the customer holds
    "instant-saver": ("savings-rate", "better-return"),
    "classic-card": ("borrowing", "cheaper-borrowing"),
}
ABROAD = ("card-abroad", "spending-abroad")
CHARGED = ("charge-question", "lower-charges")
SAVING = (("savings-rate", "save-regularly"), ("savings-rate", "buying-home"))
STRENGTHS = ("0.60", "0.80", "0.90", "0.90", "1.00")
Member = tuple[int, Profile]  # the customer's key, and what is known of them


@dataclass(frozen=True, slots=True)
class Talk:
    """One contact of these days, and whether it went well."""

    contact: Contact
    went_well: bool

    @property
    def day(self) -> int:
        return self.contact.at // DAY


def tell(world: World, members: Sequence[Member], *, random: Random) -> int:
    """Write the decisions of the last two weeks with all that followed; how many."""
    book = Book(world, random, block=300)
    talks = sorted(_talks(book, members), key=lambda talk: (talk.contact.at, talk.contact.pk))
    book.write()
    LearningPolicy.objects.get_or_create(pk=1, defaults={"salt": f"{random.getrandbits(160):040x}"})
    _settle_reasons(talks)
    reasons = list(DeclineReason.objects.values_list("pk", flat=True))
    answers: list[answered.Answer] = []
    for _, of_day in groupby(talks, key=attrgetter("day")):
        answers += _one_day(book, list(of_day), reasons)
    answered.tell(book, answers)
    for talk in talks:
        asking.follow_up(book, talk.contact, went_well=talk.went_well)
    book.write()
    return len(talks)


def _one_day(book: Book, talks: list[Talk], reasons: list[int]) -> list[answered.Answer]:
    """Decide in each contact, put the offers, and learn from the answers in the evening."""
    rows = Interaction.objects.select_related("customer", "contact_reason", "agent")
    published = catalogue.in_force()
    contacts = rows.in_bulk([talk.contact.pk for talk in talks])
    decisions = Decision.objects.bulk_create(
        weigh(
            customer=contacts[talk.contact.pk].customer,
            interaction=contacts[talk.contact.pk],
            by=contacts[talk.contact.pk].agent,
            at=moment_of(talk.contact.at + 2 * MINUTE),
            published=published,
        )
        for talk in talks
    )
    found = [
        answer
        for talk, decision in zip(talks, decisions, strict=True)
        if (answer := answered.drawn(book, talk.contact, decision, reasons)) is not None
    ]
    answered.keep(found, world=book.world)
    day = timezone.localdate(moment_of(talks[-1].contact.at))
    evening = datetime.combine(day, EVENING, tzinfo=LONDON)
    rewarding.collect(at=evening)
    sweeping.learn_waiting(at=evening)
    return found


def _talks(book: Book, members: Sequence[Member]) -> Iterator[Talk]:
    """At most one contact of each customer, after everything else that is told of them."""
    people = [(pk, profile) for pk, profile in members if _may_call(profile, book.world.now)]
    keys = [pk for pk, _ in people]
    newest = _newest_contacts(keys)
    open_needs = _open_needs(keys)
    first, last = book.world.second - DAYS * DAY, book.world.second - LAST
    for pk, profile in people:
        day = (first + int((1 + book.chance() * (DAYS - 2)) * DAY)) // DAY
        at = opening(day) + book.between(0, OFFICE_DAY)
        reason, need = book.pick([*_wishes(profile), *SERVED])
        if max(first, newest.get(pk, 0) + 2 * HOUR) < at < last:
            went_well = book.chance() < 0.74 + 0.2 * profile.mood
            outcome = RESOLVED if went_well else UNRESOLVED
            contact = open_contact(book, pk, profile, at, reason, outcome)
            if need and need not in open_needs.get(pk, ()):
                _say(book, contact, need)
            yield Talk(contact, went_well)


def _may_call(profile: Profile, now: datetime) -> bool:
    """Who is still here, for a while by now, and is not told of by name."""
    settled_on = timezone.localdate(now) - timedelta(days=SETTLED_IN)
    is_here = profile.left_on is None and profile.since < settled_on
    return is_here and profile.kind == "person" and profile.name not in NAMED


def _wishes(profile: Profile) -> list[tuple[str, str]]:
    """What this customer may be in touch about: the reason and the need that goes with it."""
    wishes = [WISHES_OF[held.product] for held in profile.holdings if held.product in WISHES_OF]
    if int(profile.figures["foreign_spend"]) > 0:
        wishes.append(ABROAD)
    if any(float(held.monthly_charge) > 0 for held in profile.holdings):
        wishes.append(CHARGED)
    return [*wishes, *wishes, *SAVING]


def _say(book: Book, contact: Contact, code: str) -> None:
    need, evidence = book.world.needs[code], book.pick(words.EVIDENCE[code])
    book.needs.add(
        contact.customer,
        contact.pk,
        need.pk,
        "stated",
        book.pick(STRENGTHS),
        evidence,
        "open",
        stamp(contact.at + MINUTE),
        None,
        None,
        "",
        None,
    )
    book.line(contact.customer, contact.pk, contact.at, "need", f"Need: {need.name}", evidence)


def _newest_contacts(customers: Sequence[int]) -> dict[int, int]:
    rows = Interaction.objects.filter(customer__in=customers).order_by().values("customer")
    newest = rows.annotate(at=Max("opened_at")).values_list("customer", "at")
    return {customer: second_of(at) for customer, at in newest}


def _open_needs(customers: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    rows = Need.objects.open().filter(customer__in=customers)
    for customer, code in rows.values_list("customer", "need_type__code"):
        found.setdefault(customer, set()).add(code)
    return found


def _settle_reasons(talks: Iterable[Talk]) -> None:
    """What they got in touch for was done first, where it could be done."""
    ReasonSettled.objects.bulk_create(
        ReasonSettled(
            interaction_id=talk.contact.pk,
            at=moment_of(talk.contact.at + MINUTE),
            by_id=talk.contact.agent,
        )
        for talk in talks
        if talk.went_well
    )
