"""Measurements of the whole fair: each module that is run prints figures as JSON and a summary for people.

Knows every other package from the outside; none of them knows it.
"""
