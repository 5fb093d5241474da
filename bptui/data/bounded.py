"""Bounded reading: whatever a name stands for, no more is read than was agreed on, and nothing is waited for."""

import gzip
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bptui.data.error import DataError

LARGEST_FILE = 256 * 2**20  # bytes of text
LARGEST_ARRAYS = 2**30  # bytes of numbers, unpacked
BLOCK = 4 * 2**20  # bytes of text taken in at once
LONGEST_LINE = 16 * 2**20
GZIP = b"\x1f\x8b"

Tell = Callable[[float], None]
"""Is told now and then which share of a file has been read."""


def silent(share: float) -> None:
    """Tells nobody."""


@contextmanager
def opened(path: Path, most: int = LARGEST_FILE) -> Iterator[IO[bytes]]:
    """A plain file, open. Raises DataError: not there, a folder, a pipe or a device, too large, unreadable."""
    try:
        if not path.is_file():
            plain = "a folder, not a plain file" if path.is_dir() else "not a plain file"
            raise DataError(f"{path}: {plain if path.exists() else 'no such file'}")
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_size > most:
                raise too_large(path, most)
            yield stream
    except OSError as problem:
        raise DataError(f"{path}: {problem.strerror or 'cannot be read'}") from None


def too_large(path: Path, most: int) -> DataError:
    return DataError(f"{path}: larger than {most >> 20} MB")


@contextmanager
def unpacked(path: Path, most: int = LARGEST_FILE) -> Iterator[IO[bytes]]:
    """The file's bytes, or those that are packed in it by gzip. Raises DataError, also where they are damaged."""
    with opened(path, most) as stream:
        packed = stream.read(2) == GZIP
        stream.seek(0)
        if not packed:
            yield stream
            return
        try:
            with gzip.GzipFile(fileobj=stream) as inner:
                yield inner  # type: ignore[misc]  # a GzipFile reads as any other
        except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
            raise DataError(f"{path}: gzip: truncated or damaged: {problem}") from None


def bytes_of(path: Path, most: int = LARGEST_FILE) -> bytes:
    """The bytes of a plain file. Raises DataError."""
    with opened(path, most) as stream:
        raw = stream.read(most + 1)
    if len(raw) > most:
        raise too_large(path, most)
    return raw


def text_of(path: Path, most: int = LARGEST_FILE, blank: bool = False) -> str:
    """The text of a plain file, a byte order mark taken off, its line ends made alike; with nothing in it only where it
    may be ``blank``. Raises DataError."""
    body = text_in(path, unmarked(path, bytes_of(path, most)))
    if not (blank or body.strip()):
        raise DataError(f"{path}: empty")
    return body


def blocks_of(path: Path, most: int = LARGEST_FILE, tell: Tell = silent) -> Iterator[tuple[int, list[str]]]:
    """The lines of a text a few megabytes at a time: the number of the first one (from 1), and the lines without
    their ends. Raises DataError with the line."""
    taken, line, rest = 0, 1, b""
    with unpacked(path, most) as stream:
        size = max(path.stat().st_size, 1)
        while block := stream.read(BLOCK):
            taken += len(block)
            if taken > most:
                raise too_large(path, most)
            if line == 1 and not rest:
                block = unmarked(path, block)
            whole, rest = up_to_last_line(rest + block)
            if len(rest) > LONGEST_LINE:
                raise DataError(f"{path}:{line}: a line of more than {LONGEST_LINE >> 20} MB")
            if whole:
                lines = decoded(path, whole, line)
                yield line, lines
                line += len(lines)
                tell(min(taken / size, 1.0))
        if rest:
            yield line, decoded(path, rest, line)


def unmarked(path: Path, head: bytes) -> bytes:
    """The beginning of a text without the mark of UTF-8. Raises DataError for that of UTF-16."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(f"{path}: UTF-16 text; save it as UTF-8")
    return head.removeprefix(b"\xef\xbb\xbf")


def up_to_last_line(raw: bytes) -> tuple[bytes, bytes]:
    """Whole lines, and the beginning of the next one; a last carriage return may still be half of a line end."""
    cut = max(raw.rfind(b"\n"), raw.rfind(b"\r", 0, len(raw) - 1)) + 1
    return raw[:cut], raw[cut:]


def decoded(path: Path, raw: bytes, first: int) -> list[str]:
    """The lines in these bytes, of which the first has this number. Raises DataError."""
    return text_in(path, raw, first).removesuffix("\n").split("\n")


def text_in(path: Path, raw: bytes, first: int = 1) -> str:
    """These bytes as text, its line ends made alike. Raises DataError."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as problem:
        line = first + raw[: problem.start].count(b"\n")
        raise DataError(f"{path}:{line}: not UTF-8 text; save it as UTF-8") from None
    if "\0" in text:
        line = first + text[: text.index("\0")].count("\n")
        raise DataError(f"{path}:{line}: a NUL byte; if this is UTF-16 text, save it as UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
