from django.urls import path

from offers.fairness import views

app_name = "fairness"

urlpatterns = [
    path("", views.fairness, name="fairness"),
    path("audits/", views.auditing, name="auditing"),
    path("audits/<int:pk>/", views.fairness, name="audit"),
]
