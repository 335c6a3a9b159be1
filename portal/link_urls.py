"""The addresses behind a customer's link: one page, and one to stop."""

from __future__ import annotations

from django.urls import path

from portal import link_views

app_name = "link"

urlpatterns = [
    path("<str:token>/", link_views.page, name="page"),
    path("<str:token>/stop/", link_views.stop, name="stop"),
]
