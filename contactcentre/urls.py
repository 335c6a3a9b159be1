"""Every address of the product: each app's own, the log-in, the administration and the API.

/health/ and /ready/ are answered by contactcentre.middleware before a host is asked for.
"""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from accounts.administration import hide_pages_of_others

hide_pages_of_others(admin.site)
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Continuum"
admin.site.index_title = "Administration"

handler500 = "contactcentre.views.failed"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("contactcentre.api_urls")),
    path("customers/", include("customers.urls")),
    path("interactions/", include("interactions.urls")),
    path("service/", include("service.urls")),
    path("needs/", include("needs.urls")),
    path("offers/", include("offers.urls")),
    path("catalogue/fairness/", include("offers.fairness.urls")),
    path("catalogue/", include("offers.release.urls")),
    path("learning/", include("offers.learning.urls")),
    path("followups/", include("followups.urls")),
    path("calls/", include("routing.urls")),
    path("call-us/", include("portal.urls")),
    path("r/", include("portal.link_urls")),
    path("inbox/", include("portal.inbox_urls")),
    path("handset/", include("portal.handset_urls")),
    path("telephony/", include("telephony.urls")),
    path("messages/", include("messaging.urls")),
    path("insights/", include("insights.urls")),
    path("", include("console.urls")),
]
