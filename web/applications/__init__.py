"""A seeker's own applications: how each stands, its history, taking one back."""
