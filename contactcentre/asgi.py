"""The server's way in: pages through a pool of threads, live connections through Channels.

Pages run under WSGI in threads that live on, so that each keeps its database connection; under
ASGI Django gives every request a new thread, and with it a new connection.
"""

from __future__ import annotations

import os

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcentre.settings")
pages = get_wsgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402  (needs the apps to be loaded)

from console.routing import websocket_urlpatterns  # noqa: E402
from contactcentre import env  # noqa: E402

application = ProtocolTypeRouter(
    {
        # a2wsgi and Django's stubs name the same WSGI types differently
        "http": WSGIMiddleware(pages, workers=env.WEB_THREADS),  # type: ignore[arg-type]
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(URLRouter(websocket_urlpatterns))
        ),
    }
)
