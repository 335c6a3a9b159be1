from django.urls import path

from offers.learning import views

app_name = "learning"

urlpatterns = [
    path("", views.learning, name="learning"),
    path("freeze/", views.freezing, name="freezing"),
    path("shares/", views.shares, name="shares"),
    path("thaw/", views.thawing, name="thawing"),
    path("versions/<int:number>/return/", views.returning, name="returning"),
]
