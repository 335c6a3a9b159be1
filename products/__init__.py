"""What we can provide: products, their rules as data, and published catalogue versions."""
