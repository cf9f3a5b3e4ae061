"""Storage: a file is written whole or not at all, and what was there stays until then."""

import errno
import os
import stat
from pathlib import Path

import pytest

from forven.primitives.errors import CannotWrite
from forven.primitives.storage import whole_file, write_whole


def fail_with(error: OSError):
    def write(self, content):
        raise error

    return write


def test_a_file_is_written_and_replaced(tmp_path):
    path = tmp_path / "a.html"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert [found.name for found in tmp_path.iterdir()] == ["a.html"]


def test_a_file_gets_the_usual_permissions(tmp_path):
    former = os.umask(0o027)
    try:
        write_whole(tmp_path / "a", b"x")
    finally:
        os.umask(former)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path, monkeypatch):
    path = tmp_path / "a.html"
    write_whole(path, b"old")
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr(Path, "write_bytes", fail_with(full))
    with pytest.raises(CannotWrite, match=r"a\.html: could not be written \(No space left"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["a.html"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_an_interrupt_or_error_leaves_nothing_behind(tmp_path, error):
    path = tmp_path / "a"

    def half_way():
        with whole_file(path) as aside:
            aside.write_bytes(b"half")
            raise error

    with pytest.raises(error):
        half_way()
    assert [found.name for found in tmp_path.iterdir()] == []


def test_the_name_is_taken_only_at_the_end(tmp_path):
    path = tmp_path / "a"
    with whole_file(path) as aside:
        aside.write_bytes(b"x")
        assert not path.exists()
        assert aside.parent == path.parent
    assert path.exists()


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(CannotWrite, match="No such file or directory"):
        write_whole(tmp_path / "none" / "a", b"x")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(CannotWrite, match="expected the name of a file, found a folder"):
        write_whole(tmp_path, b"x")


def test_what_is_no_plain_file_is_never_replaced(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(CannotWrite, match="found a device or a pipe"):
        write_whole(path, b"x")
    assert stat.S_ISFIFO(path.stat().st_mode)
    assert [found.name for found in tmp_path.iterdir()] == ["pipe"]
