"""The follow-up call at the desk, and the look at the needs."""

from __future__ import annotations

from typing import cast

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from customers.places import zone
from followups import dialling, foretelling, panels, reviewing
from followups.errors import DraftMovedOn, FollowUpSettled
from followups.forms import AnswersForm, DraftForm, OutcomeForm, OwnerForm, PutOffForm
from followups.models import AnswerDraft, Confirmation, FollowUp, FollowUpStatus
from interactions.models import Interaction
from needs.models import NeedsReview, NeedsReviewQuerySet
from routing import outbound
from routing.tasks import place_calls


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _follow_up(request: HttpRequest, pk: int) -> FollowUp:
    seen = panels.with_last_contact(FollowUp.objects.visible_to(_user(request)))
    return get_object_or_404(seen, pk=pk)


def _call(request: HttpRequest, pk: int) -> Interaction:
    calls = Interaction.objects.visible_to(_user(request)).filter(is_follow_up=True)
    return get_object_or_404(calls, pk=pk)


def _to_desk(request: HttpRequest, call_id: int) -> HttpResponse:
    address = resolve_url("console:contact", call_id)
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(address)
    return redirect(address)


@require_GET
def owed(request: HttpRequest, pk: int) -> HttpResponse:
    """A follow-up that may be begun: what it asks about and whether it may go out now."""
    return _owed(request, _follow_up(request, pk))


def _owed(request: HttpRequest, follow_up: FollowUp) -> HttpResponse:
    context = {"owed": panels.owed(follow_up=follow_up), "form": OwnerForm(follow_up=follow_up)}
    return render(request, "followups/_owed.html", context)


@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the call and go to it."""
    return _to_desk(request, _follow_up(request, pk).begin(by=_user(request)).pk)


@require_POST
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Call the customer: the agent's own page first, then the customer's phone."""
    follow_up = _follow_up(request, pk)
    contact = follow_up.call
    dialling.place(follow_up, by=_user(request))
    transaction.on_commit(place_calls.delay, robust=True)
    shown = panels.script(interaction=contact) if contact else None
    if shown is None:
        raise Http404
    return render(request, "followups/_script.html", {"script": shown})


@require_GET
def script(request: HttpRequest, call_id: int) -> HttpResponse:
    shown = panels.script(interaction=_call(request, call_id))
    if shown is None:
        raise Http404
    return render(request, "followups/_script.html", {"script": shown})


@require_POST
def answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the answers; what follows from them happens in the same step."""
    follow_up = _follow_up(request, pk)
    form = AnswersForm(request.POST, questions=follow_up.questions)
    if not form.is_valid():
        return _corrected(request, follow_up, form=form)
    follow_up.record_answers(
        by=_user(request), answers=form.said(), problem=form.cleaned_data["problem"]
    )
    return _to_desk(request, cast("int", follow_up.call_id))


@require_POST
def draft(request: HttpRequest, pk: int) -> JsonResponse:
    """Save the script as typed; 409 carries the other window's draft, 410: the call is over."""
    follow_up = _follow_up(request, pk)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    typed = AnswersForm(request.POST, questions=follow_up.questions).draft()
    if form.cleaned_data["call_back_at"]:
        typed["call_back_at"] = form.cleaned_data["call_back_at"]
    try:
        kept = follow_up.keep_draft(typed=typed, version=form.cleaned_data["version"])
    except DraftMovedOn:
        now = AnswerDraft.objects.get(follow_up=follow_up)
        return JsonResponse({"version": now.version, "typed": now.typed}, status=409)
    except FollowUpSettled as over:
        return JsonResponse({"error": str(over)}, status=410)
    return JsonResponse({"version": kept.version, "at": timezone.localtime().strftime("%H:%M")})


@require_POST
def foretold(request: HttpRequest, pk: int) -> HttpResponse:
    """What saving the answers would do, while they are chosen; nothing is kept."""
    follow_up = _follow_up(request, pk)
    form = AnswersForm(request.POST, questions=follow_up.questions)
    typed = form.draft()
    given, problem = form.said_so_far(typed), typed.get("problem", "")
    effects = foretelling.of_answers(follow_up, given, problem=problem)
    return render(request, "followups/_effects.html", {"effects": effects})


@require_GET
def call_back(request: HttpRequest, pk: int) -> HttpResponse:
    """May the customer be called at the time that they name, or when near it?"""
    follow_up = _follow_up(request, pk)
    place = zone(follow_up.customer.time_zone)
    named = {"outcome": "call_back", "call_back_at": request.GET.get("call_back_at", "")}
    form = OutcomeForm(named, zone=place)
    context: dict[str, object] = {"check_zone": str(place or timezone.get_current_timezone())}
    at = form.cleaned_data["call_back_at"] if form.is_valid() else None
    if at is not None:
        context["check"] = foretelling.call_back(follow_up, at)
        context["field_id"] = form["call_back_at"].id_for_label
    return render(request, "followups/_call_back.html", context)


@require_POST
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how a try ended that brought no answers."""
    follow_up = _follow_up(request, pk)
    form = OutcomeForm(request.POST, zone=zone(follow_up.customer.time_zone))
    if not form.is_valid():
        return _corrected(request, follow_up, outcome_form=form)
    call_id = follow_up.call_id
    follow_up.report(by=_user(request), **form.cleaned_data)
    return _to_desk(request, cast("int", call_id))


@require_POST
def ownership(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a follow-up to a colleague."""
    follow_up = _follow_up(request, pk)
    form = OwnerForm(request.POST, follow_up=follow_up)
    if not form.is_valid():
        return render(request, "_form_errors.html", {"form": form}, status=422)
    follow_up.give_to(owner=form.cleaned_data["owner"], by=_user(request))
    return _owed(request, follow_up)


@require_GET
def confirmations(request: HttpRequest) -> HttpResponse:
    """Whom the user is to call about whether something is fixed: a group of My work."""
    calls = Confirmation.objects.visible_to(_user(request)).calls_of(_user(request))
    shown = calls.select_related("request", "customer")[:20]
    return render(request, "followups/_confirmations.html", {"calls": shown})


@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    """The needs reviews that are due and may be begun now: a group of My work."""
    due = reviewing.due_now(user=_user(request))
    context = {"reviews": due, "places_calls": outbound.places_calls()}
    return render(request, "followups/_reviews.html", context)


def _review(request: HttpRequest, pk: int) -> NeedsReview:
    return get_object_or_404(_reviews(request), pk=pk)


def _reviews(request: HttpRequest) -> NeedsReviewQuerySet:
    seen = NeedsReview.objects.visible_to(_user(request))
    return seen.select_related("customer", "owner", "interaction", "begun_in")


@require_GET
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One look at the needs: what started it, and whether the customer may be called now."""
    return _shown_review(request, _review(request, pk))


def _shown_review(request: HttpRequest, shown: NeedsReview, *, status: int = 200) -> HttpResponse:
    form = PutOffForm(request.POST if status != 200 else None)
    context = {"look": panels.look(shown), "review": shown, "form": form}
    return render(request, "followups/_review.html", context, status=status)


@require_POST
def review_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the call about the needs and go to it."""
    return _to_desk(request, reviewing.begin(_review(request, pk), by=_user(request)).pk)


@require_POST
def review_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Call the customer about the needs, and go to the contact of that call."""
    contact = reviewing.call(_review(request, pk), by=_user(request))
    transaction.on_commit(place_calls.delay, robust=True)
    return _to_desk(request, contact.pk)


@require_GET
def review_of_contact(request: HttpRequest, call_id: int) -> HttpResponse:
    """How far the call about the needs is, within its contact; nothing where it is none."""
    contacts = Interaction.objects.visible_to(_user(request))
    contact = get_object_or_404(contacts, pk=call_id)
    review = _reviews(request).filter(begun_in=contact).first()
    context = {"look": panels.look(review) if review else None, "contact": contact}
    return render(request, "followups/_review_call.html", context)


@require_POST
def review_settlement(request: HttpRequest, pk: int) -> HttpResponse:
    """The needs were looked at, or are to be looked at on a later day."""
    settled = _review(request, pk)
    if request.POST.get("to") == "done":
        settled.finish(by=_user(request))
        return render(request, "followups/_review_settled.html", {"review": settled})
    form = PutOffForm(request.POST)
    if not form.is_valid():
        return _shown_review(request, settled, status=422)
    settled.put_off(by=_user(request), to=form.cleaned_data["due_on"])
    return render(request, "followups/_review_settled.html", {"review": settled})


def _corrected(
    request: HttpRequest,
    follow_up: FollowUp,
    *,
    form: AnswersForm | None = None,
    outcome_form: OutcomeForm | None = None,
) -> HttpResponse:
    """The script again with what was typed and what is missing."""
    if follow_up.call is None or follow_up.status != FollowUpStatus.IN_PROGRESS:
        raise FollowUpSettled(status=follow_up.standing, owner=follow_up.owner)
    shown = panels.script(interaction=follow_up.call, form=form, outcome_form=outcome_form)
    return render(request, "followups/_script.html", {"script": shown}, status=422)
