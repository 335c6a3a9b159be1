"""What happens by itself, and how often? Every schedule of the product stands here.

Intervals in seconds, UTC; local time is data in the rows. A message expires before the third
one is sent, so that a worker that was away does not work through a pile of old alarms.
"""

from __future__ import annotations

from typing import Any


def every(seconds: int, task: str) -> dict[str, Any]:
    """One entry: the task by its name, its interval, and when its message is worth nothing."""
    return {"task": task, "schedule": seconds, "options": {"expires": 2 * seconds - 1}}


SCHEDULE: dict[str, dict[str, Any]] = {
    "heartbeat": every(15, "contactcentre.tasks.write_heartbeat"),
    "due follow-ups": every(1, "followups.tasks.sweep"),
    "follow-ups by voice": every(1, "followups.tasks.call_by_voice"),
    "follow-ups by link": every(5, "followups.tasks.send_links"),
    "is it fixed": every(15, "followups.tasks.ask_whether_fixed"),
    "broken promises": every(60, "service.tasks.break_overdue"),
    "promises at risk": every(30, "service.tasks.watch_promises"),
    "catalogues at their time": every(15, "offers.tasks.publish_due"),
    "decisions beside": every(15, "offers.tasks.look_beside"),
    "simulations": every(5, "offers.tasks.simulate"),
    "conditions met": every(60, "offers.tasks.tell_conditions"),
    "outcomes of offers": every(60, "offers.tasks.learn"),
    "what became of offers": every(60 * 60, "offers.tasks.look_after_acceptance"),
    "answers about offers": every(10 * 60, "followups.tasks.tell_rewards"),
    "fairness audit": every(60 * 60, "offers.fairness.tasks.audit_fairness"),
    "idempotency keys": every(60 * 60, "accounts.tasks.forget_old_keys"),
    "old recordings": every(60 * 60, "routing.tasks.forget_recordings"),
    "words model": every(60, "needs.tasks.refit"),
    "doubted examples": every(120, "needs.tasks.look_for_noise"),
    "unknown needs": every(60 * 60, "needs.tasks.group_unknown"),
    "figures of the dashboards": every(30, "insights.tasks.refresh_figures"),
}
