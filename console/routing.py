"""Where does the live connection of a page go?"""

from django.urls import path

from console.consumers import DeskConsumer

websocket_urlpatterns = [
    path("ws/desk/", DeskConsumer.as_asgi())  # type: ignore[no-untyped-call]
]
