"""Celery's entry to telephony: what is left to do at a provider after it told us something."""

from __future__ import annotations

from celery import shared_task

from telephony.gateway import GatewayUnavailable
from telephony.models import Call
from telephony.twilio.adapter import TwilioGateway


@shared_task(autoretry_for=(GatewayUnavailable,), default_retry_delay=3, max_retries=5)
def end_leftovers(call_id: int) -> None:
    """Safe to repeat: what has ended is ended."""
    TwilioGateway().end_leftovers(Call.objects.get(pk=call_id))
