"""A seeker's own data: the profile, the consents, the copy to take away, the end of the account."""
