from django.urls import include, path

from followups import supervising_views, views

app_name = "followups"

urlpatterns = [
    path("", supervising_views.follow_ups, name="list"),
    path("figures/", supervising_views.figures, name="figures"),
    path("steering/", supervising_views.steering, name="steering"),
    path("policies/<int:pk>/pause/", supervising_views.pause, name="pause"),
    path("policies/<int:pk>/going-on/", supervising_views.resume, name="resume"),
    path("replies/<int:pk>/look/", supervising_views.reply_look, name="reply_look"),
    path("<int:pk>/history/", supervising_views.history, name="history"),
    path("<int:pk>/", views.owed, name="owed"),
    path("<int:pk>/attempts/", views.begin, name="begin"),
    path("<int:pk>/call/", views.call, name="call"),
    path("<int:pk>/draft/", views.draft, name="draft"),
    path("<int:pk>/foretold/", views.foretold, name="foretold"),
    path("<int:pk>/call-back/", views.call_back, name="call_back"),
    path("<int:pk>/answers/", views.answers, name="answers"),
    path("<int:pk>/outcome/", views.outcome, name="outcome"),
    path("<int:pk>/ownership/", views.ownership, name="ownership"),
    path("confirmations/", views.confirmations, name="confirmations"),
    path("policies/", include("followups.policies.urls")),
    path("reviews/", views.reviews, name="reviews"),
    path("reviews/<int:pk>/", views.review, name="review"),
    path("reviews/<int:pk>/attempts/", views.review_begin, name="review_begin"),
    path("reviews/<int:pk>/call/", views.review_call, name="review_call"),
    path("reviews/<int:pk>/settlement/", views.review_settlement, name="review_settlement"),
    path("calls/<int:call_id>/review/", views.review_of_contact, name="review_of_contact"),
    path("calls/<int:call_id>/script/", views.script, name="script"),
]
