"""Positions as everyone sees them: the search, the page of one, applying."""
