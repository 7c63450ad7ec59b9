"""Matching: the encoder, the indexes, ranking and reasons. Imports `fair`, never `web` or `live`."""
