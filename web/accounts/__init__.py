"""Signing up, in and out, and the second factor of officers and administrators."""
