"""The circumstances of a customer, and the law as the software knows it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Role, User
from customers.circumstances import mark, shown
from customers.forms import CircumstanceForm
from customers.models import Customer
from customers.statutes import statutes


@require_http_methods(["GET", "POST"])
def circumstances(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether the customer is vulnerable, bereaved, or has left; a POST marks or unmarks one."""
    user = cast("User", request.user)
    customer = get_object_or_404(Customer.objects.visible_to(user), pk=pk)
    form = CircumstanceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if mark(customer, by=user, **form.cleaned_data):
            messages.success(request, "Noted. The rules heed it from this moment on.")
        return redirect("customers:circumstances", pk)
    page = {"customer": customer, "facts": shown(customer), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "customers/circumstances.html", page, status=status)


@require_GET
def law(request: HttpRequest) -> HttpResponse:
    """Every rule by country and region, with who says so and how that was read."""
    if cast("User", request.user).role == Role.AGENT:
        raise PermissionDenied
    return render(request, "customers/law.html", {"countries": statutes()})
