from django.urls import path

from service import views

app_name = "service"

urlpatterns = [
    path("customers/<int:customer_id>/", views.requests, name="requests"),
    path("customers/<int:customer_id>/opening/", views.opening, name="opening"),
    path("customers/<int:customer_id>/promising/", views.promising, name="promising"),
    path("requests/<int:pk>/", views.detail, name="request"),
    path("requests/<int:pk>/progress/", views.progress, name="progress"),
    path("requests/<int:pk>/ownership/", views.ownership, name="ownership"),
    path("promises/<int:pk>/", views.promise, name="promise"),
    path("promises/<int:pk>/keeping/", views.keeping, name="keeping"),
    path("promises/<int:pk>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("at-risk/", views.at_risk, name="at_risk"),
    path("warnings/<int:pk>/", views.warning, name="warning"),
    path("warnings/<int:pk>/attempts/", views.warning_begin, name="warning_begin"),
    path("warnings/<int:pk>/call/", views.warning_call, name="warning_call"),
    path("warnings/<int:pk>/answer/", views.warning_answer, name="warning_answer"),
    path("warnings/<int:pk>/draft/", views.warning_draft, name="warning_draft"),
    path("warnings/<int:pk>/telling/", views.warning_telling, name="warning_telling"),
    path("contacts/<int:pk>/warning/", views.warning_of_contact, name="warning_of_contact"),
]
