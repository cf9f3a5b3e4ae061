"""Files written whole or not at all: a temporary sibling, synced, then moved into place."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from forven.primitives.errors import CannotWrite


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on leaving well it takes the name `path`.

    On any error, an interrupt included, the temporary file is removed and `path` is as it was.
    errors: CannotWrite where the folder or the disk refuses
    """
    temporary = _temporary_beside(path)
    try:
        yield temporary
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise CannotWrite(_reason(path, error)) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all; errors: CannotWrite."""
    with whole_file(path) as temporary:
        temporary.write_bytes(content)


def _temporary_beside(path: Path) -> Path:
    """Return a fresh empty file in the folder of `path`, which must exist."""
    if path.is_dir():
        raise CannotWrite(f"{path}: expected the name of a file, found a folder")
    if path.exists() and not path.is_file():  # its place would be taken by a plain file
        raise CannotWrite(f"{path}: expected the name of a file, found a device or a pipe")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        umask = os.umask(0)
        os.umask(umask)
        os.fchmod(handle, 0o666 & ~umask)
    except OSError as error:
        raise CannotWrite(_reason(path, error)) from error
    os.close(handle)
    return Path(name)


def _reason(path: Path, error: OSError) -> str:
    """Return why `path` could not be written, and what would mend it."""
    return f"{path}: could not be written ({error.strerror or error}); name a folder with room"
