"""A customer answers by the link in a mail, on a phone: no; then says that it is fixed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.journeys.daytime import asked_of
from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey
PHONE: ViewportSize = {"width": 360, "height": 740}

# A contact of this morning, closed by Sam, whose follow-up is a mail; its customer and request.
CLOSED = """
from django.utils import timezone
from accounts.models import User
from customers.models import Customer
from followups.models import FollowUp
from interactions.models import ContactReason, Interaction, WrapUpCode
from messaging.models import InboxItem

InboxItem.objects.all().delete()
sam, zoe = User.objects.get(username="sam"), Customer.objects.get(name="Zoe Hartley")
told = {"by": sam, "wrap_up_code": WrapUpCode.objects.filter(outcome="resolved").first()}
for contact in Interaction.objects.open().filter(customer=zoe):
    contact.close(**told, summary="Done")
FollowUp.objects.filter(customer=zoe).exclude(status="answered").update(status="lapsed")
zoe.record_consent(
    by=None, purpose="survey", channel="email", is_granted=True, source="-", wording_version="1"
)
reason = ContactReason.objects.get(code="card-abroad")
contact = Interaction.open_contact(customer=zoe, by=sam, channel="voice", contact_reason=reason)
contact.close(**told, summary="Told her how")
asked = FollowUp.objects.filter(interaction=contact)
asked.update(due_at=timezone.now())
print(asked.get().way)
"""


@pytest.fixture
def phone(browser: Browser, stack: Stack) -> Page:
    """The customer's phone: small, and without JavaScript."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="en-GB")
    return context.new_page()


def opened_mail(phone: Page, stack: Stack, subject: str) -> None:
    """Look into the inbox until the mail is there, and open its first link."""
    mail = phone.locator("li", has_text=subject).first
    for _ in range(60):
        phone.goto(f"{stack.url}/inbox/")
        if mail.count():
            break
        phone.wait_for_timeout(1_000)
    mail.get_by_role("link").first.click()


def test_a_no_by_link_is_put_right_and_confirmed_by_link(
    window: Callable[[str], Page], phone: Page, stack: Stack
) -> None:
    assert asked_of(stack, CLOSED).strip().endswith("email")
    opened_mail(phone, stack, "Did it go as you expected?")
    expect(phone.get_by_role("heading", level=1)).to_have_text("How did it go?")
    wide = phone.locator("body").bounding_box()
    assert wide is not None
    assert wide["width"] <= PHONE["width"]

    # A no, in her words; the page without JavaScript keeps them where an answer is missing.
    asked = phone.get_by_role("group", name="Have we delivered as promised?")
    asked.get_by_text("No", exact=True).click()
    asked.get_by_text("In your own words").click()
    asked.get_by_role("textbox").fill("The card was refused in Lisbon")
    phone.screenshot(path=stack.folder / "link-light.png", full_page=True)
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    expect(phone.locator("main")).to_contain_text("Sam has it")

    # It stands on the desk of who helped her, who puts it right.
    sam = window("sam")
    sam.get_by_role("link", name="Zoe Hartley").filter(has_text="not as promised").first.click()
    request = sam.locator("#desk-slot")
    expect(request).to_contain_text("The card was refused in Lisbon")
    request.get_by_role("button", name="Resolve").click()
    expect(request).to_contain_text("Resolved")

    # She is asked whether it is, and only her word closes it.
    opened_mail(phone, stack, "Is it fixed?")
    phone.get_by_text("Yes, it is fixed").click()
    phone.get_by_role("button", name="Send").click()
    expect(phone.locator("main")).to_contain_text("is closed, because you say that it is fixed")
    sam.reload()
    expect(sam.locator("#panel-requests")).not_to_contain_text("not as promised")
    phone.context.close()
