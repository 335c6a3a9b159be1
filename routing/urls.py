from django.urls import path

from routing import supervising_views, views

app_name = "routing"

urlpatterns = [
    path("phone/", views.phone, name="phone"),
    path("phone/life/", views.sign_of_life, name="life"),
    path("legs/<slug:key>/connection/", views.connection, name="connection"),
    path("legs/<slug:key>/refusal/", views.refusal, name="refusal"),
    path("ending/", views.ending, name="ending"),
    path("hold/", views.hold, name="hold"),
    path("digits/", views.digits, name="digits"),
    path("consultation/", views.consultation, name="consultation"),
    path("consultation/handover/", views.hand_over, name="handover"),
    path("consultation/return/", views.return_to_customer, name="return"),
    path("places/<int:pk>/caller/<int:customer_id>/", views.caller, name="caller"),
    path("call-backs/", views.call_backs, name="call_backs"),
    path("call-backs/<int:pk>/", views.call_back, name="call_back"),
    path("call-backs/<int:pk>/attempts/", views.call_back_call, name="call_back_call"),
    path("call-backs/<int:pk>/settlement/", views.call_back_settlement, name="call_back_settled"),
    path("places/<int:pk>/somebody-else/", views.somebody_else, name="somebody_else"),
    path("board/", supervising_views.live_board, name="board"),
    path("board/agents/<int:pk>/", supervising_views.availability, name="availability"),
    path("board/calls/<int:pk>/listening/", supervising_views.listening, name="listening"),
    path("board/calls/<int:pk>/leaving/", supervising_views.leaving, name="leaving"),
    path("recording/", supervising_views.recording, name="recording"),
    path("places/<int:pk>/recording/", supervising_views.recording_word, name="recording_word"),
    path("contacts/<int:pk>/recordings/", supervising_views.of_contact, name="recordings"),
    path("recordings/<int:pk>/hearing/", supervising_views.hearing, name="hearing"),
    path("recordings/<int:pk>/sound/", supervising_views.sound, name="sound"),
]
