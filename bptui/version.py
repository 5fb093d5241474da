"""The version and the day of it, in one place."""

__version__ = "0.1.0"
RELEASED = "2026-11-22"
