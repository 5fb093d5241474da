"""Exercises on one update, with their answers, and with the number that every known mistake would give in their place.

Knows scenarios, records and the grammar of mistakes: no moment, no screen.
"""
