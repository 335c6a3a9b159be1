"""Celery's entry to needs from words: fit, look for wrong labels, group what is unknown."""

from __future__ import annotations

from celery import shared_task

from needs import fitting, noise, unknowns


@shared_task
def refit() -> None:
    fitting.refit_if_due()


@shared_task
def look_for_noise() -> None:
    noise.look_at_a_part()


@shared_task
def group_unknown() -> None:
    unknowns.group_if_due()
