"""Data sets: the built-in ones, and the type that all of them share."""

from typing import TYPE_CHECKING

from bptui.lazy import lazily

if TYPE_CHECKING:
    from bptui.data.builtin import BUILT_IN, load
    from bptui.data.dataset import Dataset, Split, split
    from bptui.data.error import DataError
    from bptui.data.files import read_data

__all__ = ["BUILT_IN", "DataError", "Dataset", "Split", "load", "read_data", "split"]

HOMES = {"BUILT_IN": "builtin", "load": "builtin", "read_data": "files", "DataError": "error"}

# The command line cleans its messages here: numpy waits until there is data, the readers until there is a file.
__getattr__ = lazily(__name__, {name: f"{__name__}.{HOMES.get(name, 'dataset')}" for name in __all__})
