"""The server's way in: pages through a pool of threads, live connections through Channels.

Pages run under WSGI in threads that live on, so that each keeps its database connection; under
ASGI Django gives every request a new thread, and with it a new connection.
"""

from __future__ import annotations

import os
from importlib.util import find_spec

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcentre.settings")
pages = get_wsgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402  (needs the apps to be loaded)

from contactcentre import env  # noqa: E402

if find_spec("console.routing"):
    from console.routing import websocket_urlpatterns
else:
    websocket_urlpatterns = []

application = ProtocolTypeRouter(
    {
        "http": WSGIMiddleware(pages, workers=env.WEB_THREADS),
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(URLRouter(websocket_urlpatterns))
        ),
    }
)
