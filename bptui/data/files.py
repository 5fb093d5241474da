"""One door for people's own data: what a file is, is found from what is in it; then its reader, or the way round."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from bptui.data.arff import is_arff, read_arff
from bptui.data.bounded import LARGEST_ARRAYS, Tell, opened, silent, unpacked
from bptui.data.choosing import dataset_of
from bptui.data.clean import clean
from bptui.data.csv_file import read_table
from bptui.data.dataset import DataError, Dataset
from bptui.data.folder import is_class_folder, read_folder
from bptui.data.idx_file import NAMED, is_idx, read_idx
from bptui.data.notices import noticed
from bptui.data.numpy_file import read_npy, read_npz
from bptui.data.samples import Samples, dataset_of_samples, with_tests
from bptui.data.table import Table, Wish, below

SAVE = "numpy.savez('mine.npz', x=x, y=y)"
PYTORCH = f"a PyTorch file can run code; in Python: {SAVE}"
PICKLE = f"a pickle can run code; in Python: {SAVE}"
SHEET = "save it there as CSV (UTF-8); in Python: pandas.read_excel('mine.xlsx').to_csv('mine.csv', index=False)"
PARQUET = "in Python: pandas.read_parquet('mine.parquet').to_csv('mine.csv', index=False)"
FEATHER = "in Python: pandas.read_feather('mine.feather').to_csv('mine.csv', index=False)"
HDF5 = "in Python: f = h5py.File('mine.h5'); numpy.savez('mine.npz', x=f['x'][:], y=f['y'][:])"
MATLAB = "in Python: m = scipy.io.loadmat('mine.mat'); numpy.savez('mine.npz', x=m['X'], y=m['y'])"
PACKED = "a packed file; unpack it first"
PICTURE = "one picture; a folder with a folder of pictures for each class is read"
INSTEAD = {
    **dict.fromkeys((".pt", ".pth"), PYTORCH),
    **dict.fromkeys((".pkl", ".pickle", ".joblib"), PICKLE),
    **dict.fromkeys((".xlsx", ".xls", ".ods"), SHEET),
    ".parquet": PARQUET,
    ".feather": FEATHER,
    **dict.fromkeys((".h5", ".hdf5"), HDF5),
    ".mat": MATLAB,
    **dict.fromkeys((".zip", ".7z", ".tar", ".xz", ".bz2"), PACKED),
    **dict.fromkeys((".png", ".jpg", ".gif", ".bmp"), PICTURE),
}
"""What is not read, by the usual end of its name, and the way round it."""
MAGIC = (
    (b"PAR1", PARQUET),
    (b"ARROW1", FEATHER),
    (b"\x89HDF", HDF5),
    (b"MATLAB 5", MATLAB),
    (b"\xd0\xcf\x11\xe0", SHEET),
    *((bytes([0x80, version]), PICKLE) for version in range(2, 6)),
    *((head, PACKED) for head in (b"7z\xbc\xaf", b"\xfd7zXZ", b"BZh", b"Rar!")),
    *((head, PICTURE) for head in (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")),
)
"""How a file that is not read begins."""
TEXTS = (
    (re.compile(rb"\s*[\[{]"), "JSON; in Python: pandas.read_json('mine.json').to_csv('mine.csv', index=False)"),
    (
        re.compile(rb"[-+.\d]+([ \t]+\d+:\S+){2,}\s*\n"),
        "svmlight; in Python: x, y = sklearn.datasets.load_svmlight_file('mine.txt'); "
        "numpy.savez('mine.npz', x=x.toarray(), y=y)",
    ),
)
"""How a text begins that is not read as a table."""
HEAD = 4096  # bytes that are looked at
Reader = Callable[[Path, Wish, Tell], Table | Samples]
READERS: dict[Reader, str] = {
    read_table: "a table of text: commas, semicolons, tabs, bars or blanks between its cells; packed by gzip too",
    read_arff: "ARFF: `@attribute` lines, then a table",
    read_npz: "`.npz` of numpy: an array `x` (or `X`, `images`) and `y` (or `labels`)",
    read_npy: "`.npy` of numpy: a table; or `X….npy` with `y….npy` beside it",
    read_idx: "IDX: `…-images-idx3-ubyte` and `…-labels-idx1-ubyte`, packed by gzip or not",
    read_folder: "a folder with a folder of pictures for each class (needs Pillow: `pip install 'bptui[images]'`)",
}
"""What each reader reads, in words."""


def read_data(path: Path | str, wish: Wish | None = None, tell: Tell = silent) -> Dataset:
    """The samples in a file, or in a folder of pictures, as they are wished for.

    Raises DataError with file, line and column, or with the way round where a kind is not read.
    """
    path, wish = Path(path), wish or Wish()
    held = reader_of(path)(path, wish, tell)
    tests = 0
    if wish.test is not None:
        other = reader_of(wish.test)(wish.test, wish, tell)
        tests = len(other)
        if isinstance(held, Table) and isinstance(other, Table):
            held = below(held, other)
        elif isinstance(held, Samples) and isinstance(other, Samples):
            held = with_tests(held, other)
        else:
            raise DataError(f"{wish.test}: not the same kind of file as {clean(path.name)}")
    data = dataset_of(held, wish, tests) if isinstance(held, Table) else dataset_of_samples(held, wish)
    return noticed(data)


def reader_of(path: Path) -> Reader:
    """The reader for what is in a file, whatever it is called. Raises DataError."""
    if is_folder(path):
        if is_class_folder(path):
            return read_folder
        raise DataError(f"{path}: a folder, not a plain file, and no folder of pictures for each class in it")
    with opened(path, LARGEST_ARRAYS) as stream:
        head = stream.read(HEAD)
    with unpacked(path, LARGEST_ARRAYS) as stream:
        inner = stream.read(HEAD)
    if is_idx(inner) or NAMED.search(path.name):
        return read_idx
    if head.startswith(b"\x93NUMPY"):
        return read_npy
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return in_zip(path, path.suffix.lower())
    refuse_others(path, head, inner)
    return read_arff if is_arff(inner.decode(errors="replace")) else read_table


def refuse_others(path: Path, head: bytes, inner: bytes) -> None:
    """Raises DataError for a file that is no table of text, or whose name says so."""
    suffix = path.suffix.lower()
    for magic, cure in MAGIC:
        if head.startswith(magic):
            raise DataError(f"{path}: not read: {INSTEAD.get(suffix, cure)}")
    if suffix in INSTEAD:
        raise DataError(f"{path}: not read: {INSTEAD[suffix]}")
    if suffix in (".npz", ".npy"):
        raise DataError(
            f"{path}: not {suffix} of numpy's, though its name says so; a table of text has another name, mine.csv"
        )
    for beginning, cure in TEXTS:
        if beginning.match(inner):
            raise DataError(f"{path}: not read: {cure}")


def is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long for the file system
        return False


def in_zip(path: Path, suffix: str) -> Reader:
    """.npz is a zip archive of arrays; spreadsheets and PyTorch's files are zip archives too. Raises DataError."""
    try:
        with opened(path, LARGEST_ARRAYS) as stream, zipfile.ZipFile(stream) as packed:
            names = packed.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        names = []
    if suffix in INSTEAD and not any(name.endswith(".npy") for name in names):
        raise DataError(f"{path}: not read: {INSTEAD[suffix]}")
    if any(name.startswith(("xl/", "mimetype")) for name in names):
        raise DataError(f"{path}: not read: {SHEET}")
    if any(name.endswith("data.pkl") for name in names):
        raise DataError(f"{path}: not read: {PYTORCH}")
    if suffix == ".npz" or not names or any(name.endswith(".npy") for name in names):
        return read_npz
    raise DataError(f"{path}: not read: {PACKED}")
