"""Live sessions as everyone sees them: the list, one session, the calendar."""
