"""bptui: step through back-propagation and see every number of it."""

__version__ = "0.1.0"
