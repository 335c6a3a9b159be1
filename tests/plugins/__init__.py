"""Pytest plugins that must be there before the settings are."""
