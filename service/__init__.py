"""What we owe customers: service requests and promises with their clocks."""
