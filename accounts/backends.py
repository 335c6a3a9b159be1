"""Log-in and permissions by role: who is this, and which configuration may they change?"""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AnonymousUser

from accounts.models import User

CONFIGURATION_APPS = frozenset(
    {
        *("accounts", "products", "telephony", "interactions", "routing", "service", "needs"),
        *("offers", "followups"),
    }
)


class RoleBackend(AuthenticationBackend):
    """The user of a session in one statement; administrators may change configuration."""

    def get_user(self, user_id: int) -> User | None:
        return User.objects.for_session(user_id)

    def has_perm(
        self,
        user_obj: User | AnonymousUser,
        perm: str,
        obj: Any | None = None,  # noqa: ARG002
    ) -> bool:
        app = perm.partition(".")[0]
        return self.has_module_perms(user_obj, app)

    def has_module_perms(self, user_obj: User | AnonymousUser, app_label: str) -> bool:
        return (
            isinstance(user_obj, User)
            and user_obj.is_active
            and user_obj.is_administrator
            and app_label in CONFIGURATION_APPS
        )
