from django.urls import path

from needs import views

app_name = "needs"

urlpatterns = [
    path("customers/<int:customer_id>/", views.needs, name="needs"),
    path("customers/<int:customer_id>/stating/", views.stating, name="stating"),
    path("interactions/<int:interaction_id>/answers/", views.answering, name="answering"),
    path("<int:pk>/settlement/", views.settlement, name="settlement"),
]
