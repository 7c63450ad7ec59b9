"""The home page and the pages that explain."""
