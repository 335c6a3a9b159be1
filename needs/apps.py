from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "needs"

    def ready(self) -> None:
        import needs.words.checks  # noqa: F401, PLC0415  (registers)
        from needs import understanding, words  # noqa: PLC0415  (models come after apps)

        words.provide(understanding.classifier)
