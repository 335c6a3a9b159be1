"""One believable day of Northgate Bank, and the same bank at any size for measuring."""
