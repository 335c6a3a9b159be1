"""Files of the catalogue: out as CSV, back in after a dry run that shows every line."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.errors import RuleBroken
from offers.release import taking_in
from offers.release.forms import SheetForm
from offers.release.lines import Tried
from offers.release.sheets import SHEETS, Sheet, exported
from offers.release.views.guard import administrators_only, user_of

SHOWN = 500  # lines of a dry run; the rest are counted


def _sheet(name: str) -> Sheet:
    if name not in SHEETS:
        raise Http404
    return SHEETS[name]


@administrators_only
@require_GET
def file(request: HttpRequest, name: str) -> HttpResponseBase:
    """The draft's rows as a CSV file."""
    del request
    sheet = _sheet(name)
    response = StreamingHttpResponse(exported(sheet), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{sheet.name}.csv"'
    return response


@administrators_only
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, name: str) -> HttpResponse:
    """Choose a file; see what it would change; take it in."""
    found = _sheet(name)
    if request.method == "GET":
        return _page(request, found, SheetForm())
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    text, mark = form.cleaned_data["text"], form.cleaned_data["mark"]
    try:
        if mark:
            done = taking_in.take_in(found, text, mark=mark, by=user_of(request))
            messages.success(request, f"{found.title}: {done.changes} changes are in the draft.")
            return redirect("catalogue:home")
        tried = taking_in.tried(found, text)
    except RuleBroken as error:
        form.add_error(None, str(error))
        return _page(request, found, form, status=error.status_code)
    return _page(request, found, form, tried=tried, text=text)


def _page(
    request: HttpRequest,
    sheet: Sheet,
    form: SheetForm,
    *,
    tried: Tried | None = None,
    text: str = "",
    status: int = 200,
) -> HttpResponse:
    lines = sorted(tried.lines, key=lambda line: not line.is_error) if tried else []
    context = {
        "sheet": sheet,
        "sheets": SHEETS.values(),
        "form": form,
        "tried": tried,
        "lines": lines[:SHOWN],
        "further": max(0, len(lines) - SHOWN),
        "text": text,
    }
    return render(request, "offers/sheet.html", context, status=status)
