from django.urls import path

from needs import supervising_views, views

app_name = "needs"

urlpatterns = [
    path("customers/<int:customer_id>/", views.needs, name="needs"),
    path("customers/<int:customer_id>/stating/", views.stating, name="stating"),
    path("interactions/<int:interaction_id>/answers/", views.answering, name="answering"),
    path("interactions/<int:interaction_id>/reading/", views.reading, name="reading"),
    path("interactions/<int:interaction_id>/suggestions/", views.suggestions, name="suggestions"),
    path("suggestions/<int:pk>/confirmation/", views.confirmation, name="confirmation"),
    path("suggestions/<int:pk>/correction/", views.correction, name="correction"),
    path("suggestions/<int:pk>/rejection/", views.rejection, name="rejection"),
    path("<int:pk>/settlement/", views.settlement, name="settlement"),
    path("words/", supervising_views.examples, name="examples"),
    path("words/examples/<int:pk>/label/", supervising_views.label, name="label"),
    path("words/examples/<int:pk>/removal/", supervising_views.removal, name="removal"),
    path("words/versions/", supervising_views.versions, name="versions"),
    path(
        "words/versions/<int:number>/restoration/",
        supervising_views.restoration,
        name="restoration",
    ),
    path("words/unknown/", supervising_views.unknown, name="unknown"),
    path("words/unknown/need-type/", supervising_views.new_need_type, name="new_need_type"),
    path("words/unknown/dismissal/", supervising_views.dismissal, name="dismissal"),
]
