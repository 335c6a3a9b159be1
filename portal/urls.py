from django.urls import path

from portal import views

app_name = "portal"

urlpatterns = [
    path("", views.call_us, name="call_us"),
    path("calls/", views.calls, name="calls"),
    path("calls/<str:token>/", views.state, name="state"),
    path("calls/<str:token>/connection/", views.connection, name="connection"),
    path("calls/<str:token>/ending/", views.ending, name="ending"),
    path("calls/<str:token>/call-back/", views.call_back, name="call_back"),
]
