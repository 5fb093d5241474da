"""The terminal: the Textual app, its screens, the one panel they are made of, the keys, and the plot."""
