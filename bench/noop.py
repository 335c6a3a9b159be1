"""The yardstick: a Django view that does nothing, without middleware, served as the product is."""

from __future__ import annotations

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

WORKERS = 8


def nothing(_: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("", nothing)]

settings.configure(
    SECRET_KEY="nothing is signed here",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    DEBUG=False,
)
application = WSGIMiddleware(get_wsgi_application(), workers=WORKERS)  # type: ignore[arg-type]
