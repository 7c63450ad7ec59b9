"""The pages of a room: what a viewer sees, and the host's console."""
