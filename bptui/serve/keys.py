"""The server's own key, made once and kept for nobody else to read; and those that let visitors in."""

from pathlib import Path

import asyncssh

from bptui.data.bounded import text_of
from bptui.data.output import write_whole

NAME = "ssh_host_key"
LARGEST_LIST = 1 << 20  # bytes of a file of visitors' keys


def host_key(folder: Path) -> asyncssh.SSHKey:
    """The key kept in this folder, made where there is none. Raises OSError, ValueError where it cannot be read."""
    path = folder / NAME
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        key = asyncssh.generate_private_key("ssh-ed25519", comment="bptui")
        write_whole(path, key.export_private_key(), private=True)
        return key
    if path.stat().st_mode & 0o077:
        raise ValueError(f"{path} can be read by others: chmod 600, or remove it for a new key")
    try:
        return asyncssh.read_private_key(str(path))
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as problem:
        raise ValueError(f"{path} holds no key ({problem}); remove it for a new one") from None


def visitors_keys(path: Path) -> asyncssh.SSHAuthorizedKeys:
    """The public keys listed in a file. Raises ValueError where it cannot be read or lists none."""
    listed = text_of(path, LARGEST_LIST)
    try:
        return asyncssh.import_authorized_keys(listed)
    except ValueError:
        raise ValueError(f"{path}: no public keys; it has one a line, as authorized_keys and id_ed25519.pub") from None
