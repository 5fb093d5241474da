"""Files that bptui writes: whole or not at all, and never over another one."""

import contextlib
import os
import tempfile
from itertools import count
from pathlib import Path


def write_whole(path: Path, body: str | bytes) -> None:
    """Write bytes, or text as UTF-8, so that at any moment either the old file or the whole new one is there: a
    temporary file in the same folder, brought to the disk, then put in its place. Raises OSError, the old file as it
    was."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(body.encode() if isinstance(body, str) else body)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _umask() -> int:
    """The permissions that new files are not given here; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def free_name(path: Path) -> Path:
    """The path itself, or the first of name-2, name-3 … that no file has yet."""
    names = (path if k == 1 else path.with_name(f"{path.stem}-{k}{path.suffix}") for k in count(1))
    return next(name for name in names if not os.path.lexists(name))


def write_new(path: Path, text: str) -> Path:
    """Write UTF-8 text under the path's free name, which is taken first, so that nothing is ever overwritten; the name.

    Raises OSError, and then there is no new file.
    """
    while True:
        name = free_name(path)
        try:
            name.touch(exist_ok=False)
        except FileExistsError:  # somebody was quicker
            continue
        try:
            write_whole(name, text)
        except BaseException:
            with contextlib.suppress(OSError):
                name.unlink()
            raise
        return name
