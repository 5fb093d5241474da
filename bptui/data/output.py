"""Files that bptui writes: whole or not at all, and never over another one."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from stat import S_IMODE, S_IWGRP, S_IWOTH, S_IWUSR


def write_whole(path: Path, body: str | bytes, private: bool = False) -> None:
    """Write bytes, or text as UTF-8, so that at any moment either the old file or the whole new one is there: a
    temporary file in the same folder, brought to the disk, then put in its place; ``private``: for nobody else to read.
    Who may read the old file may read the new one, and nobody else. Raises OSError, the old file as it was."""
    with _written(path, body, private) as temporary:
        if not private:
            with contextlib.suppress(OSError):  # there is none
                temporary.chmod(S_IMODE(path.stat().st_mode))
        temporary.replace(path)


def is_locked(path: Path) -> bool:
    """Is there a file that nobody is to write to, not even its owner? A folder that takes files would let it be put
    away."""
    with contextlib.suppress(OSError):
        return not path.stat().st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)
    return False


@contextlib.contextmanager
def _written(path: Path, body: str | bytes, private: bool = False) -> Iterator[Path]:
    """A temporary file beside the path with this in it; gone afterwards, if it has not been put in a place."""
    try:
        handle, name = tempfile.mkstemp(prefix=".bptui-", dir=path.parent)
    except OSError as problem:  # nobody asked for a name beginning with .bptui-
        raise OSError(problem.errno, problem.strerror, str(path)) from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(body.encode() if isinstance(body, str) else body)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o600 if private else 0o666 & ~_umask())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    """The permissions that new files are not given here; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def free_name(path: Path) -> Path:
    """The path itself, or the first of name-2, name-3 … that no file has yet."""
    names = (path if k == 1 else path.with_name(f"{path.stem}-{k}{path.suffix}") for k in count(1))
    return next(name for name in names if not os.path.lexists(name))


def write_new(path: Path, body: str | bytes) -> Path:
    """Write bytes, or text as UTF-8, under the path's free name, so that nothing is ever overwritten and a file is
    there whole or not at all; the name. Raises OSError, and then there is no new file.
    """
    with _written(path, body) as temporary:
        while True:
            name = free_name(path)
            try:
                _give_name(temporary, name)
            except FileExistsError:  # somebody was quicker
                continue
            return name


def _give_name(temporary: Path, name: Path) -> None:
    """Put a file under a name that none has. Raises OSError, FileExistsError where one has it after all."""
    try:
        name.hardlink_to(temporary)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):  # a file system without links: take the name first, for others to see
        name.touch(exist_ok=False)
        temporary.replace(name)
