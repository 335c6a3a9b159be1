from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "needs"

    def ready(self) -> None:
        import needs.words.checks  # noqa: F401, PLC0415  (registers)
