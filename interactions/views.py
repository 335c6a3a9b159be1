"""Panels and verbs of one contact, for the desk."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.errors import Conflict, RuleBroken
from accounts.models import User
from customers.models import Customer
from interactions import panels
from interactions.forms import ContactForm, NotesForm, ReasonForm
from interactions.models import Interaction, NotesMovedOn


def _interaction(request: HttpRequest, pk: int) -> Interaction:
    seen = Interaction.objects.visible_to(cast("User", request.user))
    return get_object_or_404(seen.select_related("customer", "contact_reason", "agent"), pk=pk)


def _to_desk(request: HttpRequest, pk: int) -> HttpResponse:
    address = resolve_url("console:contact", pk)
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(address)
    return redirect(address)


def _customer(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(cast("User", request.user)), pk=pk)


@require_GET
def timeline(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The history of a customer; with a cursor only the further entries."""
    shown = panels.timeline(
        customer=_customer(request, customer_id),
        kind=request.GET.get("kind", ""),
        before=request.GET.get("before", ""),
    )
    name = "_timeline_entries" if shown.is_continued else "_timeline"
    return render(request, f"interactions/{name}.html", {"timeline": shown})


@require_GET
def conversation(request: HttpRequest, pk: int) -> HttpResponse:
    shown = panels.conversation(interaction=_interaction(request, pk))
    return render(request, "interactions/_conversation.html", {"conversation": shown})


@require_POST
def notes(request: HttpRequest, pk: int) -> JsonResponse:
    """Save the notes as typed; 409 carries the notes of the other window, so that none is lost."""
    interaction = _interaction(request, pk)
    form = NotesForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        version = interaction.save_notes(
            text=form.cleaned_data["notes"], version=form.cleaned_data["version"]
        )
    except NotesMovedOn:
        interaction.refresh_from_db(fields=["notes", "notes_version"])
        now = {"version": interaction.notes_version, "notes": interaction.notes}
        return JsonResponse(now, status=409)
    return JsonResponse({"version": version, "at": timezone.localtime().strftime("%H:%M")})


def reason(request: HttpRequest, pk: int) -> HttpResponse:
    """The form that says why the customer got in touch, and its saving."""
    interaction = _interaction(request, pk)
    initial = {"contact_reason": interaction.contact_reason_id, "subject": interaction.subject}
    form = ReasonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        interaction.give_reason(by=cast("User", request.user), **form.cleaned_data)
        return _to_desk(request, pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "interaction": interaction}
    return render(request, "interactions/_reason.html", context, status=status)


@require_POST
def taking(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a contact that waits; the second to answer is told who was first."""
    interaction = _interaction(request, pk)
    if not interaction.take(by=cast("User", request.user)):
        raise Conflict("Somebody else has answered this contact. Choose the next that waits.")
    return _to_desk(request, pk)


def opening(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Start a contact with a customer: the form, and its opening."""
    customer = _customer(request, customer_id)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            begun = Interaction.begin(
                customer=customer, by=cast("User", request.user), **form.cleaned_data
            )
            return _to_desk(request, begun.pk)
        except RuleBroken as refused:
            form.add_error(None, str(refused))
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "customer": customer}
    return render(request, "interactions/_opening.html", context, status=status)
