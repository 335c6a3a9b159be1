"""The server's way in: pages through a pool of threads, live connections through Channels.

Pages run under WSGI in threads that live on, so that each keeps its database connection; under
ASGI Django gives every request a new thread, and with it a new connection.
"""

from __future__ import annotations

import os

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcentre.settings")
pages = get_wsgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402  (Django must be set up first)
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from console.routing import websocket_urlpatterns  # noqa: E402
from contactcentre import env  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": WSGIMiddleware(pages, workers=env.WEB_THREADS),
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(URLRouter(websocket_urlpatterns))
        ),
    }
)
