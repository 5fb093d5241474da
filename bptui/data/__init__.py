"""Data sets: the built-in ones, and the type that all of them share."""

from bptui.data.builtin import BUILT_IN, load
from bptui.data.dataset import DataError, Dataset, Split, split

__all__ = ["BUILT_IN", "DataError", "Dataset", "Split", "load", "split"]
