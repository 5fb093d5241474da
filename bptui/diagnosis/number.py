"""A person's number, as the views show it: a module of its own, since the first paint does without a diagnosis."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a person's, and whether the true one lies where it may lie."""

    value: float
    right: bool
