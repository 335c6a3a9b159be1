"""How does a changed catalogue reach customers safely: review, tests, simulation, shadow, 5 %?"""
