"""Bounded reading: whatever a name stands for, no more is read than was agreed on, and nothing is waited for."""

from pathlib import Path

from bptui.data.dataset import DataError

LARGEST_FILE = 256 * 2**20  # bytes


def bytes_of(path: Path, most: int = LARGEST_FILE) -> bytes:
    """The bytes of a plain file. Raises DataError: not there, a folder, a pipe or a device, too large, unreadable."""
    try:
        if not path.is_file():
            kind = "a folder, not a file" if path.is_dir() else "not a plain file" if path.exists() else "no such file"
            raise DataError(f"{path}: {kind}")
        with path.open("rb") as stream:
            raw = stream.read(most + 1)
    except OSError as problem:
        raise DataError(f"{path}: {problem.strerror or 'cannot be read'}") from None
    if len(raw) > most:
        raise DataError(f"{path}: larger than {most >> 20} MB")
    return raw


def text_of(path: Path, most: int = LARGEST_FILE) -> str:
    """The text of a plain file, a byte order mark taken off, its line ends made alike. Raises DataError."""
    raw = bytes_of(path, most)
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(f"{path}: UTF-16 text; save it as UTF-8")
    try:
        body = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].count(b"\n") + 1
        raise DataError(f"{path}:{line}: not UTF-8 text; save it as UTF-8") from None
    if "\0" in body:
        line = body[: body.index("\0")].count("\n") + 1
        raise DataError(f"{path}:{line}: a NUL byte; if this is UTF-16 text, save it as UTF-8")
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    if not body.strip():
        raise DataError(f"{path}: empty")
    return body
