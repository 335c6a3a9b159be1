from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "offers"

    def ready(self) -> None:
        from offers import receivers  # noqa: F401, PLC0415  connects them
