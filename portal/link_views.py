"""A customer's link: the questions on one page, without a log-in and without JavaScript.

Whoever has the address is its customer, so that the random key in it is what a form's token is
elsewhere: nobody else's page knows it. Reading a page changes nothing, whoever reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from followups import confirming, linking
from followups.errors import AnswersIncomplete
from followups.models import Link
from portal.forms import FixedForm, LinkForm, ProblemForm
from portal.pace import TooOften, allow

OPENED, POSTED = 120, 30  # times in ten minutes, from one address
View = Callable[[HttpRequest, linking.Page], HttpResponse]


def of_a_link(view: View) -> Callable[..., HttpResponse]:
    """Finds the page of the link, and keeps its address from whoever is linked to or indexes."""

    @login_not_required
    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        response = _opened(request, token, view)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Cache-Control"] = "no-store, private"
        return response

    return opened


def _opened(request: HttpRequest, token: str, view: View) -> HttpResponse:
    limit = POSTED if request.method == "POST" else OPENED
    try:
        _count(request, limit)
    except TooOften as error:
        return _dead(request, "often", HTTPStatus(error.status_code))
    link = Link.of(token)
    if link is None:
        is_post = request.method == "POST"
        return _dead(request, "unknown", HTTPStatus.FORBIDDEN if is_post else HTTPStatus.NOT_FOUND)
    if link.is_expired(at=timezone.now()):
        return _dead(request, "expired", HTTPStatus.GONE)
    return view(request, linking.page(link))


def _count(request: HttpRequest, limit: int) -> None:
    address = str(request.META.get("REMOTE_ADDR", ""))
    allow(what=f"link-{request.method}", address=address, limit=limit)


def _dead(request: HttpRequest, why: str, status: HTTPStatus) -> HttpResponse:
    context = {"why": why, "company": linking.company(), "typed": _typed(request)}
    return render(request, "portal/no_link.html", context, status=status)


def _typed(request: HttpRequest) -> str:
    """What was written on a page that is not there any more, so that it is not lost."""
    names = ("problem", "words")
    return "\n".join(request.POST.get(name, "")[:2000] for name in names).strip()


@of_a_link
def page(request: HttpRequest, shown: linking.Page) -> HttpResponse:
    if shown.link.confirmation is not None:
        return _confirmation(request, shown)
    if shown.is_answered:
        return _answered(request, shown)
    form = LinkForm(request.POST or None, questions=shown.follow_up.questions)
    if request.method != "POST":
        return _shown(request, "portal/link.html", shown, form=form)
    if form.is_valid():
        try:
            linking.answer(shown.link, answers=form.said(), problem=form.cleaned_data["problem"])
        except AnswersIncomplete as error:
            form.add_error(None, str(error))
        else:
            return redirect("link:page", token=shown.link.token)
    return _shown(request, "portal/link.html", shown, form=form, status=422)


def _answered(request: HttpRequest, shown: linking.Page) -> HttpResponse:
    """The first answers stay; whatever else is wrong may still be said."""
    is_more = "more" in request.POST
    form = ProblemForm(request.POST if is_more else None)
    if is_more and form.is_valid():
        shown.follow_up.add_problem(problem=form.cleaned_data["problem"])
        return redirect("link:page", token=shown.link.token)
    # Answers that came second: their words wait in the field for what else is wrong.
    if request.method == "POST" and not is_more:
        form = ProblemForm(initial={"problem": LinkForm.words_of(request.POST)})
    status = 422 if is_more else (409 if request.method == "POST" else 200)
    return _shown(request, "portal/link_answered.html", shown, form=form, status=status)


def _confirmation(request: HttpRequest, shown: linking.Page) -> HttpResponse:
    form = FixedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        is_fixed = form.cleaned_data["fixed"] == "yes"
        confirming.say(shown.link, is_fixed=is_fixed, words=form.cleaned_data["words"])
        return redirect("link:page", token=shown.link.token)
    status = 422 if request.method == "POST" else 200
    return _shown(request, "portal/link_fixed.html", shown, form=form, status=status)


@of_a_link
def stop(request: HttpRequest, shown: linking.Page) -> HttpResponse:
    """Never ask again: by one press here, or by one click in a mail program (RFC 8058)."""
    is_stopped = request.method == "POST"
    if is_stopped:
        linking.stop(shown.follow_up.customer, source="link")
    return _shown(request, "portal/link_stop.html", shown, is_stopped=is_stopped)


def _shown(
    request: HttpRequest, name: str, shown: linking.Page, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"page": shown, "company": linking.company(), "name": linking.company_name()}
    return render(request, name, context | more, status=status)
