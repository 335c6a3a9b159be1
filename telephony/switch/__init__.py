"""The embedded switch: a process of its own in which every leg of every call ends.

It knows no database and no customer: it takes commands and tells events over Redis.
"""
