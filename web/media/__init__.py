"""What a media server asks of the site, and the passes that it is shown."""
