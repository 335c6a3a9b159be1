"""Panels and verbs of service requests and promises."""

from __future__ import annotations

from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from accounts.scoping import is_id
from customers.models import Customer
from interactions.models import Interaction
from routing.tasks import place_calls
from service import forewarning, panels
from service.forms import (
    OwnerForm,
    ProgressForm,
    PromiseForm,
    RequestForm,
    TellingForm,
    VersionForm,
    WithdrawalForm,
)
from service.models import (
    EarlyWarning,
    Promise,
    ServiceRequest,
    TypedMeanwhile,
    WarningAnswered,
    WarningOutcome,
)


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _customer(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(_user(request)), pk=pk)


def _contact(request: HttpRequest, customer: Customer) -> Interaction | None:
    """The contact that this is done in: named by `interaction` in the address, or none."""
    named = request.GET.get("interaction", "")
    if not is_id(named):
        return None
    return get_object_or_404(Interaction, pk=int(named), customer=customer)


def _request(request: HttpRequest, pk: int) -> ServiceRequest:
    seen = ServiceRequest.objects.visible_to(_user(request))
    return get_object_or_404(seen.select_related("customer", "owner", "request_type"), pk=pk)


def _promise(request: HttpRequest, pk: int) -> Promise:
    seen = Promise.objects.visible_to(_user(request))
    return get_object_or_404(seen.select_related("customer", "owner", "request"), pk=pk)


def _shown(request: HttpRequest, service_request: ServiceRequest) -> HttpResponse:
    context = {
        "detail": panels.request_detail(request=service_request),
        "owner_form": OwnerForm(customer=service_request.customer),
    }
    return render(request, "service/_request.html", context)


@require_GET
def requests(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The panel of open requests and owed promises."""
    customer = _customer(request, customer_id)
    shown = panels.requests(customer=customer, interaction=_contact(request, customer))
    return render(request, "service/_requests.html", {"service": shown})


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _request(request, pk))


def opening(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Open a request: the form, and its opening; whoever opens it owns it."""
    customer, user = _customer(request, customer_id), _user(request)
    contact = _contact(request, customer)
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = ServiceRequest.open_request(
            customer=customer, owner=user, by=user, interaction=contact, **form.cleaned_data
        )
        return _shown(request, opened)
    context = {"form": form, "customer": customer, "contact": contact}
    status = 422 if request.method == "POST" else 200
    return render(request, "service/_opening.html", context, status=status)


@require_POST
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request one step on."""
    service_request = _request(request, pk)
    form = ProgressForm(request.POST)
    if not form.is_valid():
        return render(request, "_form_errors.html", {"form": form}, status=422)
    service_request.move(by=_user(request), **form.cleaned_data)
    return _shown(request, service_request)


@require_POST
def ownership(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a request to a colleague."""
    service_request = _request(request, pk)
    form = OwnerForm(request.POST, customer=service_request.customer)
    if not form.is_valid():
        return render(request, "_form_errors.html", {"form": form}, status=422)
    service_request.give_to(owner=form.cleaned_data["owner"], by=_user(request))
    return _shown(request, service_request)


def promising(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Make a promise: the form, and its entry on the ledger."""
    customer, user = _customer(request, customer_id), _user(request)
    contact = _contact(request, customer)
    form = PromiseForm(request.POST or None, customer=customer, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("text", "due_at", "expected_at")}
        made = Promise.make(
            customer=customer,
            owner=user,
            by=user,
            interaction=contact,
            request=form.cleaned_data["request"],
            **words,
        )
        return render(request, "service/_promised.html", {"promise": made})
    context = {"form": form, "customer": customer, "contact": contact}
    status = 422 if request.method == "POST" else 200
    return render(request, "service/_promising.html", context, status=status)


def _warning(request: HttpRequest, pk: int) -> EarlyWarning:
    seen = EarlyWarning.objects.visible_to(_user(request))
    related = ("customer", "owner", "promise", "request", "contact")
    return get_object_or_404(seen.select_related(*related), pk=pk)


def _to_desk(request: HttpRequest, contact: Interaction) -> HttpResponse:
    address = resolve_url("console:contact", contact.pk)
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(address)
    return redirect(address)


@require_GET
def at_risk(request: HttpRequest) -> HttpResponse:
    """Promises at risk: a group of My work."""
    context = {"warnings": panels.at_risk(user=_user(request))}
    return render(request, "service/_at_risk.html", context)


@require_GET
def warning(request: HttpRequest, pk: int) -> HttpResponse:
    """One promise at risk: what was promised, how long it has, what may be done."""
    return _shown_warning(request, _warning(request, pk))


def _shown_warning(request: HttpRequest, shown: EarlyWarning) -> HttpResponse:
    return render(request, "service/_warning.html", {"risk": panels.risk(shown)})


@require_POST
def warning_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the contact in which the customer is told, and go to it."""
    return _to_desk(request, forewarning.begin(_warning(request, pk), by=_user(request)))


@require_POST
def warning_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Call the customer before they have to ask, and go to the contact of that call."""
    contact = forewarning.call(_warning(request, pk), by=_user(request))
    transaction.on_commit(place_calls.delay, robust=True)
    return _to_desk(request, contact)


@require_POST
def warning_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it will be done in time."""
    answered = _warning(request, pk)
    answered.answer(by=_user(request))
    return _shown_warning(request, _warning(request, pk))


@require_GET
def warning_of_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """The script of the contact in which a customer is told; nothing where it is none."""
    contacts = Interaction.objects.visible_to(_user(request))
    contact = get_object_or_404(contacts, pk=pk)
    found = EarlyWarning.objects.filter(contact=contact).values_list("pk", flat=True).first()
    if found is None:
        return HttpResponse()
    return _telling(request, _warning(request, found))


def _telling(
    request: HttpRequest, told: EarlyWarning, form: TellingForm | None = None, *, status: int = 200
) -> HttpResponse:
    draft = told.kept_draft
    form = form or TellingForm(initial=TellingForm.initial_of(draft.typed))
    context = {"risk": panels.risk(told), "form": form, "draft": draft}
    return render(request, "service/_telling.html", context, status=status)


@require_POST
def warning_draft(request: HttpRequest, pk: int) -> JsonResponse:
    """Save what is typed; 409 carries the other window's text, 410: it is settled."""
    told, form = _warning(request, pk), VersionForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    typed, version = TellingForm(request.POST).draft(), form.cleaned_data["version"]
    try:
        kept = told.keep_draft(typed=typed, version=version)
    except TypedMeanwhile:
        kept = told.kept_draft
        return JsonResponse({"version": kept.version, "typed": kept.typed}, status=409)
    except WarningAnswered as over:
        return JsonResponse({"error": str(over)}, status=410)
    return JsonResponse({"version": kept.version, "at": timezone.localtime().strftime("%H:%M")})


@require_POST
def warning_telling(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of telling the customer."""
    told, form = _warning(request, pk), TellingForm(request.POST)
    if not form.is_valid():
        return _telling(request, told, form, status=422)
    if form.cleaned_data["outcome"] == WarningOutcome.NOT_REACHED:
        told.was_not_reached(by=_user(request))
    else:
        words = {name: form.cleaned_data[name] for name in ("text", "due_at")}
        told.tell(by=_user(request), **words)
    return _telling(request, _warning(request, pk))


@require_GET
def promise(request: HttpRequest, pk: int) -> HttpResponse:
    context = {"promise": _promise(request, pk), "form": WithdrawalForm()}
    return render(request, "service/_promise.html", context)


@require_POST
def keeping(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that what was promised is done."""
    kept = _promise(request, pk)
    kept.keep(by=_user(request))
    return render(request, "service/_promise.html", {"promise": kept, "form": WithdrawalForm()})


@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a promise back, with the reason that the customer was given."""
    withdrawn = _promise(request, pk)
    form = WithdrawalForm(request.POST)
    if form.is_valid():
        withdrawn.withdraw(by=_user(request), because=form.cleaned_data["because"])
    status = 200 if form.is_valid() else 422
    context = {"promise": withdrawn, "form": form}
    return render(request, "service/_promise.html", context, status=status)
