"""CSV files become customers with all that belongs to them, as a mapping file says."""
