"""The agent's desk: who is in contact, what is owed today, and how do I help?"""
