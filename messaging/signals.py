"""What does messaging tell the apps above it, in its own transaction?"""

from django.dispatch import Signal

sending_moved = Signal()  # sending: Sending, whose state has changed
replied = Signal()  # reply: Reply, new, of a person who got a text of ours
