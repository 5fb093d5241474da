"""What a reader sees: a scene (record, moment, settings) → rows of (text, role). Formats; never computes."""
