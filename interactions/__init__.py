"""Every contact on every channel: interactions, messages, wrap-up and the timeline."""
