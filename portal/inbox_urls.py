"""The addresses of the demo's inbox."""

from __future__ import annotations

from django.urls import path

from portal import inbox_views

app_name = "inbox"

urlpatterns = [
    path("", inbox_views.inbox, name="inbox"),
    path("replies/", inbox_views.reply, name="reply"),
]
