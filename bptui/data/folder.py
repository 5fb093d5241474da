"""Reads a folder with a folder of pictures for each class. It needs Pillow, the extra ``images``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bptui.data.bounded import LARGEST_ARRAYS, Tell, silent
from bptui.data.clean import clean
from bptui.data.dataset import DataError
from bptui.data.samples import Samples, with_tests
from bptui.data.table import Wish

ENDS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".pgm", ".pbm", ".ppm", ".tif", ".tiff", ".webp")
MOST_PICTURES = 200_000
MOST_PIXELS = 2**24  # of one picture as it is stored
MISSING = "pictures need the package Pillow: pip install 'bptui[images]', or pip install pillow"
PARTS = ("train", "test")


def is_class_folder(path: Path) -> bool:
    """Is there a folder with a picture in it, or one of training and one of test pictures?"""
    return next(pictures_in(path), None) is not None or all((path / part).is_dir() for part in PARTS)


def pictures_in(path: Path) -> Iterator[tuple[str, Path]]:
    """(class, file) of every picture, classes and files in their sorted order. Raises DataError."""
    try:
        for folder in sorted(each for each in path.iterdir() if each.is_dir() and not each.name.startswith(".")):
            for file in sorted(folder.iterdir()):
                if file.suffix.lower() in ENDS and file.is_file():
                    yield folder.name, file
    except OSError as problem:
        raise DataError(f"{path}: {problem.strerror or 'cannot be read'}") from None


def read_folder(path: Path, wish: Wish, tell: Tell = silent) -> Samples:
    """Grey pictures of one size, or brought to the size asked for. Raises DataError."""
    if next(pictures_in(path), None) is None:
        train, test = (read_folder(path / part, wish, tell) for part in PARTS)
        return with_tests(train, test)
    found = []
    for each in pictures_in(path):
        found.append(each)
        if len(found) > MOST_PICTURES:
            raise DataError(f"{path}: more than {MOST_PICTURES} pictures")
    size = (wish.image[0], wish.image[1]) if wish.image else grey(found[0][1], None).shape
    if size[0] * size[1] * len(found) > LARGEST_ARRAYS:
        raise DataError(f"{path}: more than {LARGEST_ARRAYS >> 20} MB of pixels; --image 28,28 makes pictures small")
    x = np.empty((len(found), *size), np.uint8)
    for place, (_, file) in enumerate(found):
        picture = grey(file, size if wish.image else None)
        if picture.shape != size:
            sizes = f"{picture.shape[0]} × {picture.shape[1]}, the first one {size[0]} × {size[1]}"
            raise DataError(f"{file}: {sizes}; --image {size[0]},{size[1]} brings all to one size")
        x[place] = picture
        tell((place + 1) / len(found))
    said = f"a folder of {len(found)} pictures"
    return Samples(path, said, x, np.array([clean(name) for name, _ in found]))


def grey(file: Path, size: tuple[int, ...] | None) -> NDArray[Any]:
    """The picture in grey, rows × columns of 0 … 255, brought to a size if one is given. Raises DataError."""
    try:
        from PIL import Image  # noqa: PLC0415  # optional
    except ImportError:
        raise DataError(f"{file.parent.parent}: {MISSING}") from None
    try:
        with Image.open(file) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise DataError(f"{file}: {picture.width} × {picture.height} pixels; at most {MOST_PIXELS} are read")
            pixels = picture.convert("L")
            if size is not None:
                pixels = pixels.resize((size[1], size[0]), Image.Resampling.BOX)
            return np.asarray(pixels, dtype=np.uint8)
    except DataError:
        raise
    except Exception as problem:  # a damaged picture raises whatever its decoder does
        raise DataError(f"{file}: no picture that can be read: {clean(str(problem))}") from None
