"""The lock of a sweep's folder: two processes that write into one would mix their files."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from forven.primitives.errors import CannotWrite, ForvenError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FolderInUse(ForvenError):
    """Another process runs a sweep in the folder."""


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock file `path` until the block ends, or the process does, however it ends.

    The lock is the operating system's: a file that a killed process left behind holds nothing.
    errors: FolderInUse, CannotWrite
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise CannotWrite(f"{path}: could not be opened ({error.strerror})") from error
    try:
        if not _is_locked(handle):
            raise FolderInUse(
                f"{path.parent}: expected a folder of no running sweep, found another process at "
                "work in it; wait for that one, or name another folder"
            )
        yield
    finally:
        os.close(handle)


def _is_locked(handle: int) -> bool:
    """Return whether the operating system gave the lock, without waiting."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
