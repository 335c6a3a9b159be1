"""The pages of the catalogue: its products, files, and releases on their way."""
