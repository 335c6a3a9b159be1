"""The addresses of the demo's phones."""

from django.urls import path

from portal import handset_views

app_name = "handset"

urlpatterns = [
    path("", handset_views.phones, name="phones"),
    path("<str:token>/", handset_views.phone, name="phone"),
    path("<str:token>/state/", handset_views.state, name="state"),
    path("<str:token>/calls/", handset_views.calls, name="calls"),
    path("<str:token>/connection/", handset_views.connection, name="connection"),
    path("<str:token>/ending/", handset_views.ending, name="ending"),
]
