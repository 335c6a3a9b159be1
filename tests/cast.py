"""The people tests speak of: Sam and Rae (agents), Una (supervisor), Max (administrator);
Ada (loyal), Ben (leaving, for a reason), Cy (no consent)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from accounts.models import Role, Team, User
from customers.models import Consent, Customer, Purpose
from interactions.models import ContactReason, Intent, Interaction, Outcome, WrapUpCode
from needs.models import DiscoveryAnswer, DiscoveryQuestion, NeedFit, NeedType
from products.models import Product, ProductCategory, ProductRule, Stage
from service.models import Fulfilment, RequestType

LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass(slots=True)
class Cast:
    team: Team
    other_team: Team
    sam: User
    rae: User
    una: User
    max: User
    stranger: User
    ada: Customer
    ben: Customer
    cy: Customer
    closing: ContactReason
    card_late: ContactReason
    complaint: ContactReason
    helped: WrapUpCode
    not_helped: WrapUpCode
    better_return: NeedType
    cheaper_borrowing: NeedType
    why: DiscoveryQuestion
    wants_return: DiscoveryAnswer
    current: Product
    saver: Product
    card_request: RequestType
    complaint_request: RequestType


def user(name: str, role: Role, *teams: Team) -> User:
    person = User.objects.create_user(
        username=name.lower(), first_name=name, role=role, is_staff=role == Role.ADMINISTRATOR
    )
    person.teams.set(teams)
    return person


def customer(name: str, team: Team, phone: str, **facts: object) -> Customer:
    person = Customer.objects.create(
        team=team,
        name=name,
        born_on=date(1980, 5, 17),
        customer_since=date(2015, 3, 2),
        **facts,
    )
    person.add_contact_point(by=None, channel="voice", value=phone, is_preferred=True)
    Consent.objects.bulk_create(
        Consent(
            customer=person,
            purpose=purpose,
            channel="voice",
            is_granted=name != "Cy Dunn",
            source="branch",
            wording_version="2026-01",
            recorded_at=LONG_AGO,  # before every moment at which a test stands still
        )
        for purpose in Purpose
    )
    return person


def assemble() -> Cast:
    """Everybody and what they need to work: one savings product that answers one need."""
    team = Team.objects.create(name="Everyday banking")
    other_team = Team.objects.create(name="Business banking")
    savings = ProductCategory.objects.create(code="savings", name="Savings")
    accounts = ProductCategory.objects.create(code="current-account", name="Current account")
    current = Product.objects.create(
        code="everyday-account",
        name="Everyday Account",
        category=accounts,
        summary="The account for daily money.",
        benefit_formula="0",
        benefit_sentence="No gain in figures.",
    )
    saver = Product.objects.create(
        code="saver-plus",
        name="Saver Plus",
        category=savings,
        summary="Instant access savings at 4.10 %.",
        terms={"rate": "4.10"},
        benefit_formula="idle_balance * (rate - current_rate) / 100",
        benefit_sentence="{idle_balance} × ({rate} % − {current_rate} %) = {benefit} a year",
        minimum_benefit=Decimal(10),
    )
    ProductRule.objects.create(
        product=saver,
        stage=Stage.ELIGIBILITY,
        fact="is_adult",
        comparison="equals",
        value=True,
        because="Savers are for adults.",
    )
    ProductRule.objects.create(
        product=saver,
        stage=Stage.SUITABILITY,
        fact="card_debt",
        comparison="at_most",
        value="0",
        because="Paying off the card helps more than saving.",
    )
    better_return = NeedType.objects.create(
        code="better-return", name="Better return", description="Money should earn more."
    )
    cheaper_borrowing = NeedType.objects.create(
        code="cheaper-borrowing", name="Cheaper borrowing", description="Debt should cost less."
    )
    NeedFit.objects.create(product=saver, need_type=better_return, fit=Decimal("0.95"))
    why = DiscoveryQuestion.objects.create(
        code="what-changes",
        text="What is changing for you?",
        intents=[Intent.CANCEL, Intent.CHANGE],
    )
    wants_return = DiscoveryAnswer.objects.create(
        question=why,
        position=1,
        text="I get more interest elsewhere",
        need_type=better_return,
        strength=Decimal("0.9"),
    )
    DiscoveryAnswer.objects.create(question=why, position=2, text="I no longer need it")
    card_request = RequestType.objects.create(
        code="card", name="Card not arrived", target_days=5, expected_days=3
    )
    complaint_request = RequestType.objects.create(
        code="problem-after-contact",
        name="Problem after a contact",
        target_days=3,
        expected_days=1,
        is_complaint=True,
    )
    open_saver = RequestType.objects.create(
        code="open-account", name="Open an account", target_days=2, expected_days=1
    )
    Fulfilment.objects.create(
        product=saver,
        request_type=open_saver,
        promise_text="Your Saver Plus is open and shown in the app",
        promise_days=1,
    )
    ada = customer("Ada Byron", team, "020 7946 0101")
    ben = customer("Ben King", team, "020 7946 0102")
    cy = customer("Cy Dunn", team, "020 7946 0103")
    for person, balance in ((ada, "8500"), (ben, "300"), (cy, "4000")):
        person.holdings.create(
            product=current, opened_on=date(2015, 3, 2), balance=Decimal(balance)
        )
    return Cast(
        team=team,
        other_team=other_team,
        sam=user("Sam", Role.AGENT, team),
        rae=user("Rae", Role.AGENT, team),
        una=user("Una", Role.SUPERVISOR, team),
        max=user("Max", Role.ADMINISTRATOR),
        stranger=user("Stranger", Role.AGENT, other_team),
        ada=ada,
        ben=ben,
        cy=cy,
        closing=ContactReason.objects.create(
            code="close-account", name="Close an account", intent=Intent.CANCEL
        ),
        card_late=ContactReason.objects.create(
            code="card-late", name="Card not arrived", intent=Intent.REQUEST
        ),
        complaint=ContactReason.objects.create(
            code="complaint", name="Complaint", intent=Intent.COMPLAINT
        ),
        helped=WrapUpCode.objects.create(code="helped", name="Helped", outcome=Outcome.RESOLVED),
        not_helped=WrapUpCode.objects.create(
            code="not-helped", name="Not helped yet", outcome=Outcome.UNRESOLVED
        ),
        better_return=better_return,
        cheaper_borrowing=cheaper_borrowing,
        why=why,
        wants_return=wants_return,
        current=current,
        saver=saver,
        card_request=card_request,
        complaint_request=complaint_request,
    )


def contact(
    cast: Cast, person: Customer, *, by: User | None = None, reason: ContactReason | None = None
) -> Interaction:
    """A call that is open with Sam, or with `by`."""
    return Interaction.open_contact(
        customer=person, by=by or cast.sam, channel="voice", contact_reason=reason or cast.closing
    )
