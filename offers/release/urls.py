from django.urls import path

from offers.release.views import gating, product, sheet

app_name = "catalogue"

urlpatterns = [
    path("", gating.home, name="home"),
    path("proposal/", gating.proposal, name="proposal"),
    path("releases/<int:pk>/", gating.release, name="release"),
    path("releases/<int:pk>/review/", gating.review, name="review"),
    path("releases/<int:pk>/step/", gating.step, name="step"),
    path("releases/<int:pk>/back/", gating.back, name="back"),
    path("releases/<int:pk>/simulation/", gating.simulation, name="simulation"),
    path("simulations/<int:pk>/", gating.progress, name="progress"),
    path("simulations/<int:pk>/cancellation/", gating.cancellation, name="cancellation"),
    path("versions/<int:number>/restoration/", gating.restoration, name="restoration"),
    path("products/<slug:code>/", product.product, name="product"),
    path("products/<slug:code>/rules/", product.rules, name="rules"),
    path("products/<slug:code>/preview/", product.seen, name="seen"),
    path("products/<slug:code>/funnel/", product.funnel, name="funnel"),
    path("products/<slug:code>/lever/", product.lever, name="lever"),
    path("products/<slug:code>/test/", product.policy_test, name="policy_test"),
    path("tests/<int:pk>/retirement/", gating.retirement, name="retirement"),
    path("sheets/<slug:name>/", sheet.sheet, name="sheet"),
    path("sheets/<slug:name>/file/", sheet.file, name="file"),
]
