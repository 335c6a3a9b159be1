from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    name = "followups"
    verbose_name = "Follow-ups"

    def ready(self) -> None:
        # Here and not above: models are loaded after the apps.
        from followups import receivers  # noqa: F401, PLC0415  connects them
        from followups.dialling import FOLLOW_UPS  # noqa: PLC0415
        from followups.reviewing import NEEDS_REVIEWS  # noqa: PLC0415
        from followups.voicing import SURVEYS  # noqa: PLC0415
        from routing.outbound import GUARDS  # noqa: PLC0415
        from telephony.models import Purpose  # noqa: PLC0415

        GUARDS[Purpose.FOLLOW_UP] = FOLLOW_UPS
        GUARDS[Purpose.NEEDS_REVIEW] = NEEDS_REVIEWS
        GUARDS[Purpose.SURVEY] = SURVEYS
