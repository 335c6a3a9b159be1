from django.urls import path

from followups.policies import views

urlpatterns = [
    path("", views.policies, name="policies"),
    path("new/", views.new, name="policy_new"),
    path("preview/", views.seen, name="policy_preview"),
    path("publication/", views.publication, name="policy_publication"),
    path("versions/", views.history, name="policy_versions"),
    path("versions/<int:number>/restoration/", views.restoration, name="policy_restoration"),
    path("<int:pk>/", views.policy, name="policy"),
    path("<int:pk>/step/", views.step, name="policy_step"),
]
