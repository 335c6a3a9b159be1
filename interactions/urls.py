from django.urls import path

from interactions import views

app_name = "interactions"

urlpatterns = [
    path("customers/<int:customer_id>/timeline/", views.timeline, name="timeline"),
    path("customers/<int:customer_id>/opening/", views.opening, name="opening"),
    path("<int:pk>/conversation/", views.conversation, name="conversation"),
    path("<int:pk>/notes/", views.notes, name="notes"),
    path("<int:pk>/reason/", views.reason, name="reason"),
    path("<int:pk>/taking/", views.taking, name="taking"),
]
