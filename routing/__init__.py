"""Who takes the call: queues, skills, phones, places in the queue, offers to agents."""
