"""How do SMS and e-mail leave, what became of them, and what came back?"""
