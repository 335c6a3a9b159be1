"""Every address of the API; each app registers its own in `<app>/api.py`."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

APPS = [
    "customers",
    "interactions",
    "needs",
    "offers",
    "service",
    "followups",
]

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    *(
        path("", include(import_module(f"{app}.api").urlpatterns))
        for app in APPS
        if find_spec(f"{app}.api")
    ),
]
