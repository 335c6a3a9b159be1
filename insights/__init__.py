"""Are customers staying, and why not: roll-ups and the retention dashboard."""
