"""Is everybody helped alike? Audited from a store that no decision reads."""
