"""What happened with a customer until now? Months of contacts with all that followed from them.

One chronicle serves the seeded day (hundreds of customers, written words included) and the data
for measuring (a million): the same chances, drawn from one random generator in a fixed order.
"""

from __future__ import annotations

import json
from random import Random

from customers.models import Purpose
from intake.copying import IDS_AT_ONCE
from intake.seeding import asking, needs, requests, words
from intake.seeding.book import Book
from intake.seeding.clock import second_on, stamp
from intake.seeding.contacts import (
    OFFICE_DAY,
    PROMISED,
    RESOLVED,
    UNRESOLVED,
    open_contact,
    times,
)
from intake.seeding.profiles import Profile
from intake.seeding.world import World

# Nobody was asked about recordings of calls yet: that is done in the first one.
ASKED = (Purpose.SERVICE, Purpose.SURVEY, Purpose.MARKETING)
BY_SMS = "Farah Aziz"  # who is asked by SMS, and in no other way


class Chronicle:
    """Writes the pasts of customers, one after the other, into the tables of a book."""

    def __init__(self, world: World, random: Random, *, block: int = IDS_AT_ONCE) -> None:
        self.book = Book(world, random, block=block)
        self.write = self.book.write
        self._codes = [  # as often as they come up
            code
            for code, story in words.STORIES.items()
            if code in world.reasons
            for _ in range(story.weight)
        ]
        self._open_needs: set[str] = set()

    def tell(self, profile: Profile) -> int:
        """Write one customer with everything until now; returns the customer's key."""
        customer = self._customer(profile)
        self._open_needs = set()
        for at in times(self.book, profile):
            self._contact(customer, profile, at)
        if profile.left_on or profile.saved_on:
            self._wish_to_leave(customer, profile)
        self._holdings(customer, profile)
        return customer

    def _customer(self, profile: Profile) -> int:
        book, since = self.book, stamp(second_on(profile.since, 10))
        customer = book.customers.add(
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
        book.points.add(customer, "voice", profile.phone, since)
        book.points.add(customer, "email", profile.email, since)
        if profile.name == BY_SMS:
            book.points.add(customer, "sms", profile.phone, since)
            book.consents.add(customer, Purpose.SURVEY, "sms", True, since)
        for purpose in ASKED:
            is_granted = purpose in profile.permits
            for channel in ("voice", "email"):
                book.consents.add(customer, purpose, channel, is_granted, since)
        return customer

    def _holdings(self, customer: int, profile: Profile) -> None:
        left_on = profile.left_on
        because = self.book.pick(words.LEAVING_BECAUSE) if left_on else ""
        for held in profile.holdings:
            product = self.book.world.products[held.product].pk
            self.book.holdings.add(
                customer,
                product,
                f"{product:02d}-{customer:08d}",
                min(held.opened_on, left_on) if left_on else held.opened_on,
                left_on,
                because,
                held.balance,
                held.annual_rate,
                held.monthly_charge,
            )

    def _contact(self, customer: int, profile: Profile, at: int) -> None:
        book = self.book
        if profile.segment == "business" and book.chance() < 0.4:
            code = "business-account"
        else:
            code = book.pick(self._codes)
            if code == "close-account":  # the wish to leave is told by itself
                code = "savings-rate"
        story = words.STORIES[code]
        went_well = book.chance() < 0.62 + 0.36 * profile.mood
        outcome = RESOLVED if went_well else UNRESOLVED
        if story.request_type and book.chance() < 0.45:
            outcome = PROMISED
        contact = open_contact(book, customer, profile, at, code, outcome)
        if outcome == PROMISED:
            requests.ask(book, contact, story, went_well=went_well)
        if story.needs and not profile.is_told and book.chance() < 0.8:
            needs.tell(book, contact, book.pick(story.needs), self._open_needs, went_well)
        asking.follow_up(book, contact, went_well=went_well)

    def _wish_to_leave(self, customer: int, profile: Profile) -> None:
        """Ended as asked, or saved by meeting a need."""
        book, day = self.book, profile.left_on or profile.saved_on
        assert day is not None
        at = second_on(day, 9) + book.between(0, OFFICE_DAY - 3600)
        contact = open_contact(book, customer, profile, at, "close-account", RESOLVED)
        is_saved = profile.left_on is None
        need = book.pick(words.STORIES["close-account"].needs)
        needs.tell(book, contact, need, self._open_needs, is_saved)
        asking.follow_up(book, contact, went_well=is_saved)
