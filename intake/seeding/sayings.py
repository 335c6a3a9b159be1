"""How do customers of Northgate Bank say what they need? What its words model begins with."""

from __future__ import annotations

from random import Random
from typing import Final

from accounts.models import User
from interactions.models import Interaction
from needs.models import Example, ExampleSource, NeedType, UnknownNeed, UnknownSource
from needs.models.example import part_of

NONE_OF_OURS: Final = ""
SAID: Final[dict[str, str]] = {
    "better-return": """
My savings earn next to nothing here.|The other bank pays four per cent on savings.
I want more interest on my money.|She found a better rate elsewhere.|My brother gets twice the rate.
He asks where to put £5,000 so that it earns something.|The interest on my savings is a joke.
What do you pay on savings these days?|I could earn more if I moved the money.
Wants a better return on what is lying idle.|Inflation eats up what I have saved.
She thinks of moving her savings for a better rate.|Is there an account that pays more interest?
The money just sits there and brings in nothing.|You cut the rate on my Instant Saver again.
Savings should bring more interest.|My savings earn nothing.|A better rate on savings.
Her money brings in too little.|Could my money earn more?|The rate on savings is too low.
He compared rates and ours is the lowest.|Would rather have a fixed rate than this.""",
    "cheaper-borrowing": """
The card debt eats me up.|I pay too much interest on my credit card.|I want to be rid of the debt.
Can I bring my debts together into one payment?|The interest on the card is killing me.
She only ever pays the minimum on the card.|He cannot get the card balance down.
My loan elsewhere is cheaper than yours.|Wants to pay less interest on what he owes.
Is there a card without interest on transfers?|I owe three thousand on two cards.
The repayments are getting too much for us.|She asks for a cheaper loan for the car.
Would like to move the balance to another card.|Too many debts, one payment would be easier.
How can I pay off the card faster?""",
    "lower-charges": """
Five pounds a month for nothing.|There are too many fees on the account lately.
I do not want to pay for a current account.|The monthly charge went up again.
£12.50 a month is silly.|Other banks do not charge for the account.
She was charged again and is fed up with it.|Why do I pay a fee every month?
He wants an account without fees.|All these little charges add up.
You charge me for everything.|The account costs more than it is worth.
Is there a free account?|Wants to know how to avoid the monthly fee.
My wife's bank has no account fee at all.|Twelve pounds a month is silly.
Charged £5 for nothing again.|Wants to pay less for the account.|Fees, fees, fees.
The account should cost less.|Why did my fee go up?|Get rid of the monthly charge.""",
    "spending-abroad": """
Every coffee abroad costs a fee.|We go to Spain three times a year.|Flying to Japan on Friday.
I was charged for paying in dollars.|What does the card cost in other countries?
He travels for work and pays fees each time.|She moves between Lisbon and London.
The exchange rate on holiday was terrible.|Paying in euros costs me almost three per cent.
We spend the winter in Portugal.|My daughter studies in America and pays with the card.
Cash from machines abroad is far too dear.|Wants a card for travelling.
Is there a card without foreign fees?|Charged £40 in fees on holiday.""",
    "save-regularly": """
I would like to put something aside each month.|We are saving for the children.
She wants to save fifty pounds a month.|Nothing is left at the end of the month.
He wants a standing order into savings.|I never manage to save anything.
Would like to start saving, a little at a time.|For our daughter, every month a bit.
I got a rise and want to put it away.|Saving up for a rainy day.
How do I save without thinking about it?|A small amount on each payday.
She saves for Christmas every year.|Is there an account for monthly saving?""",
    "buying-home": """
We are looking for a flat.|First home, next spring.|They are viewing houses at the weekend.
I am saving for a deposit.|We want to buy instead of renting.|She is moving in with her partner.
He asks what he needs for a mortgage.|Our offer on a house was accepted.
The rent is so high that we had rather buy.|When can I afford my own place?
They need the deposit by summer.|A baby is coming and the flat is too small.
Thinking about buying our first house.|The estate agent wants proof of funds.""",
    "everyday-rewards": """
My old bank gave me cashback.|Do I get anything back on the bills?
A friend gets points for every purchase.|Everything goes through the card and I get nothing for it.
She asks about rewards for loyal customers.|Is there cashback on energy bills?
We spend so much at the supermarket.|I pay everything by card, what do I get for it?
He would like something back for his direct debits.|Do you have a bonus for everyday spending?
Others pay a reward for paying the bills.|Points on shopping would be nice.""",
    "running-a-business": """
The shop takes more cards now.|We are three people now.|I have started my own company.
She sells her pottery online and the payments get mixed up.|He is self-employed since April.
We need a second signature for the firm.|Card machine fees for our café are too high.
I want to keep the business money apart.|Invoices go through my private account.
The firm has grown and needs a proper account.|Paying in the takings each evening is a nuisance.
My bookkeeper wants access to the statements.|We take on an apprentice next month.
She asks how to pay wages from the account.""",
    "easier-access": """
The branch closed and the next one is far away.|I cannot get on with the app.
My mother does not use the internet.|He cannot read the small letters on the screen.
Waiting on the phone for half an hour every time.|I would rather talk to a person.
She cannot get to the branch any more.|The app logs me out all the time.
Is there somebody who could do it with me?|My hands shake and the keypad is too small.
I need my daughter to help with the account.|The website is too complicated for me.
He wants to do it all by telephone.""",
    NONE_OF_OURS: """
She has moved to a new address.|New telephone number since Monday.|The card has not come yet.
He lost the card on the train.|My payment did not arrive.|The rent went out twice.
She was locked out after three tries.|Ordered a new card ten days ago.
Wants a statement for the landlord.|Asks when the branch opens on Saturday.
The letter had the wrong name on it.|He forgot the password.|Her husband has died.
Nobody called me back.|I have asked three times about the same thing.|What is the sort code?
Please send me the form again.|The direct debit was not stopped.|My name has changed.
He wants a copy of last year's statement.|The card was refused at the till.
She asks whether the certificate has arrived.|The cheque has not been cleared.
Somebody has used my card.|Ada wants to close her Instant Saver.|Wants to close the account.
I want to close my account and move everything to another bank.|Please close my savings account.
She no longer needs the account.|He is moving to another bank.|Nobody came back about the refund.
Third call about this.|They want it confirmed in writing.|Any news on my complaint?
Calling about the same thing again.|Account in my husband's name.|My rent bounced!""",
}
# What agents note of it, in three ways each.
NOTED: Final = ("Wants {}.", "Asks about {}.", "Customer would like to hear about {}.")
TOPICS: Final[dict[str, str]] = {
    "better-return": """a better rate on savings|more interest on savings|a higher interest rate
savings that earn more|a better return on idle money""",
    "cheaper-borrowing": """a cheaper loan|less interest on the credit card|help with card debt
bringing debts together in one loan|moving a card balance""",
    "lower-charges": """an account without a monthly fee|lower account charges|no monthly charge
a free current account|avoiding account fees""",
    "spending-abroad": """a card without fees abroad|paying in euros without a fee
a card for travelling abroad|cheaper spending on holiday|fees in other countries""",
    "save-regularly": """saving a little every month|putting money aside each month
a regular savings plan|saving for the children each month|a standing order into savings""",
    "buying-home": """a deposit for a first home|buying a house|a mortgage for a flat
saving for a deposit on a house|moving into a first home""",
    "everyday-rewards": """cashback on bills|rewards for card purchases|points for shopping
something back on everyday spending|a bonus for loyal customers""",
    "running-a-business": """an account for the business|a card machine for the shop
paying wages from the company account|charges for business payments|the firm's invoices""",
    "easier-access": """help with the app|banking by telephone|a branch nearby
somebody who explains the website|large print letters""",
    NONE_OF_OURS: """a card that has not arrived|a payment that went out twice|a new address
a forgotten password|a statement for the landlord|closing the account|opening hours
a lost card|the refund that was promised|a name on a letter""",
}
UNKNOWN: Final = (
    "I need money for my university course.",
    "How can we pay the university fees?",
    "Her university course begins in autumn and costs nine thousand.",
    "Is there help with paying for a university course?",
    "I want to give my grandchildren something when I die.",
    "Who gets my money when I die?",
    "She asks what happens to the account when she dies.",
    "Do you keep jewellery?",
    "He wants to buy gold coins.",
)


def sentences(code: str) -> list[str]:
    """What was said of one kind of need, and what was noted."""
    noted = [form.format(topic) for topic in _parts(TOPICS[code]) for form in NOTED]
    return [*_parts(SAID[code]), *noted]


def _parts(text: str) -> list[str]:
    parts = (part.strip() for line in text.splitlines() for part in line.split("|"))
    return [part for part in parts if part]


def teach() -> None:
    """Every sentence as an example; which is there already is left as it is."""
    if Example.objects.exists():
        return
    kinds: dict[str, NeedType | None] = {kind.code: kind for kind in NeedType.objects.all()}
    kinds[NONE_OF_OURS] = None
    rows = [
        Example(text=text, need_type=kinds[code], source=ExampleSource.GIVEN, part=part_of(text))
        for code in SAID
        for text in sentences(code)
    ]
    Example.objects.bulk_create(rows)


def leave_open(by: User, random: Random) -> None:
    """Sentences that nobody could name, of contacts that are over."""
    of = Interaction.objects.filter(closed_at__isnull=False, is_follow_up=False, agent=by)
    contacts = list(of.select_related("customer").order_by("-closed_at", "pk")[: 5 * len(UNKNOWN)])
    for text, contact in zip(UNKNOWN, random.sample(contacts, len(UNKNOWN)), strict=False):
        UnknownNeed.keep(text=text, source=UnknownSource.REJECTED, interaction=contact)
        UnknownNeed.objects.filter(interaction=contact).update(said_at=contact.closed_at)
