"""Files that bptui writes: whole or not at all, never over another one, and never in place of what is no file."""

import errno
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISREG, S_IWGRP, S_IWOTH, S_IWUSR
from typing import BinaryIO, TypeVar

Put = TypeVar("Put")

HIDDEN = re.compile(r"\.bptui-(\d+)-\w+\.draft", re.ASCII)
"""A hidden name, with the number of the process: no other file has one, or it would be taken for what was left."""
NONE = -1  # no handle
LEFT_BEHIND = 60.0  # seconds since a hidden file was written to, from which on nobody writes it


class NotPlainError(OSError):
    """What has the name is no plain file; the name is at fault, not the disk."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that is written, under no name that anybody asked for: under none at all, or a hidden one. ``handle``
    stands for the one without, which is open."""

    handle: int
    hidden: Path | None = None

    def name(self, name: Path) -> None:
        """Put it under a name that none has. Raises OSError, FileExistsError where one has it after all."""
        if self.hidden is None:  # Python follows the link only where a folder is given too, which does not matter
            os.link(f"/proc/self/fd/{self.handle}", name, src_dir_fd=self.handle, follow_symlinks=True)
            return
        try:
            name.hardlink_to(self.hidden)
        except FileExistsError:
            raise
        except (OSError, NotImplementedError):  # a file system without links: take the name first, for others to see
            name.touch(exist_ok=False)
            self.hidden.replace(name)

    def put_over(self, path: Path) -> None:
        """Put it in the place of what is there. Raises OSError."""
        hidden = self.hidden or path.with_name(f".bptui-{os.getpid()}-{self.handle}.draft")
        if self.hidden is None:
            self.name(hidden)
        try:
            hidden.replace(path)
        finally:
            hidden.unlink(missing_ok=True)

    def take_free(self, path: Path) -> Path:
        """Put it under the path's free name; that name. Raises OSError."""
        while True:
            name = free_name(path)
            with suppress(FileExistsError):  # somebody was quicker
                self.name(name)
                return name


def write_whole(path: Path, body: str | bytes, private: bool = False) -> None:
    """Write bytes, or text as UTF-8, so that at any moment either the old file or the whole new one is there: a draft,
    brought to the disk, then put in its place; ``private``: for nobody else to read. Who may read the old file may read
    the new one, and nobody else. Raises OSError, the old file as it was; NotPlainError where that is none."""
    refuse_no_file(path)
    mode = 0o600 if private else 0o666 & ~_umask()
    if not private:
        with suppress(OSError):  # there is none
            mode = S_IMODE(path.stat().st_mode)
    _write(path, body, mode, lambda draft: draft.put_over(path))


def write_new(path: Path, body: str | bytes) -> Path:
    """Write bytes, or text as UTF-8, under the path's free name, so that nothing is ever overwritten and a file is
    there whole or not at all; the name. Raises OSError, and then there is no new file.
    """
    return _write(path, body, 0o666 & ~_umask(), lambda draft: draft.take_free(path))


def write_as_asked(path: Path, body: str | bytes) -> Path:
    """As :func:`write_new`, under a name that somebody has given. Raises NotPlainError where that is no file's."""
    refuse_no_file(path)
    return write_new(path, body)


def _write(path: Path, body: str | bytes, mode: int, put: Callable[[Draft], Put]) -> Put:
    """Write a draft beside the path, and put it in its place. Raises OSError."""
    raw = body.encode() if isinstance(body, str) else body
    clear(path.parent)
    with suppress(OSError), _nameless(path.parent, raw, mode) as draft:
        return put(draft)
    with _hidden(path, raw, mode) as draft:  # nothing is nameless here, or there is a trouble that this tells
        return put(draft)


@contextmanager
def _nameless(folder: Path, raw: bytes, mode: int) -> Iterator[Draft]:
    """A draft of which nothing is left however the process ends. Raises OSError, also where the system or its file
    system has none."""
    kind: int | None = getattr(os, "O_TMPFILE", None)
    if kind is None:
        raise OSError
    with os.fdopen(os.open(folder, kind | os.O_WRONLY, 0o600), "wb") as stream:
        _fill(stream, raw)
        os.fchmod(stream.fileno(), mode)
        yield Draft(stream.fileno())


@contextmanager
def _hidden(path: Path, raw: bytes, mode: int) -> Iterator[Draft]:
    """A draft with a hidden name beside the path; gone afterwards, if it has not been put in a place."""
    try:
        handle, name = tempfile.mkstemp(".draft", f".bptui-{os.getpid()}-", path.parent)
    except OSError as problem:  # nobody asked for a hidden name
        raise OSError(problem.errno, problem.strerror, str(path)) from None
    hidden = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            _fill(stream, raw)
        hidden.chmod(mode)
        yield Draft(NONE, hidden)
    finally:
        hidden.unlink(missing_ok=True)


def _fill(stream: BinaryIO, raw: bytes) -> None:
    """Bring it to the disk. Raises OSError."""
    stream.write(raw)
    stream.flush()
    os.fsync(stream.fileno())


def clear(folder: Path) -> None:
    """Remove the hidden files of processes that were killed while they wrote. Somebody on another machine may write
    to the same folder: what is young stays."""
    for path in folder.glob(".bptui-*.draft"):
        hidden = HIDDEN.fullmatch(path.name)
        with suppress(OSError):  # somebody else has, or nobody may
            old = time.time() - path.stat().st_mtime >= LEFT_BEHIND
            if hidden and old and not lives(hidden[1]):
                path.unlink()


def lives(process: str) -> bool:
    """Is there a process of this number? Where to ask it would end it, there may be."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def refuse_no_file(path: Path) -> None:
    """Raises NotPlainError where a folder, a pipe or a device has this name, or what it links to: a file would take the
    place of it or stand beside it, and who reads the pipe would wait for ever. The same of what our output goes to."""
    try:
        there = path.stat()
    except OSError:  # there is nothing, or a trouble that writing tells
        return
    if not S_ISREG(there.st_mode):
        kind = "a folder, not a plain file" if S_ISDIR(there.st_mode) else "not a plain file"
        raise NotPlainError(errno.EINVAL, kind, str(path))
    if any(is_stream(handle, there) for handle in (1, 2)):
        raise NotPlainError(errno.EINVAL, "bptui's own lines go there", str(path))


def is_stream(handle: int, there: os.stat_result) -> bool:
    """Does what is written to this handle go there?"""
    try:
        return os.path.samestat(os.fstat(handle), there)
    except OSError:  # it is closed
        return False


def is_locked(path: Path) -> bool:
    """Is there a file that nobody is to write to, not even its owner? A folder that takes files would let it be put
    away."""
    with suppress(OSError):
        return not path.stat().st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)
    return False


def _umask() -> int:
    """The permissions that new files are not given here; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def free_name(path: Path) -> Path:
    """The path itself, or the first of name-2, name-3 … that no file has yet."""
    names = (path if k == 1 else path.with_name(f"{path.stem}-{k}{path.suffix}") for k in count(1))
    return next(name for name in names if not os.path.lexists(name))
