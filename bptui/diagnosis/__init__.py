"""A person's own numbers beside the true record: what they stand for, where they part, which mistake gives them."""
