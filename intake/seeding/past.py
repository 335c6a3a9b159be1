"""What happened with a customer until now? Months of contacts with all that followed from them.

One chronicle serves the seeded day (hundreds of customers, written words included) and the data
for measuring (a million): the same chances, drawn from one random generator in a fixed order.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from accounts.models import Role, User
from customers.models import Consent, ContactPoint, Customer, Holding, Purpose
from followups.models import Answer, Attempt, FollowUp, FollowUpPolicy, all_questions
from intake.copying import IDS_AT_ONCE, Table, array, trusted, write_all
from intake.seeding import words
from interactions.models import (
    ContactReason,
    Interaction,
    Message,
    Outcome,
    TimelineEntry,
    WrapUpCode,
)
from needs.models import Need, NeedsReview, NeedType
from offers.models import Offer
from products.models import Product
from service.models import Promise, RequestType, ServiceRequest, StatusChange

LONDON = ZoneInfo("Europe/London")
HISTORY = timedelta(days=730)
WINDOW = (time(8), time(21))
CHANNELS = ("voice", "voice", "voice", "voice", "email", "email", "chat", "form", "sms")
CONSENT_WORDING = "2025-04"


def at_work(moment: datetime) -> datetime:
    """That moment, or nine o'clock after it when nobody is at work."""
    if 8 <= moment.hour < 18:
        return moment
    return moment.replace(hour=9) + timedelta(days=moment.hour // 18)


@dataclass(frozen=True, slots=True)
class Coded:
    """A configured row as the chronicle needs it."""

    pk: int
    name: str
    target: timedelta = timedelta()
    expected: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class World:
    """The configuration that a past refers to, read once; `now` is when the day stands."""

    now: datetime
    agents: dict[int, list[int]]
    reasons: dict[str, Coded]
    wrap_ups: dict[str, int]
    request_types: dict[str, Coded]
    products: dict[str, Coded]
    needs: dict[str, Coded]
    policy: int

    @classmethod
    def load(cls, *, now: datetime, agents: dict[int, list[int]]) -> World:
        return cls(
            now=now,
            agents=agents,
            reasons={row.code: Coded(row.pk, row.name) for row in ContactReason.objects.all()},
            wrap_ups={row.code: row.pk for row in WrapUpCode.objects.all()},
            request_types={
                row.code: Coded(
                    row.pk,
                    row.name,
                    timedelta(days=float(row.target_days)),
                    timedelta(days=float(row.expected_days)),
                )
                for row in RequestType.objects.all()
            },
            products={row.code: Coded(row.pk, row.name) for row in Product.objects.all()},
            needs={row.code: Coded(row.pk, row.name) for row in NeedType.objects.all()},
            policy=FollowUpPolicy.objects.get(contact_reason=None).pk,
        )


def agents_by_team() -> dict[int, list[int]]:
    """Who serves the customers of each team."""
    found: dict[int, list[int]] = {}
    for user in User.objects.filter(role=Role.AGENT).order_by("pk").prefetch_related("teams"):
        for team in user.teams.all():
            found.setdefault(team.pk, []).append(user.pk)
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """One holding of a profile; rates in per cent a year, money in pounds."""

    product: str
    opened_on: date
    balance: str = "0"
    annual_rate: str = "0"
    monthly_charge: str = "0"


@dataclass(slots=True)
class Profile:
    """A customer before their past is written; `mood` from 0 to 1 tells how well it went."""

    name: str
    team_id: int
    external_id: str
    phone: str
    email: str
    since: date
    born_on: date | None
    holdings: list[Held]
    segment: str = "personal"
    kind: str = "person"
    source: str = "seed"
    figures: dict[str, str] = field(default_factory=dict)
    permits: tuple[str, ...] = ("service", "survey", "marketing")
    vulnerable_since: date | None = None
    vulnerable_because: str = ""
    contacts: int = 6
    mood: float = 0.75
    leaves: bool = False
    is_saved: bool = False
    is_told: bool = False  # the day tells this customer's needs; chance adds none
    has_words: bool = True


@dataclass(slots=True)
class Contact:
    """One contact of the past, while what followed from it is being written."""

    pk: int
    customer: int
    agent: int
    reason: str
    channel: str
    subject: str
    at: datetime
    closed_at: datetime
    outcome: str
    profile: Profile


class Chronicle:
    """Writes the pasts of customers into tables that are copied into the database together."""

    def __init__(self, world: World, random: Random, *, block: int = IDS_AT_ONCE) -> None:
        self.world = world
        self.random = random
        table = partial(Table, block=block)
        self.customers = table(
            Customer,
            "team_id kind name segment born_on customer_since vulnerable_since vulnerable_because"
            " figures source external_id created_at",
        )
        self.points = table(ContactPoint, "customer_id channel value verified_at is_preferred")
        self.consents = table(
            Consent, "customer_id purpose channel is_granted source wording_version recorded_at"
        )
        self.holdings = table(
            Holding,
            "customer_id product_id reference opened_on cancelled_on cancelled_because balance"
            " annual_rate monthly_charge",
        )
        self.interactions = table(
            Interaction,
            "customer_id channel direction contact_reason_id subject agent_id is_follow_up"
            " opened_at closed_at wrap_up_code_id summary notes notes_version",
        )
        self.messages = table(Message, "interaction_id direction author_id body sent_at")
        self.timeline = table(
            TimelineEntry, "customer_id interaction_id at kind channel title detail"
        )
        self.requests = table(
            ServiceRequest,
            "customer_id interaction_id request_type_id subject status owner_id"
            " needs_confirmation opened_at target_at expected_at resolved_at",
        )
        self.changes = table(StatusChange, "request_id from_status to_status at by_id note")
        self.promises = table(
            Promise,
            "customer_id request_id interaction_id product_id text owner_id made_at due_at"
            " expected_at status done_at",
        )
        self.needs = table(
            Need,
            "customer_id interaction_id need_type_id source strength evidence status stated_at"
            " settled_at settled_by_id settled_because settled_in_id",
        )
        self.offers = table(
            Offer,
            "customer_id interaction_id product_id need_id status because later_on benefit"
            " benefit_sentence presented_at answered_at answered_by_id",
        )
        self.follow_ups = table(
            FollowUp,
            "interaction_id customer_id policy_id owner_id status questions due_at lapses_at"
            " window_start window_end max_attempts retry_minutes review_days attempts_made"
            " ready_at refused_because call_id answered_at request_id",
        )
        self.attempts = table(
            Attempt, "follow_up_id number call_id by_id gateway started_at ended_at outcome"
        )
        self.answers = table(Answer, "follow_up_id question is_yes score words at")
        self.reviews = table(NeedsReview, "customer_id interaction_id owner_id due_on created_at")
        self._codes = [code for code, story in words.STORIES.items() if code in world.reasons]
        self._weights = [words.STORIES[code].weight for code in self._codes]
        self._questions = array(all_questions())
        self._open_needs: set[str] = set()

    @property
    def tables(self) -> list[Table]:
        """In the order in which foreign keys allow them to be written."""
        return [table for table in vars(self).values() if isinstance(table, Table)]

    def write(self) -> int:
        """Customers with all that watches them; what belongs to them refers to them for sure.

        The figures of the dashboards are not told: count them anew afterwards.
        """
        written = self.customers.write()
        with trusted():
            return written + write_all(self.tables)

    def tell(self, profile: Profile) -> int:
        """Write one customer with everything until now; returns the customer's key."""
        customer = self._customer(profile)
        self._open_needs = set()
        for at in self._times(profile):
            self._contact(customer, profile, at)
        ended_on, because = None, ""
        if profile.leaves or profile.is_saved:
            contact = self._last_contact(customer, profile)
            if profile.leaves:
                ended_on = contact.closed_at.date()
                because = self.random.choice(words.LEAVING_BECAUSE)
        for held in profile.holdings:
            product = self.world.products[held.product]
            opened_on = min(held.opened_on, ended_on) if ended_on else held.opened_on
            self.holdings.add(
                customer,
                product.pk,
                f"{product.pk:02d}-{customer:08d}",
                opened_on,
                ended_on,
                because,
                held.balance,
                held.annual_rate,
                held.monthly_charge,
            )
        return customer

    def _customer(self, profile: Profile) -> int:
        since = datetime.combine(profile.since, time(10), tzinfo=UTC)
        customer = self.customers.add(
            profile.team_id,
            profile.kind,
            profile.name,
            profile.segment,
            profile.born_on,
            profile.since,
            profile.vulnerable_since,
            profile.vulnerable_because,
            json.dumps(profile.figures),
            profile.source,
            profile.external_id,
            since,
        )
        self.points.add(customer, "voice", profile.phone, since, True)
        self.points.add(customer, "email", profile.email, since, True)
        for purpose in Purpose.values:
            for channel in ("voice", "email"):
                self.consents.add(
                    customer,
                    purpose,
                    channel,
                    purpose in profile.permits,
                    "application form",
                    CONSENT_WORDING,
                    since,
                )
        return customer

    def _times(self, profile: Profile) -> list[datetime]:
        """Moments on working days between 8 and 18 o'clock, in order."""
        random, now = self.random, self.world.now
        first = max(now - HISTORY, datetime.combine(profile.since, time(12), tzinfo=UTC))
        days = max((now - first).days - 2, 1)
        moments = []
        for _ in range(profile.contacts):
            day = (first + timedelta(days=1 + random.random() * days)).astimezone(LONDON)
            day -= timedelta(days=max(day.weekday() - 4, 0))
            moment = day.replace(hour=8, minute=0, second=0, microsecond=0).astimezone(UTC)
            moments.append(moment + timedelta(seconds=random.randrange(36_000)))
        limit = now - timedelta(hours=20)
        return sorted(moment for moment in moments if first < moment < limit)

    def _contact(self, customer: int, profile: Profile, at: datetime) -> None:
        random = self.random
        if profile.segment == "business" and random.random() < 0.4:
            code = "business-account"
        else:
            code = random.choices(self._codes, self._weights)[0]
            if code == "close-account" and not (profile.leaves or profile.is_saved):
                code = "savings-rate"
        story = words.STORIES[code]
        went_well = random.random() < 0.62 + 0.36 * profile.mood
        outcome = Outcome.RESOLVED if went_well else Outcome.UNRESOLVED
        if story.request_type and random.random() < 0.45:
            outcome = Outcome.PROMISED
        contact = self._open(customer, profile, at, code, outcome)
        if outcome == Outcome.PROMISED:
            self._request(contact, story, went_well)
        if story.needs and not profile.is_told and random.random() < 0.8:
            self._need(contact, random.choice(story.needs), went_well)
        self._follow_up(contact, went_well)

    def _last_contact(self, customer: int, profile: Profile) -> Contact:
        """The wish to leave: ended as asked, or saved by meeting a need."""
        known = max((self.world.now.date() - profile.since).days - 10, 1)
        days = 3 + self.random.random() * min(700, known)
        at = (self.world.now - timedelta(days=days)).replace(hour=11)
        contact = self._open(customer, profile, at, "close-account", Outcome.RESOLVED)
        need = self.random.choice(words.STORIES["close-account"].needs)
        self._need(contact, need, profile.is_saved, is_leaving=profile.leaves)
        self._follow_up(contact, profile.is_saved)
        return contact

    def _open(
        self, customer: int, profile: Profile, at: datetime, code: str, outcome: str
    ) -> Contact:
        random, story, reason = self.random, words.STORIES[code], self.world.reasons[code]
        channel = random.choice(CHANNELS)
        agent = random.choice(self.world.agents[profile.team_id])
        subject = random.choice(story.subjects)
        closed_at = at + timedelta(seconds=random.randrange(150, 1500))
        is_exit = code == "close-account" and profile.leaves
        wrap_up = {
            Outcome.RESOLVED: "left" if is_exit else random.choice(("helped", "answered")),
            Outcome.PROMISED: "promised",
            Outcome.UNRESOLVED: "not-helped",
        }[Outcome(outcome)]
        pk = self.interactions.add(
            customer,
            channel,
            "inbound",
            reason.pk,
            subject,
            agent,
            False,
            at,
            closed_at,
            self.world.wrap_ups[wrap_up],
            story.summary,
            words.NOTES.format(summary=story.summary) if channel == "voice" else "",
            1,
        )
        self._line(customer, pk, at, "contact", subject, story.summary, channel)
        if profile.has_words and channel != "voice":
            self.messages.add(
                pk, "inbound", None, f"Hello, {subject}. {profile.name.split()[0]}", at
            )
            reply = random.choice(words.REPLIES).format(summary=story.summary)
            self.messages.add(pk, "outbound", agent, reply, closed_at)
        return Contact(pk, customer, agent, code, channel, subject, at, closed_at, outcome, profile)

    def _line(  # noqa: PLR0917  (called for every event: keywords would cost)
        self,
        customer: int,
        interaction: int | None,
        at: datetime,
        kind: str,
        title: str,
        detail: str = "",
        channel: str = "",
    ) -> None:
        self.timeline.add(customer, interaction, at, kind, channel, title, detail)

    def _request(self, contact: Contact, story: words.Story, went_well: bool) -> None:
        """A request with its history and promise; the last days leave some still open."""
        random, now = self.random, self.world.now
        kind = self.world.request_types[story.request_type]
        opened_at, target_at = contact.closed_at, contact.closed_at + kind.target
        days = kind.target * (0.2 + 0.65 * random.random() if went_well else 0.8 + random.random())
        resolved_at: datetime | None = at_work(opened_at + days)
        if resolved_at and resolved_at > now - timedelta(hours=1):
            resolved_at = None
        status = "closed" if resolved_at else random.choice(("open", "in_progress"))
        request = self.requests.add(
            contact.customer,
            contact.pk,
            kind.pk,
            f"{kind.name}: {contact.subject}",
            status,
            contact.agent,
            False,
            opened_at,
            target_at,
            opened_at + kind.expected,
            resolved_at,
        )
        self._history(request, contact, opened_at, resolved_at, status)
        self._line(
            contact.customer, contact.pk, opened_at, "request", f"Request opened: {kind.name}"
        )
        if resolved_at:
            self._line(
                contact.customer, contact.pk, resolved_at, "request", f"Request closed: {kind.name}"
            )
        self._promise(contact, request, story.promise, kind, resolved_at)

    def _history(
        self,
        request: int,
        contact: Contact,
        opened_at: datetime,
        resolved_at: datetime | None,
        status: str,
    ) -> None:
        agent = contact.agent
        self.changes.add(request, "", "open", opened_at, agent, "")
        if status != "open":
            started_at = opened_at + timedelta(minutes=10)
            self.changes.add(request, "open", "in_progress", started_at, agent, "")
        if resolved_at:
            confirmed_at = min(resolved_at + timedelta(hours=20), self.world.now)
            self.changes.add(request, "in_progress", "resolved", resolved_at, agent, "")
            self.changes.add(request, "resolved", "closed", confirmed_at, agent, "")

    def _promise(
        self,
        contact: Contact,
        request: int,
        text: str,
        kind: Coded,
        done_at: datetime | None,
    ) -> None:
        made_at, due_at = contact.closed_at, contact.closed_at + kind.target
        if done_at is None:
            status = "open" if due_at > self.world.now else "broken"
        else:
            status = "kept" if done_at <= due_at else "broken"
        self.promises.add(
            contact.customer,
            request,
            contact.pk,
            None,
            text,
            contact.agent,
            made_at,
            due_at,
            made_at + kind.expected,
            status,
            done_at,
        )
        self._line(contact.customer, contact.pk, made_at, "promise", f"Promised: {text}")
        if done_at:
            word = "kept" if status == "kept" else "done late"
            title = f"Promise {word}: {text}"
            self._line(contact.customer, contact.pk, done_at, "promise", title)

    def _need(
        self, contact: Contact, code: str, went_well: bool, *, is_leaving: bool = False
    ) -> None:
        random = self.random
        need, product = self.world.needs[code], self.world.products[words.PRODUCTS_FOR[code]]
        chance = random.random()
        if went_well and chance < 0.62:
            status = "met"
        elif chance < 0.75 or code in self._open_needs or is_leaving:
            status = "unmet" if chance < 0.4 else "missed"
        else:
            status = "open"
            self._open_needs.add(code)
        is_settled = status != "open"
        because = random.choice(words.MISSED_BECAUSE) if status == "missed" else ""
        source = "discovered" if contact.reason == "close-account" else "stated"
        evidence = random.choice(words.EVIDENCE[code])
        pk = self.needs.add(
            contact.customer,
            contact.pk,
            need.pk,
            source,
            random.choice(("0.60", "0.80", "0.90", "1.00")),
            evidence,
            status,
            contact.at + timedelta(minutes=2),
            contact.closed_at if is_settled else None,
            contact.agent if is_settled else None,
            because,
            contact.pk if is_settled else None,
        )
        self._line(contact.customer, contact.pk, contact.at, "need", f"Need: {need.name}", evidence)
        if status != "missed":
            self._offer(contact, pk, product, is_met=status == "met")

    def _offer(self, contact: Contact, need: int, product: Coded, *, is_met: bool) -> None:
        random = self.random
        status = "accepted" if is_met else random.choice(("declined", "later", "not_relevant"))
        later_on = contact.at.date() + timedelta(days=60) if status == "later" else None
        benefit = random.randrange(24, 320)
        self.offers.add(
            contact.customer,
            contact.pk,
            product.pk,
            need,
            status,
            random.choice(words.DECLINED_BECAUSE) if status == "declined" else "",
            later_on,
            f"{benefit}.00",
            f"£{benefit}.00 a year",
            contact.at + timedelta(seconds=60),
            contact.closed_at,
            contact.agent,
        )
        title = f"Offer {status.replace('_', ' ')}: {product.name}"
        self._line(contact.customer, contact.pk, contact.closed_at, "offer", title)

    def _follow_up(self, contact: Contact, went_well: bool) -> None:
        random, now = self.random, self.world.now
        due_at = contact.closed_at + timedelta(days=1)
        chance = random.random()
        call: int | None = None
        request: int | None = None
        answered_at: datetime | None = None
        refused = ""
        if "survey" not in contact.profile.permits:
            status, refused = "refused", "consent_withdrawn"
        elif due_at > now - timedelta(hours=2):
            status = "planned"
        elif chance < 0.55:
            status, answered_at = "answered", due_at + timedelta(seconds=random.randrange(60, 9000))
            call = self._call(contact, answered_at)
            if not went_well and random.random() < 0.8:
                request = self._problem(contact, call, answered_at)
        else:
            status = "unreachable" if chance < 0.9 else "lapsed"
        tries = {"answered": 1, "unreachable": 2}.get(status, 0)
        follow_up = self.follow_ups.add(
            contact.pk,
            contact.customer,
            self.world.policy,
            contact.agent,
            status,
            self._questions,
            due_at,
            due_at + timedelta(days=14),
            *WINDOW,
            2,
            1440,
            180,
            tries,
            due_at if tries else None,
            refused,
            call,
            answered_at,
            request,
        )
        for number in range(1, tries + 1):
            started_at = answered_at or due_at + timedelta(days=number - 1, minutes=5)
            ended_at = started_at + timedelta(seconds=150 if answered_at else 40)
            outcome = "reached" if answered_at else "no_answer"
            self.attempts.add(
                follow_up, number, call, contact.agent, "own_phone", started_at, ended_at, outcome
            )
        if answered_at:
            self._answers(follow_up, contact, answered_at, is_good=request is None, call=call)

    def _call(self, contact: Contact, at: datetime) -> int:
        title = f"Follow-up: {contact.subject}"
        pk = self.interactions.add(
            contact.customer,
            "voice",
            "outbound",
            None,
            title,
            contact.agent,
            True,
            at,
            at + timedelta(seconds=150),
            self.world.wrap_ups["answered"],
            "Asked how it went.",
            "",
            0,
        )
        self._line(contact.customer, pk, at, "contact", title, "Asked how it went.", "voice")
        return pk

    def _problem(self, contact: Contact, call: int, at: datetime) -> int | None:
        """The owned request that a bad answer opens; the customer's word closes it."""
        kind = self.world.request_types["problem-after-contact"]
        days = kind.target * (0.2 + self.random.random())
        resolved_at: datetime | None = at_work(at + days)
        if resolved_at and resolved_at > self.world.now - timedelta(hours=1):
            resolved_at = None
        status = "closed" if resolved_at else "open"
        subject = f"{kind.name}: {contact.subject}"
        request = self.requests.add(
            contact.customer,
            call,
            kind.pk,
            subject,
            status,
            contact.agent,
            True,
            at,
            at + kind.target,
            at + kind.expected,
            resolved_at,
        )
        self._history(request, contact, at, resolved_at, status)
        self._line(contact.customer, call, at, "request", f"Request opened: {subject}")
        return request

    def _answers(
        self, follow_up: int, contact: Contact, at: datetime, *, is_good: bool, call: int | None
    ) -> None:
        random = self.random
        was_promised = contact.outcome == Outcome.PROMISED
        score = random.choice((8, 9, 9, 10, 10, 7)) if is_good else random.choice((1, 3, 4, 5, 6))
        said = "" if is_good else random.choice(words.PROBLEM_WORDS)
        self.answers.add(follow_up, "as_expected", is_good or random.random() < 0.3, None, said, at)
        kept = is_good or (not was_promised and random.random() < 0.5)
        self.answers.add(follow_up, "as_promised", kept, None, "", at)
        self.answers.add(follow_up, "met_expectations", is_good, None, "", at)
        self.answers.add(follow_up, "recommend", None, score, "", at)
        word = "as expected" if is_good else "not as expected"
        title = f"Follow-up: {word}, recommends us {score}"
        self._line(contact.customer, call, at, "follow_up", title, said)
        if is_good:
            due_on = at.date() + timedelta(days=180)
            self.reviews.add(contact.customer, contact.pk, contact.agent, due_on, at)
