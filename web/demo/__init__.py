"""The demo fair: an invented district fair with employers, positions, seekers and sessions, written for Gangbo."""
