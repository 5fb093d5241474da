"""What is raised for data that cannot be used: whoever reads a file knows it before there are any numbers."""


class DataError(ValueError):
    """Data that cannot be used; the message is one plain line."""
