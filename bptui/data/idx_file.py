"""Reads IDX, the format of the well-known handwritten digits and letters: a header of a few bytes, then bare numbers.

Images and labels are two files that belong together by name; either of them stands for both.
"""

import math
import re
import struct
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from bptui.data.bounded import LARGEST_ARRAYS, Tell, silent, unpacked
from bptui.data.clean import clean
from bptui.data.dataset import DataError
from bptui.data.samples import Samples
from bptui.data.table import Wish

KINDS = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
MOST_DIMENSIONS = 4
PIECE = 2**20  # bytes read at once
NAMED = re.compile(r"(?i)(images|labels)[-._]idx\d[-._]u?byte(\.gz)?$")
"""File names that say that this is IDX, whatever its bytes say."""
DIGITS, CAPITALS, SMALL = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
EMNIST = {
    "letters": dict(enumerate(SMALL, start=1)),
    "byclass": dict(enumerate(DIGITS + CAPITALS + SMALL)),
    "balanced": dict(enumerate(DIGITS + CAPITALS + "abdefghnqrt")),
    "bymerge": dict(enumerate(DIGITS + CAPITALS + "abdefghnqrt")),
}
"""What labels stand for in the well-known extension by letters; its images have rows and columns exchanged."""


def is_idx(head: bytes) -> bool:
    return len(head) >= 4 and head[:2] == b"\0\0" and head[2] in KINDS and 1 <= head[3] <= MOST_DIMENSIONS


def read_idx(path: Path, wish: Wish, tell: Tell = silent) -> Samples:
    """Images with their labels. Raises DataError."""
    images, labels = pair_of(path)
    x, y = idx_array(images, tell), idx_array(labels, silent)
    if x.ndim < y.ndim:
        images, labels, x, y = labels, images, y, x
    if y.ndim != 1:
        raise DataError(f"{labels}: rank {y.ndim}; labels have one dimension")
    if x.ndim < 2:
        raise DataError(f"{images}: rank {x.ndim}; images have two dimensions or more")
    if len(x) != len(y):
        raise DataError(f"{images}: counts differ: {len(x)} images and {len(y)} labels in {clean(labels.name)}")
    notices: tuple[str, ...] = ()
    names: dict[int, str] = {}
    if "emnist" in images.name.lower() and x.ndim == 3:
        x = np.ascontiguousarray(x.transpose(0, 2, 1))
        notices = ("rows and columns of the images are exchanged, as EMNIST needs it",)
        names = next((known for part, known in EMNIST.items() if part in images.name.lower()), {})
    return Samples(images, f"IDX, labels from {clean(labels.name)}", x, y, names, notices=notices)


def pair_of(path: Path) -> tuple[Path, Path]:
    """The files of images and labels, of which one is named. Raises DataError where the other is not there."""
    name = path.name
    bare, packed = re.sub(r"\.gz$", "", name), name.endswith(".gz")
    is_labels = "labels" in name.lower()
    old, new = ("labels", "images") if is_labels else ("images", "labels")
    dimensions = [("1", "3"), ("1", "2")] if is_labels else [("3", "1"), ("2", "1"), ("4", "1")]
    for before, after in dimensions:
        for gz in (packed, not packed):
            other = bare.replace(old, new).replace(f"idx{before}", f"idx{after}") + ".gz" * gz
            beside = path.with_name(other)
            if other != name and beside.is_file():
                return (beside, path) if is_labels else (path, beside)
    wanted = bare.replace(old, new).replace(f"idx{dimensions[0][0]}", f"idx{dimensions[0][1]}")
    hint = clean(wanted) if wanted != bare else "…-images-idx3-ubyte and …-labels-idx1-ubyte"
    raise DataError(f"{path}: IDX keeps images and labels in two files, and there is no {hint} beside it")


def idx_array(path: Path, tell: Tell) -> NDArray[Any]:
    """The numbers of one IDX file, packed or not. Raises DataError: magic number, rank, too short, too long."""
    with unpacked(path, LARGEST_ARRAYS) as stream:
        kind, shape = header_of(path, stream)
        length = math.prod(shape) * kind.itemsize
        if length > LARGEST_ARRAYS:
            raise DataError(f"{path}: its shape {shape} needs more than {LARGEST_ARRAYS >> 20} MB, larger than is read")
        body = numbers_in(path, stream, length, tell)
        if stream.read(1):
            raise DataError(f"{path}: too long: more bytes than the {length} of its shape {shape}")
    array: NDArray[Any] = np.frombuffer(body, kind).reshape(shape)
    return array.astype(kind.newbyteorder("="), copy=False)


def header_of(path: Path, stream: IO[bytes]) -> tuple[np.dtype[Any], tuple[int, ...]]:
    head = stream.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in KINDS:
        raise DataError(f"{path}: not IDX: its magic number is {head.hex(' ') or 'missing'}")
    if not 1 <= head[3] <= MOST_DIMENSIONS:
        raise DataError(f"{path}: rank {head[3]}: IDX with 1 to {MOST_DIMENSIONS} dimensions is read")
    sizes = stream.read(4 * head[3])
    if len(sizes) < 4 * head[3]:
        raise DataError(f"{path}: too short: its header is cut off")
    return np.dtype(KINDS[head[2]]), struct.unpack(f">{head[3]}I", sizes)


def numbers_in(path: Path, stream: IO[bytes], length: int, tell: Tell) -> bytearray:
    """So many bytes; room is taken as they come, for a header may promise more than there is."""
    body = bytearray()
    while len(body) < length:
        piece = stream.read(min(PIECE, length - len(body)))
        if not piece:
            raise DataError(f"{path}: too short: {len(body)} of {length} bytes are there")
        body += piece
        tell(len(body) / length)
    return body
