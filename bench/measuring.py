"""Which pages and which inner parts are measured, and against which targets?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from urllib.parse import quote_plus, urlencode

from bench import inside as inner
from bench import prepare
from bench.calls import calls
from bench.coming_in import imported
from bench.driver import COLD, COUNTED, Ask, Driver, Entry
from bench.following import following
from bench.inside import Figure
from bench.previewing import preview
from bench.servers import Measured
from intake.progress import Progress
from interactions.models import Interaction, WrapUpCode
from needs.models import Need

CLOSURES_A_BLOCK = 80


def pages(measured: Measured, parts: list[str], *, rounds: int, seconds: float) -> list[Entry]:
    """Every page of the parts, measured in turn with the noop."""
    driver = Driver(measured)
    entries = [Entry("noop", "Django view that does nothing", cycle([Ask("/")]), "")]
    if "desk" in parts:
        entries += list(_desk(int(rounds * CLOSURES_A_BLOCK * seconds) + COLD + COUNTED))
    if "dashboard" in parts:
        entries.append(_dashboard())
    for entry in entries:
        driver.warm(entry)
        if entry.name != "noop":
            driver.count(entry, prepare.statements)
    with Progress("Blocks", rounds * len(entries), out=sys.stdout) as progress:
        for _ in range(rounds):
            for entry in entries:
                driver.block(entry, seconds)
                progress.advance()
    if unmeasured := [entry.title for entry in entries if not entry.ms]:
        raise RuntimeError(f"Not measured, nothing was left to ask: {', '.join(unmeasured)}")
    return entries


def _desk(closures: int) -> Iterator[Entry]:
    sam = prepare.cookies("sam")
    contacts = prepare.decided(prepare.open_contacts(prepare.CONTACTS, seed=1))
    yield Entry(
        "console",
        "console page of an open contact",
        cycle([Ask(f"/desk/interactions/{contact.pk}/") for contact in contacts]),
        sam,
        target=30,
        target_p50=45,
        target_sql=6,
    )
    yield Entry(
        "ways",
        "ways to help: look again and show",
        cycle([Ask(f"/offers/ways/{contact.pk}/decision/", "again=1") for contact in contacts]),
        sam,
        target=30,
    )
    for kind, texts in prepare.probes(200, seed=2).items():
        yield Entry(
            f"search-{kind.replace(' ', '-')}",
            f"search by {kind}",
            cycle([Ask(f"/desk/search/?q={quote_plus(text)}") for text in texts]),
            sam,
            target=22,
        )
    for name, title, need in (
        ("save", "save at wrap-up: contact, need, follow-up, audit", "better-return"),
        ("save-plain", "save at wrap-up without a need", ""),
    ):
        yield Entry(name, title, _closures(closures, need), sam, target=25, target_sql=10)


def _closures(count: int, need: str = "better-return") -> Iterator[Ask]:
    """One wrap-up for each contact; none is closed twice."""
    contacts = prepare.open_contacts(count, seed=3 if need else 6, need=need)
    if need:  # the desk has decided anew when the need was stated
        prepare.decided(contacts)
    needs = dict(Need.objects.filter(interaction__in=contacts).values_list("interaction", "pk"))
    helped = WrapUpCode.objects.get(code="helped").pk
    return iter([_closure(contact, needs.get(contact.pk), helped) for contact in contacts])


def _closure(contact: Interaction, need: int | None, helped: int) -> Ask:
    said = {"wrap_up_code": helped, "summary": "Compared savings."}
    if need:
        said[f"need_{need}"] = "met"
    return Ask(f"/desk/interactions/{contact.pk}/closure/", urlencode(said))


def _dashboard() -> Entry:
    return Entry(
        "dashboard",
        "retention dashboard",
        cycle([Ask("/insights/")]),
        prepare.cookies("una"),
        target=45,
        target_sql=10,
    )


def inside(parts: list[str]) -> Iterator[Figure]:
    """What is measured without pages."""
    if "desk" in parts:
        yield from inner.decisions(prepare.open_contacts(prepare.CONTACTS, seed=4))
        yield from inner.searches()
    if "preview" in parts:
        yield from preview()
    if "followups" in parts:
        yield from inner.sweep()
    if "intake" in parts:
        yield from imported()


def calling(parts: list[str], port: int, folder: Path) -> Iterator[Figure]:
    """What is measured while the pages are served: with a telephone, and follow-ups."""
    if "followups" in parts:
        yield from following(port)
    if "calls" in parts:
        yield from calls(port, folder)
