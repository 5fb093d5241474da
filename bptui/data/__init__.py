"""Data sets: the built-in ones, and the type that all of them share."""

from typing import TYPE_CHECKING

from bptui.lazy import lazily

if TYPE_CHECKING:
    from bptui.data.builtin import BUILT_IN, load
    from bptui.data.dataset import DataError, Dataset, Split, split

__all__ = ["BUILT_IN", "DataError", "Dataset", "Split", "load", "split"]

# The command line cleans its messages here: numpy waits until there is data.
__getattr__ = lazily(
    __name__,
    {name: f"{__name__}.{'builtin' if name in ('BUILT_IN', 'load') else 'dataset'}" for name in __all__},
)
