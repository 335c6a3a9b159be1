from django.urls import path

from customers import views

app_name = "customers"

urlpatterns = [
    path("law/", views.law, name="law"),
    path("<int:pk>/circumstances/", views.circumstances, name="circumstances"),
]
