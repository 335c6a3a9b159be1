from django.urls import path

from offers import views

app_name = "offers"

urlpatterns = [
    path("ways/<int:interaction_id>/", views.ways, name="ways"),
    path("ways/<int:interaction_id>/decision/", views.decision, name="decision"),
    path("ways/<int:interaction_id>/settlement/", views.settlement, name="settlement"),
    path("ways/<int:interaction_id>/others/", views.others, name="others"),
    path("ways/<int:interaction_id>/<slug:code>/outcome/", views.outcome, name="outcome"),
]
