"""Every address of the API; each app's own stand in `<app>/api.py`."""

from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("", include("customers.api")),
    path("", include("interactions.api")),
    path("", include("needs.api")),
    path("", include("offers.api")),
    path("", include("service.api")),
    path("", include("followups.api")),
]
