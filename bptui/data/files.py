"""One door for people's own data: which reader a file belongs to, or what to do instead."""

from collections.abc import Callable
from pathlib import Path

from bptui.data.csv_file import read_csv
from bptui.data.dataset import DataError, Dataset

SAVE = "numpy.savetxt('mine.csv', numpy.column_stack([x, y]), delimiter=',')"
INSTEAD = {
    **dict.fromkeys((".pt", ".pth"), f"a PyTorch file can run code; in Python: {SAVE}"),
    **dict.fromkeys((".pkl", ".pickle", ".joblib"), f"a pickle can run code; in Python: {SAVE}"),
    **dict.fromkeys((".npz", ".npy"), f"numpy files are not read yet; in Python: {SAVE}"),
    **dict.fromkeys((".xlsx", ".xls", ".ods"), "a spreadsheet; save it there as CSV (UTF-8)"),
    ".parquet": "in Python: pandas.read_parquet('mine.parquet').to_csv('mine.csv', index=False)",
    **dict.fromkeys((".zip", ".gz", ".7z", ".tar"), "a packed file; unpack it first"),
}
"""What is not read, by the end of its name in lower case, and the way round it."""
READERS: dict[str, Callable[[Path], Dataset]] = {".csv": read_csv, ".tsv": read_csv}


def read_data(path: Path | str) -> Dataset:
    """The samples in a file, by the end of its name; a name without a known end is read as a table of text.

    Raises DataError with file, line and column, or with the way round where a kind is not read.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix in INSTEAD:
        raise DataError(f"{path}: not read: {INSTEAD[suffix]}")
    return READERS.get(suffix, read_csv)(path)
