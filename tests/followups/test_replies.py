"""What customers write back reaches a person at once, and nothing that they typed is lost."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from customers.models import Customer
from followups.models import FollowUpStatus
from followups.replies import WORDLESS
from interactions.models import Interaction, Message, TimelineEntry
from messaging import replying
from messaging.models import Reply
from tests.cast import Cast
from tests.followups.texts import HERS, may_be_written_to, sent
from tests.world import logged_in

pytestmark = pytest.mark.django_db
COUNT = iter(range(10_000))


def written(text: str, *, sender: str = HERS, event: str = "") -> Reply:
    return replying.take_in(
        gateway="inbox", event_id=event or f"{next(COUNT)}", carrier="sms", sender=sender, text=text
    )


def waiting(cast: Cast) -> str:
    return logged_in(cast.sam).get(reverse("console:work")).content.decode()


def test_a_reply_stands_in_my_work_of_whoever_asked(bank: Cast) -> None:
    follow_up, _ = sent(bank)
    written("No, my <b>card</b> is still missing", event="one")
    written("No, my <b>card</b> is still missing", event="one")
    contact = Interaction.objects.open().get()
    assert (contact.customer, contact.agent, contact.channel) == (bank.ada, bank.sam, "sms")
    message = Message.objects.get()
    assert (message.interaction, message.direction) == (contact, "inbound")
    assert message.body == "No, my <b>card</b> is still missing"
    entry = TimelineEntry.objects.get(title="Reply by SMS")
    assert entry.detail == message.body
    assert "Writes back: Close an account" in waiting(bank)
    page = logged_in(bank.sam).get(reverse("console:contact", args=[contact.pk])).content.decode()
    assert "No, my &lt;b&gt;card&lt;/b&gt; is still missing" in page
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUpStatus.PLANNED, "the questions are still open"
    assert "card" not in str(AuditEntry.objects.get(verb="reply received").detail)


def test_what_is_written_next_goes_to_the_same_contact_while_it_is_open(bank: Cast) -> None:
    sent(bank)
    written("One")
    written("Two")
    contact = Interaction.objects.open().get()
    assert [one.body for one in contact.messages.all()] == ["One", "Two"]
    contact.close(by=bank.sam, wrap_up_code=bank.helped, summary="Sent a card")
    written("")
    again = Interaction.objects.open().get()
    assert again != contact
    assert [one.body for one in again.messages.all()] == [WORDLESS]


def test_stop_alone_asks_nobody_to_read_it_and_more_than_that_does(bank: Cast) -> None:
    sent(bank)
    written("STOP")
    assert not Interaction.objects.open().exists()
    written("Stop. And send my card!")
    assert Message.objects.get().body == "Stop. And send my card!"


def test_an_owner_who_left_is_no_owner(bank: Cast) -> None:
    sent(bank)
    bank.sam.is_active = False
    bank.sam.save(update_fields=["is_active"])
    written("Hello?")
    contact = Interaction.objects.open().get()
    assert contact.agent is None
    work = logged_in(bank.rae).get(reverse("console:work")).content.decode()
    assert "Writes back" in work


def test_without_a_text_of_ours_the_number_tells_who_it_is_if_one_alone_has_it(bank: Cast) -> None:
    written("Hello, it is Ada")
    assert Interaction.objects.open().get().customer == bank.ada
    may_be_written_to(Customer.objects.get(pk=bank.ben.pk))
    written("Who am I?")
    assert Interaction.objects.open().count() == 1
    assert Reply.objects.unknown().get().text == "Who am I?"


def test_a_text_from_nobody_known_stands_on_the_supervisors_page_until_seen_to(bank: Cast) -> None:
    reply = written("<i>Wrong</i> number", sender="+442079460199")
    assert not Interaction.objects.open().exists()
    listed, una = reverse("followups:list"), logged_in(bank.una)
    assert "&lt;i&gt;Wrong&lt;/i&gt; number" in una.get(listed).content.decode()
    look = reverse("followups:reply_look", args=[reply.pk])
    assert logged_in(bank.sam).post(look).status_code == 403
    assert Reply.objects.unknown().count() == 1
    assert una.post(look).status_code == 302
    reply.refresh_from_db()
    assert reply.looked_by == bank.una
    assert "Texts from numbers that nobody has" not in una.get(listed).content.decode()
    assert not reply.look(by=bank.max), "the first counts"
