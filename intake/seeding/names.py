"""Names for customers: forty who are told of by name, and enough parts for any number more."""

from __future__ import annotations

NAMED = (
    "Ada Byron", "Ben King", "Cy Dunn", "Dorothy Lane", "Eve Nolan", "Farah Aziz", "George Pell",
    "Hannah Osei", "Imran Malik", "Jean Crawford", "Kofi Mensah", "Lily Chen", "Marek Nowak",
    "Nia Griffiths", "Oliver Hughes", "Priya Raman", "Quentin Blythe", "Rosa Delgado",
    "Stefan Popescu", "Tessa Marlow", "Umar Farooq", "Vera Lindholm", "William Adair",
    "Xanthe Moor", "Yusuf Demir", "Zoe Hartley", "Alan Whitby", "Bronwen Rees", "Callum Fraser",
    "Deepa Nair", "Ewan Sinclair", "Fiona MacLeod", "Gwen Parry", "Harold Finch", "Isla Drummond",
    "Joseph Adeleke", "Katya Orlova", "Leon Baptiste", "Maureen Doyle", "Niall Byrne",
)  # fmt: skip
BUSINESSES = (
    "Alder & Sons Joinery", "Bluebell Nursery", "Canal Street Cycles", "Dovecote Bakery",
    "Eastgate Plumbing", "Fernhill Vets", "Greenway Couriers", "Harbour Print Works",
)  # fmt: skip
FIRST = (
    "Aisha", "Alfie", "Amelia", "Andrew", "Anna", "Arthur", "Beth", "Brian", "Carol", "Charlotte",
    "Chidi", "Daniel", "David", "Diane", "Edward", "Ella", "Emily", "Ethan", "Fatima", "Frank",
    "Freya", "Gareth", "Grace", "Hassan", "Helen", "Henry", "Ian", "Isaac", "Ivy", "Jack", "James",
    "Janet", "Jasmine", "John", "Julia", "Karen", "Keith", "Laura", "Leah", "Liam", "Linda", "Lucy",
    "Maisie", "Margaret", "Martin", "Mary", "Megan", "Mohammed", "Natalie", "Neil", "Noah", "Nora",
    "Oscar", "Patricia", "Paul", "Peter", "Rachel", "Rebecca", "Robert", "Ruby", "Ruth", "Ryan",
    "Sally", "Samuel", "Sarah", "Scott", "Shanice", "Simon", "Sophie", "Stephen", "Susan", "Thomas",
    "Tom", "Tracey", "Victoria", "Wendy", "Yasmin", "Zainab",
)  # fmt: skip
LAST = (
    "Abbott", "Ahmed", "Allen", "Armstrong", "Atkinson", "Bailey", "Baker", "Barnes", "Begum",
    "Bennett", "Booth", "Bradley", "Brown", "Burton", "Butler", "Campbell", "Carter", "Chapman",
    "Clarke", "Cole", "Collins", "Cooper", "Cox", "Davies", "Dixon", "Edwards", "Ellis", "Evans",
    "Fisher", "Fletcher", "Ford", "Foster", "Fox", "Gibson", "Graham", "Grant", "Gray", "Green",
    "Hall", "Hamilton", "Harper", "Harris", "Harvey", "Hill", "Holmes", "Hudson", "Hunt", "Hussain",
    "Jackson", "Jenkins", "Johnson", "Jones", "Kaur", "Kelly", "Kennedy", "Khan", "Knight", "Lee",
    "Lewis", "Lloyd", "Lowe", "Marsh", "Mason", "Matthews", "Miller", "Mills", "Mitchell", "Moore",
    "Morgan", "Morris", "Murphy", "Murray", "Owen", "Palmer", "Parker", "Patel", "Pearce", "Perry",
    "Phillips", "Porter", "Powell", "Price", "Reid", "Reynolds", "Richards", "Roberts", "Robinson",
    "Rogers", "Ross", "Russell", "Ryan", "Saunders", "Scott", "Shah", "Sharma", "Shaw", "Simpson",
    "Singh", "Smith", "Spencer", "Stevens", "Stewart", "Stone", "Taylor", "Thomas", "Thompson",
    "Turner", "Walker", "Walsh", "Ward", "Watson", "Webb", "West", "White", "Williams", "Wilson",
    "Wood", "Wright", "Young",
)  # fmt: skip
