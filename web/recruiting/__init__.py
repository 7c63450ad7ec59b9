"""What a recruiter prepares: positions, imports, live sessions with their slots."""
