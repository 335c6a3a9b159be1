"""Addresses for a telephone provider alone: each is opened by its signature."""

from __future__ import annotations

from django.urls import path

from telephony import views

app_name = "telephony"

LEG = "twilio/<uuid:key>/<slug:leg>/"
ASKED = f"{LEG}<slug:asked>/"
QUESTION = f"{ASKED}<int:step>/<int:attempt>/"

urlpatterns = [
    path("twilio/", views.arrived, name="arrived"),
    path("twilio/sounds/<str:name>/", views.sound, name="sound"),
    path("twilio/<uuid:key>/", views.conference_told, name="conference_told"),
    path(f"{LEG}told/", views.leg_told, name="leg_told"),
    path(f"{LEG}answered-by/", views.answered_by, name="answered_by"),
    path(f"{LEG}together/", views.together, name="together"),
    path(f"{ASKED}prompts/", views.prompts, name="prompts"),
    path(f"{ASKED}said/", views.said, name="said"),
    path(f"{QUESTION}question/", views.question, name="question"),
    path(f"{QUESTION}answer/", views.answer, name="answer"),
    path(f"{ASKED}done/", views.questions_done, name="questions_done"),
]
