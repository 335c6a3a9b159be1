"""The retention dashboard, the records behind its figures, and an agent's own customers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import NotAllowed
from accounts.models import AuditEntry, Role, Team, User
from accounts.scoping import is_id
from insights import exports, served
from insights.board import Board
from insights.counts import counted
from insights.figures import Scope
from insights.forms import FilterForm
from insights.kept import FIGURES
from insights.links import Links
from insights.measures import Filters
from insights.models import RollUp
from insights.periods import PRESETS, Period, preset
from insights.records import PAGE, Asked, Listing, NotAPlace, listing
from insights.served import DAYS, GROUPS
from insights.wording import percent
from needs.models import NeedType
from products.models import Product

View = Callable[..., HttpResponse | StreamingHttpResponse]


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def for_leading(view: View) -> View:
    """Supervisors see their teams, administrators all; agents have a page of their own."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        if _user(request).role not in (Role.SUPERVISOR, Role.ADMINISTRATOR):
            raise NotAllowed(
                "These figures are for supervisors. How your own customers fared stands "
                "under “Your customers”."
            )
        return cast("HttpResponse", view(request, *args, **more))

    return guarded


@require_GET
@for_leading
def retention(request: HttpRequest) -> HttpResponse:
    """The whole page, or what stands under its heading when htmx asks."""
    form, context = _asked(request)
    roll_up = RollUp.current()
    context |= {"figures": _figures(_user(request), form.filters, roll_up), "roll_up": roll_up}
    name = "_board" if request.headers.get("HX-Request") else "retention"
    response = render(request, f"insights/{name}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _figures(user: User, filters: Filters, roll_up: RollUp) -> SafeString:
    """All figures as they stand in the page, made once for each count and whose they are."""
    scope = Scope.of(user, team_id=filters.team_id, product_id=filters.product_id)
    need_types = _need_types()

    def made() -> str:
        links = Links.for_filters(filters, root=_root())
        board = Board(scope, filters, links, need_types, is_counting=roll_up.is_counting)
        return render_to_string("insights/_figures.html", {"board": board})

    if roll_up.refreshed_at is None:
        return SafeString(made())
    counted = (roll_up.refreshed_at, roll_up.counting_from)
    return SafeString(FIGURES.get((scope, filters, counted, *need_types.items()), made))


@require_GET
@for_leading
def records(request: HttpRequest, key: str) -> HttpResponse:
    """The records behind one figure."""
    form, context = _asked(request)
    found, asked = _listing(request, key, form.filters)
    try:
        page = found.page(request.GET.get("after", ""))
    except NotAPlace as error:
        raise Http404 from error
    links = Links.for_filters(form.filters, root=_root())
    counts = counted(key, user=_user(request), filters=form.filters, asked=asked, links=links)
    context |= {"listing": found, "page": page, "counted": counts, **_ways(request, key, links)}
    if asked.reason is not None:
        context["reason"] = found.reasons.get(asked.reason, asked.reason)
    return render(request, "insights/records.html", context)


@require_POST
@for_leading
def export(request: HttpRequest, key: str) -> StreamingHttpResponse:
    """All records behind one figure as CSV; who took them is kept."""
    form, _ = _asked(request)
    found, _ = _listing(request, key, form.filters)
    user = _user(request)
    AuditEntry.record(
        by=user,
        verb="records exported",
        subject=user,
        detail={"measure": key, **_dates(form.filters)},
    )
    return StreamingHttpResponse(
        exports.lines(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{key}.csv"'},
    )


@require_GET
def your_customers(request: HttpRequest) -> HttpResponse:
    """Retention and advocacy of the customers whom the person served; nobody else's."""
    user, period = _user(request), _served_period()
    answers = [(name, rate, percent(rate)) for name, rate in served.answers(user, period)]
    context = {"groups": served.groups(user, period), "answers": answers, "days": DAYS}
    return render(request, "insights/your_customers.html", context)


@require_GET
def your_customers_of(request: HttpRequest, group: str) -> HttpResponse:
    """One group of them, by name."""
    if group not in GROUPS:
        raise Http404
    found = served.group_of(_user(request), _served_period(), group)
    if after := request.GET.get("after", ""):
        if not is_id(after):
            raise Http404
        found = found.filter(pk__lt=int(after))
    rows: list[dict[str, Any]] = list(
        found.order_by("-pk").values("pk", "name", *served.STANDING)[: PAGE + 1]
    )
    following = rows[PAGE - 1]["pk"] if len(rows) > PAGE else ""
    context = {"name": GROUPS[group][0], "rows": rows[:PAGE], "following": following}
    context["is_first"] = not after
    return render(request, "insights/your_customers_of.html", context)


def _asked(request: HttpRequest) -> tuple[FilterForm, dict[str, Any]]:
    """What was asked for, checked, with what the filters offer."""
    user, today = _user(request), timezone.localdate()
    teams = Team.objects.all() if user.is_administrator else Team.objects.filter(members=user)
    form = FilterForm(
        request.GET, teams=list(teams), products=list(Product.objects.only("name")), today=today
    )
    if form.unknown:
        raise Http404
    period = form.filters.period
    presets = [(key, words, preset(key, today=today) == period) for key, words in PRESETS.items()]
    return form, {
        "form": form,
        "filters": form.filters,
        "presets": presets,
        "team": form.chosen("team"),
        "product": form.chosen("product"),
    }


def _listing(request: HttpRequest, key: str, filters: Filters) -> tuple[Listing, Asked]:
    """The records that the address names; 404 when it names none."""
    query, user = request.GET, _user(request)
    try:
        asked = Asked.read(query)
        found = listing(key, user=user, filters=filters, asked=asked, need_types=_need_types())
    except (KeyError, ValueError) as error:
        raise Http404 from error
    return found, asked


def _need_types() -> dict[str, str]:
    return dict(NeedType.objects.values_list("code", "name"))


def _root() -> str:
    return reverse("insights:retention") + "records/"


def _ways(request: HttpRequest, key: str, links: Links) -> dict[str, str]:
    """Back to the dashboard as it was, and to the same records as a file."""
    query = request.GET.copy()
    query.pop("after", None)
    return {
        "back": f"{reverse('insights:retention')}?{links.query}",
        "export": f"{reverse('insights:export', args=[key])}?{query.urlencode()}",
    }


def _served_period() -> Period:
    today = timezone.localdate()
    return Period(today - timedelta(days=DAYS - 1), today)


def _dates(filters: Filters) -> dict[str, str]:
    period = filters.period
    return {"start": period.first.isoformat(), "end": period.last.isoformat()}
