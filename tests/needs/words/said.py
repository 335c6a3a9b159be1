"""What customers of a small bank say: enough to learn six needs from."""

from __future__ import annotations

from needs.words import Example, Name

SAID = {
    "lost_card": (
        "I have lost my card",
        "my debit card was stolen yesterday",
        "I can't find my card anywhere",
        "someone took my bank card, please block it",
        "please freeze my card, it is gone",
        "my wallet with the card in it is missing",
        "I left my card on the train",
        "lost card, need it blocked at once",
    ),
    "mortgage": (
        "we want to buy a house",
        "what would a mortgage cost us",
        "can you lend us money for our first home",
        "our mortgage rate ends next spring",
        "we are looking at a flat and need a home loan",
        "how much could I borrow for a house",
        "I would like to remortgage my house",
        "is there a better mortgage rate",
    ),
    "savings": (
        "my money earns no interest",
        "what is your best savings rate",
        "I would like to put some money aside every month",
        "where should I save for my children",
        "I have cash idle in my current account",
        "a savings account with better interest please",
        "can I lock my savings away for a year",
        "interest on my savings is too low",
    ),
    "travel_money": (
        "I am going abroad on holiday, what about my card fees",
        "do you charge for paying in euros",
        "I need foreign currency for my trip",
        "what does it cost to take out cash in Spain",
        "using my card abroad was expensive",
        "we travel to America next month and need dollars",
        "are there fees when I pay in another currency",
        "exchange pounds for euros before my holiday",
    ),
    "app_login": (
        "I cannot log in to the app",
        "I forgot my password",
        "the app does not accept my passcode",
        "my login is blocked after three tries",
        "new phone and now the app wants a code I do not have",
        "how do I reset my password for online banking",
        "the app locks me out",
        "my passcode does not work any more",
    ),
    "complaint": (
        "I want to complain about the branch",
        "nobody has answered my letter for weeks",
        "this is the third time I ask, I am angry",
        "your service is terrible and I want to make a complaint",
        "I was treated badly by your colleague",
        "who is responsible for this mess",
        "I expect an apology for how long I waited",
        "I am very unhappy with how you handled this",
    ),
}
NAMES = tuple(Name(need, need.replace("_", " ")) for need in SAID)
EXAMPLES = tuple(Example(text, need) for need, texts in SAID.items() for text in texts)
HELD_BACK = (
    Example("my card has been stolen", "lost_card"),
    Example("what would a home loan for a house cost", "mortgage"),
    Example("better interest for my savings please", "savings"),
    Example("what are the fees for using my card abroad", "travel_money"),
    Example("the app does not let me log in with my password", "app_login"),
    Example("I want to make a complaint about your service", "complaint"),
)
OTHER = (
    "which films run at the cinema tonight",
    "tell me a joke about penguins",
    "how tall is the tallest mountain",
    "set an alarm for six in the morning",
    "play some jazz in the kitchen",
    "what is the recipe for apple pie",
)
