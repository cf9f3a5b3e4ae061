"""A disk that takes no more: files of this process may not grow beyond a size."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

if os.name == "posix":
    import resource


@contextmanager
def file_bytes_max(limit: int) -> Iterator[None]:
    """Refuse writing beyond `limit` bytes in any file, as a full disk would."""
    if os.name != "posix":
        pytest.skip("expected a platform that limits the size of files, found none")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
