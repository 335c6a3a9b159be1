from django.urls import path

from offers import desk_views

app_name = "offers"

urlpatterns = [
    path("ways/<int:interaction_id>/", desk_views.ways, name="ways"),
    path("ways/<int:interaction_id>/decision/", desk_views.decision, name="decision"),
    path("ways/<int:interaction_id>/settlement/", desk_views.settlement, name="settlement"),
    path("ways/<int:interaction_id>/others/", desk_views.others, name="others"),
    path("ways/<int:interaction_id>/<slug:code>/why/", desk_views.why, name="why"),
    path("ways/<int:interaction_id>/<slug:code>/answers/", desk_views.answers, name="answers"),
    path("ways/<int:interaction_id>/<slug:code>/outcome/", desk_views.outcome, name="outcome"),
    path(
        "ways/<int:interaction_id>/<slug:code>/taking-back/",
        desk_views.taking_back,
        name="taking_back",
    ),
    path(
        "ways/<int:interaction_id>/<slug:code>/elsewhere-ending/",
        desk_views.elsewhere_ending,
        name="elsewhere_ending",
    ),
]
