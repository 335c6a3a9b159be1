"""Who works here: users, teams, roles, and the audit entry of what they did."""
