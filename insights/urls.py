from django.urls import path

from insights import views

app_name = "insights"

urlpatterns = [
    path("", views.retention, name="retention"),
    path("records/<slug:key>/", views.records, name="records"),
    path("records/<slug:key>/export/", views.export, name="export"),
    path("served/", views.your_customers, name="served"),
    path("served/<slug:group>/", views.your_customers_of, name="served_group"),
]
