"""The composition root as a Django app: its commands, templates and checks."""

from django.apps import AppConfig


class ContactCentreConfig(AppConfig):
    name = "contactcentre"
