"""What cannot be recorded."""


class RecordingError(RuntimeError):
    """A training that cannot be recorded exactly; one line: why, and what to do."""
