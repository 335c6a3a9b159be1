from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "service"

    def ready(self) -> None:
        # Here and not above: models are loaded after the apps.
        from routing.outbound import GUARDS  # noqa: PLC0415
        from service import receivers  # noqa: F401, PLC0415  connects them
        from service.forewarning import FOREWARNINGS  # noqa: PLC0415
        from telephony.models import Purpose  # noqa: PLC0415

        GUARDS[Purpose.PROMISE] = FOREWARNINGS
