"""Sentences that tests teach: enough for two kinds of need to be told apart."""

from __future__ import annotations

from needs.models import Example, ExampleSource, NeedType
from needs.models.example import part_of

RETURN = (
    "my savings earn next to nothing",
    "the other bank pays four per cent on savings",
    "I want more interest on my money",
    "she found a better rate elsewhere",
    "he asks for a higher interest rate on his savings",
    "the interest on the account is too low",
    "where do I get a better return on my savings",
    "my neighbour gets four per cent interest",
    "the savings rate is a joke",
    "I could earn more interest at another bank",
    "our savings bring hardly any interest",
    "is there a savings account with a better rate",
)
BORROWING = (
    "the card debt eats me up",
    "I pay too much interest on my credit card",
    "I want to be rid of the card debt",
    "can I bring my debts together in one loan",
    "my loan is too expensive",
    "the credit card costs me a fortune each month",
    "he wants a cheaper loan for the car",
    "she cannot pay off the card",
    "what I owe on the card never gets less",
    "can you lower the rate of my loan",
    "I owe three thousand on two credit cards",
    "one payment instead of several debts",
)
NOTHING = (
    "she moved house and has a new address",
    "the app shows a blank page",
    "he lost his umbrella in the branch",
    "what are your opening hours on Saturday",
    "my daughter starts school in autumn",
    "the letter had the wrong name on it",
    "please change my telephone number",
    "I forgot my password again",
)


def teach(better_return: NeedType, cheaper_borrowing: NeedType) -> int:
    """Write all of them as examples; how many there are."""
    told = (
        (RETURN, better_return),
        (BORROWING, cheaper_borrowing),
        (NOTHING, None),
    )
    rows = [
        Example(text=text, need_type=kind, source=ExampleSource.GIVEN, part=part_of(text))
        for texts, kind in told
        for text in texts
    ]
    Example.objects.bulk_create(rows)
    return len(rows)
