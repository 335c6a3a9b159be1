"""What a release would do is worked out from stored inputs: simulated, in shadow, by a lever."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.errors import RuleBroken
from accounts.models import AuditEntry, User
from customers.models import ProtectedTrait
from interactions.models import Interaction
from needs.models import Need, NeedFit
from offers import catalogue, presenting
from offers.arbitration import decide_for, replay
from offers.catalogue import is_in_share
from offers.models import Decision, Release, ReleaseStage, ShadowDecision, Simulation
from offers.publishing import draft_content
from offers.release import earning, gate, lever, shadowing, simulating, work
from offers.release.alike import Alike
from offers.release.comparing import Moves, Pair, Products
from offers.release.earning import Row, estimated
from offers.release.errors import StepsLeftOut
from products.models import Product
from tests import cast
from tests.cast import Cast, contact

pytestmark = pytest.mark.django_db


def in_need(people: Cast) -> Interaction:
    """Ada and Ben want a better return; Saver Plus brings her 348.50, him 12.30 a year."""
    for person in (people.ada, people.ben):
        interaction = contact(people, person)
        Need.state(
            customer=person, need_type=people.better_return, by=people.sam, interaction=interaction
        )
        decide_for(customer=person, interaction=interaction, by=people.sam)
    return interaction


def figures(release: Release) -> Any:
    simulating.ask(release, days=30, by=release.proposed_by)
    assert work.simulate() == 1
    return Simulation.objects.get(status="done").figures


def test_a_simulation_tells_who_gains_who_loses_and_who_is_left_with_nothing(
    people: Cast, proposed: Release
) -> None:
    in_need(people)
    found = figures(proposed)
    assert found["moves"] == {
        "contacts": 2,
        "same": 1,
        "loses": 1,
        "nothing_left": 1,
        "examples": {"loses": [people.ben.pk], "nothing_left": [people.ben.pk]},
    }
    saver = found["products"]["saver-plus"]
    assert saver == {"before": 2, "first_before": 2, "after": 1, "first_after": 1}
    assert found["benefits"] == {"before": "180.40", "after": "348.50"}
    assert found["is_cut_short"] is False
    simulation = Simulation.objects.get()
    assert (simulation.done, simulation.total) == (2, 2)


def test_a_simulation_writes_no_decision_and_counts_a_contact_once(
    people: Cast, proposed: Release
) -> None:
    interaction = in_need(people)
    Need.objects.filter(customer=people.ben).update(strength=Decimal("0.7"))
    decide_for(customer=people.ben, interaction=interaction, by=people.sam)
    assert Decision.objects.count() == 3
    assert figures(proposed)["moves"]["contacts"] == 2
    assert Decision.objects.count() == 3


def test_decisions_of_other_days_are_left_aside(people: Cast, proposed: Release) -> None:
    in_need(people)
    simulation = simulating.ask(proposed, days=7, by=people.max)
    later = timezone.now() + timedelta(days=8)
    assert not simulating.one_of_each_contact(later - timedelta(days=7)).exists()
    assert simulation.status == "waiting"


def test_the_list_that_was_answered_stands_for_its_contact(people: Cast, proposed: Release) -> None:
    interaction = in_need(people)
    offer = presenting.accept(interaction=interaction, product=people.saver, by=people.sam)
    assert offer.decision is not None
    newest = Decision.objects.filter(interaction=interaction).newest().first()
    assert newest != offer.decision, "the answer led to another list"
    since = timezone.now() - timedelta(days=1)
    assert offer.decision.pk in simulating.one_of_each_contact(since)
    assert len(simulating.one_of_each_contact(since)) == 2
    assert figures(proposed)["products"]["saver-plus"]["before"] == 2


def test_too_few_answers_conclude_nothing(people: Cast, proposed: Release) -> None:
    in_need(people)
    estimate = figures(proposed)["estimate"]
    assert estimate["is_refused"] is True
    assert "Nothing can be concluded" in estimate["because"]
    few = estimated([Row(1.0, 0.5, 1.0)] * 50)
    assert few["is_refused"] is True
    assert "Too little to conclude" in few["because"]


def test_enough_answers_give_an_estimate_with_its_interval() -> None:
    rows = [Row(float(place % 2), 0.5, float(place % 2)) for place in range(4_000)]
    found = estimated(rows)
    assert found["is_refused"] is False
    assert found["gain"]["low"] <= found["gain"]["value"] <= found["gain"]["high"]
    assert found["effective_sample"] == pytest.approx(2_000)


def test_one_simulation_of_a_release_runs_at_a_time_and_can_be_cancelled(
    people: Cast, proposed: Release
) -> None:
    in_need(people)
    first = simulating.ask(proposed, days=7, by=people.max)
    with pytest.raises(simulating.SimulatedAlready):
        simulating.ask(proposed, days=30, by=people.max)
    with pytest.raises(RuleBroken, match="between 1 and 90"):
        simulating.ask(proposed, days=400, by=people.max)
    assert simulating.cancel(first, by=people.max)
    assert not simulating.cancel(first, by=people.max)
    assert work.simulate() == 0
    assert AuditEntry.objects.filter(verb="simulation cancelled").count() == 1
    assert Simulation.objects.get().figures == {}


def test_a_run_that_was_cancelled_meanwhile_leaves_no_figures(
    people: Cast, proposed: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_need(people)
    asked = simulating.ask(proposed, days=7, by=people.max)

    def cancelling(*pairs: object) -> list[Row]:
        del pairs
        simulating.cancel(asked, by=people.max)
        return []

    monkeypatch.setattr(simulating, "rows_of", cancelling)
    assert work.simulate() == 0
    simulation = Simulation.objects.get()
    assert (simulation.status, simulation.figures) == ("cancelled", {})


def test_a_run_whose_worker_died_is_begun_again_and_a_living_one_is_left(
    people: Cast, proposed: Release
) -> None:
    in_need(people)
    asked = simulating.ask(proposed, days=7, by=people.max)
    running = Simulation.objects.filter(pk=asked.pk)
    running.update(status="running", seen_at=timezone.now())
    assert work.simulate() == 0
    running.update(seen_at=timezone.now() - simulating.SILENCE * 2)
    assert work.simulate() == 1


def test_a_page_tells_how_far_a_simulation_is(people: Cast, proposed: Release, ivy: User) -> None:
    in_need(people)
    client = Client()
    client.force_login(ivy, backend="accounts.backends.RoleBackend")
    client.post(reverse("catalogue:simulation", args=[proposed.pk]), {"days": "30"})
    asked = Simulation.objects.get()
    address = reverse("catalogue:progress", args=[asked.pk])
    waiting = client.get(address).content.decode()
    assert "every 1s" in waiting
    assert "Waits for the worker: 0 of 0 contacts" in waiting
    work.simulate()
    done = client.get(address).content.decode()
    assert "every 1s" not in done
    assert "are left with nothing" in done
    assert "Saver Plus" in done


def explored(*codes: str, chance: str) -> dict[str, Any]:
    return results(*codes) | {"exploring": {"propensity": chance}}


def test_a_list_has_the_drafts_own_chance_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = catalogue.read(catalogue.EMPTY)
    learned = {"share": "0.2", "may_explore": True, "seed": "s"}
    logged = explored("a", "b", chance="0.9")

    def pair(**after: Any) -> Pair:
        return Pair(1, 1, {"learned": learned}, logged, {}, after)

    same = pair(**explored("a", "b", chance="0.7"))
    assert earning.chance_of(same, draft) == 0.7
    assert earning.chance_of(pair(**explored("a", chance="1")), draft) == 0.0

    def tried(inputs: Any, _: object) -> dict[str, Any]:
        """Best is b, a; every fifth seed shows a, b."""
        mine = inputs["learned"]
        is_other = mine["share"] == "1" and int(mine["seed"].partition(":")[2]) % 5 == 0
        return results(*("ab" if is_other else "ba"))

    monkeypatch.setattr(earning, "decide", tried)
    other = pair(**explored("b", "a", chance="0.8"))
    assert earning.chance_of(other, draft) == pytest.approx(0.2 * 0.2)


def test_a_simulation_compares_groups_and_says_nothing_of_small_ones(
    people: Cast, proposed: Release, ivy: User
) -> None:
    in_need(people)
    found = figures(proposed)["groups"]
    assert found == [{"attribute": "Age", "group": "45 to 64", "customers": 2, "is_few": True}]
    client = Client()
    client.force_login(ivy, backend="accounts.backends.RoleBackend")
    page = client.get(reverse("catalogue:release", args=[proposed.pk])).content.decode()
    assert "too few to say" in page


def test_a_draft_that_offers_a_group_less_is_told(people: Cast) -> None:
    customers = [
        cast.customer(f"Customer {number}", people.team, f"020 7946 {number + 200:04}")
        for number in range(80)
    ]
    ProtectedTrait.objects.bulk_create(
        ProtectedTrait(
            customer=one, attribute="sex", group="ab"[place % 2], source="their own word"
        )
        for place, one in enumerate(customers)
    )
    measure = Alike()
    for place, one in enumerate(customers):
        after = results("x") if place % 2 or place < 10 else results()
        measure.see(Pair(one.pk, place, {}, {}, results("x"), after))
    rows = {row["group"]: row for row in measure.figures() if row["attribute"] == "Sex"}
    assert rows["a"]["before"]["value"] == 1
    assert rows["a"]["after"]["value"] == pytest.approx(5 / 40)
    assert rows["b"]["after"]["value"] == 1
    assert (rows["a"]["verdict"], rows["b"]["verdict"]) == ("alert", "even")
    assert rows["a"]["accepted"] is None


# --- Shadow -------------------------------------------------------------------------------------


def test_the_shadow_decides_beside_live_decisions_and_nobody_sees_it(
    people: Cast, approved: Release
) -> None:
    before = contact(people, people.cy)
    decide_for(customer=people.cy, interaction=before, by=people.sam)
    gate.advance(approved, to=ReleaseStage.SHADOW, by=people.max, because="A law changed")
    in_need(people)
    assert work.look_beside() == 2
    assert work.look_beside() == 0
    rows = ShadowDecision.objects.order_by("pk").values_list("live", "offered", "is_same")
    assert list(rows) == [(["saver-plus"], ["saver-plus"], True), (["saver-plus"], [], False)]
    assert shadowing.figures(approved) == {"decided": 2, "differ": 1, "nothing_left": 1}
    assert set(Decision.objects.values_list("catalogue_number", flat=True)) == {1}
    with pytest.raises(StepsLeftOut, match="a simulation") as left_out:
        gate.advance(approved, to=ReleaseStage.SMALL, by=people.max)
    assert "shadow" not in str(left_out.value)


def test_nothing_is_looked_at_while_nothing_is_in_shadow(people: Cast, approved: Release) -> None:
    in_need(people)
    assert work.look_beside() == 0
    assert ShadowDecision.objects.count() == 0


def test_a_decision_of_the_share_names_the_trial_and_replays(
    people: Cast, approved: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offers.catalogue.TRIAL_PERCENT", 100)
    gate.advance(approved, to=ReleaseStage.SMALL, by=people.max, because="A law changed")
    assert is_in_share(people.ben.pk, 2)
    in_need(people)
    decisions = list(Decision.objects.all())
    assert {decision.catalogue_number for decision in decisions} == {2}
    for decision in decisions:
        assert replay(decision) == decision.results
    gate.advance(approved, to=ReleaseStage.ALL, by=people.max, because="It does well")
    for decision in decisions:
        assert replay(decision) == decision.results


def test_an_open_list_is_stale_when_the_share_begins_for_its_customer(
    people: Cast, approved: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    from offers.standing import standing

    interaction = in_need(people)
    assert standing(interaction).is_current  # type: ignore[union-attr]
    gate.advance(approved, to=ReleaseStage.SMALL, by=people.max, because="A law changed")
    monkeypatch.setattr("offers.catalogue.TRIAL_PERCENT", 0)
    assert standing(interaction).is_current  # type: ignore[union-attr]
    monkeypatch.setattr("offers.catalogue.TRIAL_PERCENT", 100)
    assert not standing(interaction).is_current  # type: ignore[union-attr]
    decide_for(customer=people.ben, interaction=interaction, by=people.sam)
    assert standing(interaction).is_current  # type: ignore[union-attr]


# --- The lever ------------------------------------------------------------------------------------


def test_another_lever_moves_what_it_moves(people: Cast) -> None:
    rival = Product.objects.create(
        code="rival",
        name="Rival",
        category=people.saver.category,
        summary="…",
        terms={"rate": "4.10"},
        benefit_formula="idle_balance * (rate - current_rate) / 100",
        benefit_sentence="{benefit}",
        lever=Decimal("1.05"),
    )
    NeedFit.objects.create(product=rival, need_type=people.better_return, fit=Decimal("0.95"))
    in_need(people)
    content = draft_content()
    to: dict[str, Any] = {"days": 30, "now": timezone.now()}
    found = lever.moved(content, "saver-plus", lever=Decimal("1.20"), **to)
    assert (found.looked_at, found.offered, found.up, found.first_after) == (2, 2, 2, 2)
    assert found.first_before == 0
    found = lever.moved(content, "saver-plus", lever=Decimal("1.04"), **to)
    assert (found.up, found.down) == (0, 0)


@pytest.mark.parametrize("typed", ["1.21", "0.79", "NaN", "-Infinity", "1e9", "", "one"])
def test_a_lever_beyond_its_bounds_is_refused(typed: str) -> None:
    with pytest.raises(RuleBroken):
        lever.read_lever(typed)


# --- Measures -------------------------------------------------------------------------------------


def results(*codes: str) -> dict[str, Any]:
    offers = [{"kind": "offer", "product": code, "benefit": "1"} for code in codes]
    return {"ways": [{"kind": "question"}, *offers], "further": []}


def test_measures_count_what_moves() -> None:
    moves, products = Moves(), Products()
    for before, after in (("ab", "ab"), ("ab", "ba"), ("a", "ab"), ("ab", "a"), ("a", "")):
        pair = Pair(1, 1, {}, {}, results(*before), results(*after))
        moves.see(pair)
        products.see(pair)
    assert dict(moves.counts) == {
        "contacts": 5,
        "same": 1,
        "order": 1,
        "first": 1,
        "gains": 1,
        "loses": 2,
        "nothing_left": 1,
    }
    assert products.figures()["a"] == {
        "before": 5,
        "first_before": 5,
        "after": 4,
        "first_after": 3,
    }
