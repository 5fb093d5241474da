"""Reads .npz and .npy files of numpy's: a header is believed as far as there are bytes; no pickle is read."""

import io
import math
import warnings
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from bptui.data.bounded import LARGEST_ARRAYS, Tell, opened, silent, too_large
from bptui.data.clean import clean
from bptui.data.dataset import DataError
from bptui.data.samples import Samples, with_tests
from bptui.data.table import Table, Wish, places_of

INPUTS = ("x", "X", "images", "data", "x_train", "X_train", "train_x", "train_images")
ANSWERS = ("y", "Y", "labels", "target", "targets", "y_train", "Y_train", "train_y", "train_labels")
TEST_INPUTS = ("x_test", "X_test", "test_x", "test_images")
TEST_ANSWERS = ("y_test", "Y_test", "test_y", "test_labels")
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
PIECE = 2**20  # bytes read at once


def read_npz(path: Path, wish: Wish, tell: Tell = silent) -> Samples:
    """The arrays x and y of an .npz file, by one of their usual names. Raises DataError."""
    try:
        with opened(path, LARGEST_ARRAYS) as stream, zipfile.ZipFile(stream) as packed:
            members = members_of(path, packed)
            x, y = (member_named(path, members, names) for names in (INPUTS, ANSWERS))
            tests = [next((name for name in names if name in members), None) for names in (TEST_INPUTS, TEST_ANSWERS)]
            x_array, y_array = (array_of(path, packed, members[name], tell) for name in (x, y))
            samples = Samples(path, f".npz, arrays {x} and {y}", x_array, y_array)
            if not all(tests):
                return samples
            more = [array_of(path, packed, members[str(name)], silent) for name in tests]
    except DAMAGED as problem:
        raise DataError(f"{path}: not an .npz file that can be read: {clean(str(problem))}") from None
    return with_tests(samples, Samples(path, samples.said, more[0], more[1]))


def members_of(path: Path, packed: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The arrays by name. Raises DataError for other members, for one name twice, for more bytes than are agreed on."""
    names = [info.filename for info in packed.infolist()]
    for name, count in Counter(names).items():
        if count > 1:
            raise DataError(f"{path}: the member {clean(name)} is there twice")
        if not name.endswith(".npy") or "/" in name or ".." in name:
            raise DataError(f"{path}: the member {clean(name)} is no array of numpy's")
    if sum(info.file_size for info in packed.infolist()) > LARGEST_ARRAYS:
        raise too_large(path, LARGEST_ARRAYS)
    return {info.filename.removesuffix(".npy"): info for info in packed.infolist()}


def member_named(path: Path, members: dict[str, zipfile.ZipInfo], names: tuple[str, ...]) -> str:
    """The array by one of these names. Raises DataError."""
    for name in names:
        if name in members:
            return name
    if [*members] == ["arr_0", "arr_1"]:  # numpy.savez(path, x, y)
        return "arr_0" if names is INPUTS else "arr_1"
    there = ", ".join(members) or "nothing"
    cure = "numpy.savez('mine.npz', x=x, y=y) names both"
    raise DataError(f"{path}: no array named {' or '.join(names[:3])}; it has {clean(there)}; {cure}")


def array_of(path: Path, packed: zipfile.ZipFile, info: zipfile.ZipInfo, tell: Tell) -> NDArray[Any]:
    """One member; read to its end, so that its checksum is looked at. Raises DataError."""
    with packed.open(info) as stream:
        return array_in(path, info.filename.removesuffix(".npy"), stream, info.file_size, tell)


def array_in(path: Path, name: str, stream: IO[bytes], size: int, tell: Tell) -> NDArray[Any]:
    """The array in an .npy stream of so many bytes. Raises DataError."""
    try:
        shape, by_column, kind = header_of(stream)
    except ValueError as problem:
        raise DataError(f"{path}: {name}: {clean(' '.join(str(problem).split()))}") from None
    refuse_kind(path, name, kind)
    length = math.prod(shape) * kind.itemsize
    if length > LARGEST_ARRAYS:
        raise DataError(
            f"{path}: {name}: its shape {shape} needs more than {LARGEST_ARRAYS >> 20} MB, larger than is read"
        )
    if min(shape, default=1) < 0 or length > size:
        raise DataError(f"{path}: {name}: cut off: its shape {shape} needs {length} bytes, {size} are there")
    flat = np.empty(math.prod(shape), kind)
    room, done = memoryview(flat.view(np.uint8).data) if length else memoryview(b""), 0
    while done < length:
        got = stream.readinto(room[done : done + PIECE])  # type: ignore[attr-defined]
        if not got:
            raise DataError(f"{path}: {name}: cut off: {done} of {length} bytes are there")
        done += got
        tell(done / length)
    if stream.read(1):
        raise DataError(f"{path}: {name}: more bytes than its shape {shape} has")
    return flat.reshape(shape, order="F" if by_column else "C")


def header_of(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether columns come first, and kind of the array that follows. Raises ValueError."""
    version = np.lib.format.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise ValueError("a format of numpy's that is not known here")
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    try:
        with warnings.catch_warnings(action="ignore"):  # of how old it is: numpy looks at it a second time
            return header(stream)
    except (SyntaxError, TypeError, TokenError, RecursionError, MemoryError):
        raise ValueError("its header is damaged") from None


def refuse_kind(path: Path, name: str, kind: np.dtype[Any]) -> None:
    """Raises DataError for anything but numbers, and words for labels."""
    what = {"O": "Python objects (a pickle, which can run code)", "c": "complex numbers"}.get(kind.kind, "")
    if kind.names:
        what = "a structured dtype with fields"
    elif kind.kind == "U" and name not in INPUTS and kind.itemsize <= 4096:
        return
    elif kind.kind not in "biufOc":
        what = f"dtype {kind}, a string or something else that is no number"
    if what:
        of_words = kind.kind == "S" and name not in INPUTS
        cure = f"numpy.array({clean(name)}, dtype={'str' if of_words else 'float'})"
        raise DataError(f"{path}: {name}: {what}; real numbers are read: {cure}")


def read_npy(path: Path, wish: Wish, tell: Tell = silent) -> Table | Samples:
    """A table in an .npy file; or its inputs, where a file with their labels stands beside it. Raises DataError."""
    other = labels_beside(path)
    array = npy_array(path, tell)
    if other is not None:
        return Samples(path, f".npy, with labels from {clean(other.name)}", array, npy_array(other, silent))
    if array.ndim != 2:
        cure = "numpy.savez('mine.npz', x=x, y=y) keeps both"
        raise DataError(f"{path}: one array of shape {array.shape} and no labels beside it; {cure}")
    names = tuple(f"x{k}" for k in range(array.shape[1]))
    if array.dtype.kind == "f" and not np.isfinite(array).all() and wish.missing == "refuse":
        row, column = np.argwhere(~np.isfinite(array))[0]
        raise DataError(f"{path}: [{row}][{column}] is not a finite number; --missing drop leaves such rows out")
    if array.dtype.kind == "f" and np.isinf(array).any():
        raise DataError(f"{path}: an infinite number in it")
    left_out = places_of(path, names, wish.drop)
    kept = tuple(k for k in range(len(names)) if k not in left_out)
    return Table(path, ".npy, one table", names, array[:, kept] if left_out else array, kept, {}, named=False)


def npy_array(path: Path, tell: Tell) -> NDArray[Any]:
    with opened(path, LARGEST_ARRAYS) as stream:
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        array = array_in(path, "the array", stream, size, tell)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def labels_beside(path: Path) -> Path | None:
    """The file of labels that belongs to one of inputs by its name: X….npy and y….npy, …images… and …labels…."""
    name = path.name
    changes = [("images", "labels")] if "images" in name else [("x", "y"), ("X", "y"), ("X", "Y")]
    for old, new in changes:
        if name.startswith(old) or old == "images":
            beside = path.with_name(name.replace(old, new, 1))
            if beside.is_file():
                return beside
    return None
