"""What customers see of us: call us, and how long it will take."""
