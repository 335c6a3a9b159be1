"""What do service requests tell the apps above them, in their own transaction?"""

from django.dispatch import Signal

request_moved = Signal()  # request: ServiceRequest, before: its status before
