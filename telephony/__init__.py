"""How a call reaches a customer: one gateway interface and its adapters."""
