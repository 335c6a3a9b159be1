"""What customers need: need types, discovery questions and needs."""
