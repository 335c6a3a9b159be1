"""Addresses for a messaging provider alone: each is opened by its signature."""

from __future__ import annotations

from django.urls import path

from messaging import views

app_name = "messaging"

urlpatterns = [
    path("twilio/", views.replied_to, name="replied_to"),
    path("twilio/<uuid:key>/", views.told, name="told"),
]
