"""What does Northgate Bank provide, to whom, and what does it gain them in their own figures?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from needs.models import NeedFit, NeedType
from products.models import BalanceMeaning, Product, ProductCategory, ProductRule, Stage
from service.models import Fulfilment, RequestType

CATEGORIES = (
    ("current-account", "Current accounts", BalanceMeaning.MONEY),
    ("savings", "Savings", BalanceMeaning.MONEY),
    ("cards", "Cards", BalanceMeaning.CARD_DEBT),
    ("loans", "Loans", BalanceMeaning.LOAN_DEBT),
    ("insurance", "Insurance", BalanceMeaning.NOTHING),
    ("business", "Business accounts", BalanceMeaning.MONEY),
)

# stage, fact, comparison, value, what the agent is told when it does not hold
Rule = tuple[Stage, str, str, Any, str]

ADULT: Rule = (Stage.ELIGIBILITY, "is_adult", "equals", True, "Only for customers of 18 or over.")
IN_THE_UK: Rule = (Stage.ELIGIBILITY, "country", "equals", "GB", "Only for residents of the UK.")
NO_CARD_DEBT: Rule = (
    Stage.SUITABILITY,
    "card_debt",
    "at_most",
    "500",
    "Paying off the card helps more than saving.",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A product with everything that goes with it."""

    code: str
    name: str
    category: str
    summary: str
    formula: str
    sentence: str
    terms: dict[str, str] = field(default_factory=dict)
    minimum: str = "10"
    rules: tuple[Rule, ...] = ()
    fits: tuple[tuple[str, str], ...] = ()
    request_type: str = "open-account"
    promise: tuple[str, str] | None = None  # text and days
    safe_for_vulnerable: bool = False
    withdrawn_on: date | None = None


def not_held(code: str, name: str) -> Rule:
    return (Stage.ELIGIBILITY, "held_products", "excludes", code, f"Holds the {name} already.")


def at_least(stage: Stage, fact: str, value: str, because: str) -> Rule:
    return (stage, fact, "at_least", value, because)


PLANS = (
    Plan(
        "everyday-account",
        "Everyday Account",
        "current-account",
        "The account for daily money; 1.00 % on the balance.",
        "0",
        "No gain in figures.",
        {"rate": "1.00", "fee_a_month": "5"},
    ),
    Plan(
        "everyday-zero",
        "Everyday Zero",
        "current-account",
        "Daily money without a monthly fee.",
        "monthly_charges * 12",
        "{monthly_charges} a month no longer charged = {benefit} a year",
        rules=(
            ADULT,
            not_held("everyday-zero", "Everyday Zero"),
            at_least(Stage.APPLICABILITY, "monthly_charges", "1", "Pays no monthly charges."),
        ),
        fits=(("lower-charges", "0.95"), ("everyday-rewards", "0.30")),
        promise=("Your account is moved to Everyday Zero, same number, no fee", "1"),
        safe_for_vulnerable=True,
    ),
    Plan(
        "everyday-rewards",
        "Everyday Rewards",
        "current-account",
        "Cashback on household bills for £3 a month.",
        "cashback_a_month * 12 - fee_a_month * 12",
        "({cashback_a_month:money} − {fee_a_month:money} fee) × 12 months = {benefit} a year",
        {"cashback_a_month": "7", "fee_a_month": "3"},
        rules=(
            ADULT,
            not_held("everyday-rewards", "Everyday Rewards"),
            at_least(Stage.SUITABILITY, "annual_income", "15000", "Household bills are too small."),
        ),
        fits=(("everyday-rewards", "0.90"),),
        promise=("Everyday Rewards is switched on", "1"),
    ),
    Plan(
        "saver-plus",
        "Saver Plus",
        "savings",
        "Instant access savings at 3.10 %.",
        "idle_balance * (rate - current_rate) / 100",
        "{idle_balance} × ({rate} % − {current_rate} %) = {benefit} a year",
        {"rate": "3.10"},
        rules=(
            ADULT,
            IN_THE_UK,
            not_held("saver-plus", "Saver Plus"),
            at_least(Stage.APPLICABILITY, "idle_balance", "500", "Little money lies idle."),
            NO_CARD_DEBT,
        ),
        fits=(("better-return", "0.95"), ("save-regularly", "0.40")),
        promise=("Your Saver Plus is open and shown in the app", "1"),
        safe_for_vulnerable=True,
    ),
    Plan(
        "fixed-saver",
        "Fixed Saver 1 Year",
        "savings",
        "4.20 % for money that can stay a year.",
        "idle_balance * (rate - current_rate) / 100",
        "{idle_balance} × ({rate} % − {current_rate} %) = {benefit} in a year, locked till then",
        {"rate": "4.20"},
        minimum="50",
        rules=(
            ADULT,
            IN_THE_UK,
            not_held("fixed-saver", "Fixed Saver"),
            at_least(
                Stage.SUITABILITY,
                "total_balance",
                "15000",
                "Locking this money for a year leaves too little within reach.",
            ),
            (
                Stage.SUITABILITY,
                "open_needs",
                "excludes",
                "buying-home",
                "Money for a home must stay within reach.",
            ),
            NO_CARD_DEBT,
        ),
        fits=(("better-return", "0.70"),),
        promise=("Your Fixed Saver is open at today's rate", "2"),
    ),
    Plan(
        "regular-saver",
        "Regular Saver",
        "savings",
        "5.00 % on up to £200 put aside each month.",
        # Twelve equal payments lie 6.5 months on average.
        "monthly_limit * 6.5 * rate / 100",
        "{monthly_limit:money} each month at {rate} % = {benefit} in the first year",
        {"rate": "5.00", "monthly_limit": "200"},
        rules=(ADULT, not_held("regular-saver", "Regular Saver"), NO_CARD_DEBT),
        fits=(("save-regularly", "0.95"), ("better-return", "0.45"), ("buying-home", "0.40")),
        promise=("Your Regular Saver is open, first payment on the 1st", "2"),
        safe_for_vulnerable=True,
    ),
    Plan(
        "first-home-saver",
        "First Home Saver",
        "savings",
        "25 % on top of up to £4,000 a year towards a first home.",
        "yearly_limit * bonus / 100",
        "{bonus} % on {yearly_limit:money} = {benefit} a year towards a first home",
        {"yearly_limit": "4000", "bonus": "25"},
        rules=(
            ADULT,
            IN_THE_UK,
            not_held("first-home-saver", "First Home Saver"),
            (
                Stage.APPLICABILITY,
                "open_needs",
                "includes",
                "buying-home",
                "No first home is planned.",
            ),
            at_least(Stage.SUITABILITY, "total_balance", "4000", "Too little to put aside."),
            NO_CARD_DEBT,
        ),
        fits=(("buying-home", "0.95"),),
        promise=("Your First Home Saver is open", "3"),
    ),
    Plan(
        "balance-transfer",
        "Balance Transfer Card",
        "cards",
        "No interest for 18 months on a balance moved for 3 %.",
        "card_debt * (card_rate - transfer_fee) / 100",
        "{card_debt} × ({card_rate} % − {transfer_fee} % fee) = {benefit} in the first year",
        {"transfer_fee": "3.00"},
        minimum="40",
        rules=(
            ADULT,
            not_held("balance-transfer", "Balance Transfer Card"),
            at_least(Stage.APPLICABILITY, "card_debt", "500", "Owes little or nothing on cards."),
            at_least(Stage.SUITABILITY, "annual_income", "12000", "Income does not carry it."),
        ),
        fits=(("cheaper-borrowing", "0.90"),),
        request_type="credit-decision",
        promise=("You have our decision on the Balance Transfer Card", "2"),
    ),
    Plan(
        "bring-together-loan",
        "Bring Together Loan",
        "loans",
        "One loan at 8.90 % in place of card balances.",
        "card_debt * (card_rate - rate) / 100",
        "{card_debt} × ({card_rate} % − {rate} %) = {benefit} a year less interest",
        {"rate": "8.90"},
        minimum="50",
        rules=(
            ADULT,
            not_held("bring-together-loan", "Bring Together Loan"),
            at_least(Stage.APPLICABILITY, "card_debt", "3000", "Card balances are below £3,000."),
            at_least(Stage.SUITABILITY, "annual_income", "18000", "Income does not carry it."),
            at_least(Stage.SUITABILITY, "tenure_years", "1", "We know the customer too short."),
        ),
        fits=(("cheaper-borrowing", "0.80"),),
        request_type="credit-decision",
        promise=("You have our decision on the loan", "3"),
    ),
    Plan(
        "travel-card",
        "Travel Card",
        "cards",
        "Pay abroad without the 2.99 % fee.",
        "foreign_spend * fee_elsewhere / 100",
        "{foreign_spend} abroad × {fee_elsewhere} % fee saved = {benefit} a year",
        {"fee_elsewhere": "2.99"},
        rules=(
            ADULT,
            not_held("travel-card", "Travel Card"),
            at_least(Stage.APPLICABILITY, "foreign_spend", "100", "Hardly spends abroad."),
        ),
        fits=(("spending-abroad", "0.95"), ("lower-charges", "0.35")),
        request_type="card-replacement",
        promise=("Your Travel Card is in the post, and in your phone's wallet today", "4"),
        safe_for_vulnerable=True,
    ),
    Plan(
        "business-saver",
        "Business Saver",
        "business",
        "Instant access savings for businesses at 2.80 %.",
        "idle_balance * (rate - current_rate) / 100",
        "{idle_balance} × ({rate} % − {current_rate} %) = {benefit} a year",
        {"rate": "2.80"},
        minimum="50",
        rules=(
            (Stage.ELIGIBILITY, "segment", "equals", "business", "Only for businesses."),
            not_held("business-saver", "Business Saver"),
            at_least(Stage.APPLICABILITY, "idle_balance", "2000", "Little money lies idle."),
        ),
        fits=(("better-return", "0.90"), ("running-a-business", "0.40")),
        promise=("Your Business Saver is open", "2"),
    ),
    Plan(
        "business-flat",
        "Business Flat",
        "business",
        "Business banking for one flat £8 a month.",
        "monthly_charges * 12 - flat_fee * 12",
        "({monthly_charges} − {flat_fee:money}) × 12 months = {benefit} a year",
        {"flat_fee": "8"},
        minimum="24",
        rules=(
            (Stage.ELIGIBILITY, "segment", "equals", "business", "Only for businesses."),
            not_held("business-flat", "Business Flat"),
            at_least(Stage.APPLICABILITY, "monthly_charges", "10", "Charges are below £10."),
        ),
        fits=(("lower-charges", "0.90"), ("running-a-business", "0.60")),
        promise=("Your charges are flat from the 1st of next month", "2"),
    ),
    Plan(
        "classic-card",
        "Classic Card",
        "cards",
        "The credit card many customers hold.",
        "0",
        "No gain in figures.",
        {"rate": "24.90"},
    ),
    Plan(
        "home-insurance",
        "Home Insurance",
        "insurance",
        "Building and contents.",
        "0",
        "No gain in figures.",
    ),
    Plan(
        "business-account",
        "Business Account",
        "business",
        "The account for a business.",
        "0",
        "No gain in figures.",
    ),
    Plan(
        "instant-saver",
        "Instant Saver",
        "savings",
        "Older savings account at 0.60 %, no longer opened.",
        "0",
        "No gain in figures.",
        {"rate": "0.60"},
        withdrawn_on=date(2023, 4, 1),
    ),
)


def stock() -> None:
    """Products with rules, fits and fulfilments; what is there already is left as it is."""
    categories = {
        code: ProductCategory.objects.get_or_create(
            code=code, defaults={"name": name, "balance_meaning": meaning}
        )[0]
        for code, name, meaning in CATEGORIES
    }
    needs = {need.code: need for need in NeedType.objects.all()}
    types = {kind.code: kind for kind in RequestType.objects.all()}
    for plan in PLANS:
        _stock(plan, categories[plan.category], needs, types[plan.request_type])


def _stock(
    plan: Plan, category: ProductCategory, needs: dict[str, NeedType], request_type: RequestType
) -> None:
    product, is_new = Product.objects.get_or_create(
        code=plan.code,
        defaults={
            "name": plan.name,
            "category": category,
            "summary": plan.summary,
            "terms": plan.terms,
            "benefit_formula": plan.formula,
            "benefit_sentence": plan.sentence,
            "minimum_benefit": Decimal(plan.minimum),
            "safe_for_vulnerable": plan.safe_for_vulnerable,
            "withdrawn_on": plan.withdrawn_on,
        },
    )
    if not is_new:
        return
    for stage, fact, comparison, value, because in plan.rules:
        ProductRule.objects.create(
            product=product,
            stage=stage,
            fact=fact,
            comparison=comparison,
            value=value,
            because=because,
        )
    for need, fit in plan.fits:
        NeedFit.objects.create(product=product, need_type=needs[need], fit=Decimal(fit))
    if plan.promise:
        text, days = plan.promise
        Fulfilment.objects.create(
            product=product,
            request_type=request_type,
            promise_text=text,
            promise_days=Decimal(days),
        )
