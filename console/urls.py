from django.urls import path

from console import views

app_name = "console"

urlpatterns = [
    path("", views.home, name="home"),
    path("desk/", views.desk, name="desk"),
    path("desk/interactions/<int:pk>/", views.contact, name="contact"),
    path("desk/interactions/<int:pk>/closure/", views.closure, name="closure"),
    path("desk/customers/<int:pk>/", views.customer, name="customer"),
    path("desk/customers/<int:pk>/call/", views.linking, name="linking"),
    path("desk/callers/<int:pk>/", views.caller, name="caller"),
    path("desk/work/", views.work, name="work"),
    path("desk/waiting/", views.waiting, name="waiting"),
    path("desk/search/", views.search, name="search"),
    path("desk/presence/", views.presence, name="presence"),
]
