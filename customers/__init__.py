"""Whom we serve: customers, contact points, consents and holdings."""
