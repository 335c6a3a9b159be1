"""The adapter to Twilio and to providers that speak its language: REST, TwiML and webhooks."""
