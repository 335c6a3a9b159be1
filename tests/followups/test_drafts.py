"""Nothing chosen or typed in a follow-up call is lost before it is saved as answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from followups.errors import DraftMovedOn, FollowUpSettled
from followups.models import AnswerDraft, AttemptOutcome, FollowUp
from followups.sweeping import sweep
from tests.cast import Cast
from tests.followups.scenes import NOON, answers, begun, ready
from tests.world import logged_in

pytestmark = pytest.mark.usefixtures("noon")
TYPED = {"as_expected": "no", "as_expected_words": "It came late"}


def keep(client: Client, follow_up: FollowUp, *, version: int, **typed: str) -> tuple[int, object]:
    address = reverse("followups:draft", args=[follow_up.pk])
    answer = client.post(address, typed | {"version": str(version)})
    return answer.status_code, answer.json()


def test_what_is_typed_survives_a_reload(cast: Cast) -> None:
    follow_up, client = begun(cast, cast.ada), logged_in(cast.sam)
    typed = TYPED | {"problem": "<b>Two</b> letters", "call_back_at": "2026-11-24T10:30"}
    assert keep(client, follow_up, version=0, **typed) == (200, {"version": 1, "at": "12:00"})
    page = client.get(reverse("followups:script", args=[follow_up.call_id])).content.decode()
    assert page.count(" checked") == 1
    for words in (
        'name="as_expected" value="no" id="id_as_expected_1" required',
        'value="It came late"',
        'value="&lt;b&gt;Two&lt;/b&gt; letters"',
        'value="2026-11-24T10:30"',
        'data-version="1"',
        "Saved 12:00",
    ):
        assert words in page


def test_before_the_first_word_nothing_is_kept(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada)
    script = reverse("followups:script", args=[follow_up.call_id])
    page = logged_in(cast.sam).get(script).content.decode()
    assert "Saved as you type" in page
    assert 'data-version="0"' in page
    assert AnswerDraft.objects.count() == 0


def test_neither_of_two_windows_loses_its_words(cast: Cast) -> None:
    follow_up, client = begun(cast, cast.ada), logged_in(cast.sam)
    keep(client, follow_up, version=0, **TYPED)
    told = keep(client, follow_up, version=0, as_promised="yes")
    assert told == (409, {"version": 1, "typed": TYPED})
    assert AnswerDraft.objects.get().typed == TYPED
    with pytest.raises(DraftMovedOn):
        follow_up.keep_draft(typed={}, version=7)
    assert keep(client, follow_up, version=1, as_promised="yes")[0] == 200
    assert AnswerDraft.objects.get().typed == {"as_promised": "yes"}


def test_only_what_is_asked_is_kept(cast: Cast) -> None:
    follow_up, client = begun(cast, cast.ada), logged_in(cast.sam)
    typed = {"as_expected": "perhaps", "recommend": "11", "owner": "1", "problem": "x" * 2100}
    assert keep(client, follow_up, version=0, **typed)[0] == 200
    assert AnswerDraft.objects.get().typed == {"problem": "x" * 2000}
    for version in ("", "-1", "one", "9" * 40):
        address = reverse("followups:draft", args=[follow_up.pk])
        assert client.post(address, TYPED | {"version": version}).status_code == 422
    assert AnswerDraft.objects.get().version == 1


def test_the_answers_take_the_place_of_the_draft(cast: Cast) -> None:
    follow_up, client = begun(cast, cast.ada), logged_in(cast.sam)
    keep(client, follow_up, version=0, **TYPED)
    follow_up.record_answers(by=cast.sam, answers=answers())
    assert AnswerDraft.objects.count() == 0
    status, said = keep(client, follow_up, version=1, **TYPED)
    assert status == 410
    assert "Nothing was recorded" in str(said)
    assert AnswerDraft.objects.count() == 0
    with pytest.raises(FollowUpSettled):
        follow_up.keep_draft(typed=TYPED, version=0)


def test_the_next_call_goes_on_where_this_one_stopped(cast: Cast) -> None:
    follow_up = begun(cast, cast.ada)
    typed = TYPED | {"call_back_at": "2026-11-23T14:00"}
    follow_up.keep_draft(typed=typed, version=0)
    again_at = NOON + timedelta(hours=2)
    follow_up.report(by=cast.sam, outcome=AttemptOutcome.CALL_BACK, call_back_at=again_at)
    with time_machine.travel(again_at, tick=False):
        sweep(at=again_at)
        call = FollowUp.objects.get().begin(by=cast.rae)
    page = logged_in(cast.rae).get(reverse("followups:script", args=[call.pk])).content.decode()
    assert 'value="It came late"' in page
    assert "2026-11-23T14:00" not in page


def test_a_call_that_nobody_has_begun_has_no_draft(cast: Cast) -> None:
    follow_up = ready(cast, cast.ada)
    assert keep(logged_in(cast.sam), follow_up, version=0, **TYPED)[0] == 410
    assert AnswerDraft.objects.count() == 0
