"""What a bureau's officer approves: employers and live sessions."""
