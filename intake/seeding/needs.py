"""Which need came up in a contact, and what was offered for it?"""

from __future__ import annotations

from intake.seeding import words
from intake.seeding.book import Book
from intake.seeding.clock import DAY, MINUTE, day_of, stamp
from intake.seeding.contacts import Contact
from intake.seeding.world import Coded

STRENGTHS = ("0.60", "0.80", "0.90", "1.00")
MET, MET_BY_STAYING = 0.62, 0.9  # of the needs told where it went well
NOT_ACCEPTED = ("declined", "later", "not_relevant")


def tell(book: Book, contact: Contact, code: str, open_needs: set[str], went_well: bool) -> None:
    """A need with its evidence; met, left unmet, missed or open, as the contact went."""
    need, product = book.world.needs[code], book.world.products[words.PRODUCTS_FOR[code]]
    wished_to_leave = contact.reason == "close-account"
    has_left = wished_to_leave and contact.profile.left_on is not None
    chance = book.chance()
    if went_well and chance < (MET_BY_STAYING if wished_to_leave else MET):
        status = "met"
    elif chance < 0.75 or code in open_needs or has_left:
        status = "unmet" if chance < 0.4 else "missed"
    else:
        status = "open"
        open_needs.add(code)
    is_settled = status != "open"
    evidence = book.pick(words.EVIDENCE[code])
    pk = book.needs.add(
        contact.customer,
        contact.pk,
        need.pk,
        "discovered" if wished_to_leave else "stated",
        book.pick(STRENGTHS),
        evidence,
        status,
        stamp(contact.at + 2 * MINUTE),
        stamp(contact.closed_at) if is_settled else None,
        contact.agent if is_settled else None,
        book.pick(words.MISSED_BECAUSE) if status == "missed" else "",
        contact.pk if is_settled else None,
    )
    book.line(contact.customer, contact.pk, contact.at, "need", f"Need: {need.name}", evidence)
    if status != "missed":
        _offer(book, contact, pk, product, "accepted" if status == "met" else "")


def _offer(book: Book, contact: Contact, need: int, product: Coded, status: str) -> None:
    status = status or book.pick(NOT_ACCEPTED)
    benefit = book.between(24, 320)
    offer = book.offers.add(
        contact.customer,
        contact.pk,
        product.pk,
        need,
        status,
        book.pick(words.DECLINED_BECAUSE) if status == "declined" else "",
        day_of(contact.at + 60 * DAY) if status == "later" else None,
        f"{benefit}.00",
        f"£{benefit}.00 a year",
        stamp(contact.at + MINUTE),
        stamp(contact.closed_at),
        contact.agent,
    )
    book.drew(contact.customer, "marketing", "offer", offer, second=contact.at, by=contact.agent)
    title = f"Offer {status.replace('_', ' ')}: {product.name}"
    book.line(contact.customer, contact.pk, contact.closed_at, "offer", title)
