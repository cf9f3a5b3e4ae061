"""Tapes: what was appended is what is read, whatever tore, filled up or was damaged."""

import errno
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from forven.primitives.errors import CannotWrite, InvalidInput
from forven.store import tapes
from forven.store.errors import NoSuchTape, StoreDamaged, TapeMismatch
from forven.store.store import Store
from forven.store.tapes import TapeWriter, read_tape, tape_path
from tests.store.full_disk import file_bytes_max
from tests.store.made_rows import changed
from tests.store.made_tapes import FEED_DAY, assert_same_frames, frame, odd_frames


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tape_path(tmp_path, FEED_DAY.feed, FEED_DAY.day)


def written(path: Path, frames, durable: bool = False) -> list[int]:
    """Write frames and return where each begins, and where the last one ends."""
    writer = TapeWriter.open(path, FEED_DAY)
    edges = [writer.bytes_written]
    for each in frames:
        writer.append(each, durable)
        edges.append(writer.bytes_written)
    writer.close()
    return edges


def test_what_was_appended_is_what_is_read(path: Path) -> None:
    edges = written(path, odd_frames())
    tape = read_tape(path)
    assert tape.day == FEED_DAY
    assert_same_frames(tape.frames, odd_frames())
    assert (tape.bytes_good, tape.bytes_torn) == (edges[-1], 0) == (path.stat().st_size, 0)
    assert not any(each.bids.flags.writeable for each in tape.frames)


def test_a_tape_without_a_frame_says_its_day(path: Path) -> None:
    written(path, [])
    tape = read_tape(path)
    assert (tape.day, tape.frames, tape.bytes_torn) == (FEED_DAY, [], 0)


def test_pyarrow_alone_reads_a_tape(path: Path) -> None:
    frames = odd_frames()
    written(path, frames)
    with pa.ipc.open_stream(path) as reader:
        batches = list(reader)
    assert len(batches) == len(frames)
    for batch, each in zip(batches, frames, strict=True):
        rows = batch.to_pylist()
        quotes = [row for row in rows if row["kind"] == 0]
        assert [row["bid"] for row in quotes] == each.bids.tolist()
        assert [row["ask_size"] for row in quotes] == each.ask_sizes.tolist()
        assert {row["ts"] for row in rows} == {each.ts}


def test_a_tape_lies_under_its_feed_and_day(tmp_path: Path) -> None:
    path = tape_path(tmp_path, "socket:/run/a b:9", date(2024, 1, 2))
    assert path == tmp_path / "tapes" / "socket%3A%2Frun%2Fa%20b%3A9" / "2024-01-02.arrows"
    assert tape_path(tmp_path, "a:b", FEED_DAY.day) != tape_path(tmp_path, "a-b", FEED_DAY.day)


def test_a_store_writes_and_reads_its_tapes(sqlite_store: Store) -> None:
    with pytest.raises(NoSuchTape):
        sqlite_store.read_tape(FEED_DAY.feed, FEED_DAY.day)
    writer = sqlite_store.open_tape(FEED_DAY)
    writer.append(frame(0), durable=True)
    writer.close()
    tape = sqlite_store.read_tape(FEED_DAY.feed, FEED_DAY.day)
    writer = sqlite_store.open_tape(FEED_DAY, tape)
    assert writer.last_ts == frame(0).ts
    writer.append(frame(1), durable=False)
    writer.close()
    found = sqlite_store.read_tape(FEED_DAY.feed, FEED_DAY.day).frames
    assert_same_frames(found, [frame(0), frame(1)])


def test_a_tape_torn_at_every_byte_of_its_last_frame_is_told_and_gone_on_with(path: Path) -> None:
    frames = odd_frames()[:4]
    edges = written(path, frames)
    whole = path.read_bytes()
    for cut in range(edges[-2], edges[-1]):
        path.write_bytes(whole[:cut])
        tape = read_tape(path)
        assert (tape.bytes_good, tape.bytes_torn) == (edges[-2], cut - edges[-2])
        assert len(tape.frames) == 3
        writer = TapeWriter.open(path, FEED_DAY)
        assert writer.bytes_torn == cut - edges[-2]
        writer.append(frames[3], durable=False)
        writer.close()
        assert path.read_bytes() == whole


def test_a_torn_end_stays_until_a_frame_is_written_over_it(path: Path) -> None:
    frames = [frame(0, 1), frame(1, 200), frame(2, 1), frame(3, 1)]
    edges = written(path, frames[:2])
    torn = path.read_bytes()[: edges[-1] - 5]
    path.write_bytes(torn)
    for _ in range(2):  # a process killed before its next frame leaves it to the one after it
        writer = TapeWriter.open(path, FEED_DAY)
        assert (writer.bytes_torn, path.read_bytes()) == (len(torn) - edges[1], torn)
    for each in frames[2:]:  # the first is shorter than what was torn
        writer.append(each, durable=False)
        assert path.stat().st_size == writer.bytes_written
    assert_same_frames(read_tape(path).frames, [frames[0], *frames[2:]])
    writer.close()


def test_a_torn_end_is_cut_off_at_closing(path: Path) -> None:
    edges = written(path, odd_frames())
    path.write_bytes(path.read_bytes()[:-1])
    TapeWriter.open(path, FEED_DAY).close()
    assert path.stat().st_size == edges[-2]


@pytest.mark.parametrize("is_durable", [False, True])
def test_what_a_failing_disk_let_go_is_written_anew(path: Path, monkeypatch, is_durable) -> None:
    frames = odd_frames()
    writer = TapeWriter.open(path, FEED_DAY)
    writer.append(frames[0], durable=True)
    kept = writer.bytes_written
    writer.append(frames[1], durable=False)
    whole = os.fsync

    def failing(_handle: int) -> None:
        with path.open("r+b") as stream:  # what could not be written is not in memory any more
            stream.seek(kept)
            stream.write(bytes(path.stat().st_size - kept))
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(CannotWrite, match="Input/output error"):
        writer.sync()
    if is_durable:
        with pytest.raises(CannotWrite, match="Input/output error"):
            writer.append(frames[2], durable=True)
    else:
        writer.append(frames[2], durable=False)
    monkeypatch.setattr(os, "fsync", whole)
    if is_durable:
        writer.append(frames[2], durable=True)
    writer.sync()
    assert_same_frames(read_tape(path).frames, frames[:3])
    for each in frames[3:]:
        writer.append(each, durable=False)
    writer.close()
    assert_same_frames(read_tape(path).frames, frames)


def test_a_tape_that_nobody_makes_durable_is_so_now_and_then(path: Path, monkeypatch) -> None:
    monkeypatch.setattr(tapes, "UNSYNCED_BYTES_MAX", 10_000)
    synced = []
    whole = os.fsync
    writer = TapeWriter.open(path, FEED_DAY)
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(whole(handle)))
    for number in range(100):
        writer.append(frame(number), durable=False)
    size = writer.bytes_written
    assert size // 20_000 < len(synced) <= size // 10_000
    writer.close()


def test_zeros_that_a_power_failure_left_at_the_end_are_cut(path: Path) -> None:
    frames = odd_frames()
    edges = written(path, frames)
    whole = path.read_bytes()
    for zeros in (1, 4, 8, 4096):
        path.write_bytes(whole + bytes(zeros))
        assert (read_tape(path).bytes_good, read_tape(path).bytes_torn) == (edges[-1], zeros)
    path.write_bytes(whole[: edges[-2] + 20] + bytes(edges[-1] - edges[-2] - 20))
    tape = read_tape(path)
    assert (tape.bytes_good, len(tape.frames)) == (edges[-2], len(frames) - 1)


def test_a_byte_changed_anywhere_before_the_last_frame_is_refused_with_its_offset(path) -> None:
    edges = written(path, [frame(n, 1) for n in range(3)])
    whole = path.read_bytes()
    for place in range(edges[0], edges[2]):
        path.write_bytes(flipped(whole, place))
        start = max(edge for edge in edges if edge <= place)
        with pytest.raises(StoreDamaged, match=f"at byte {start}, found"):
            read_tape(path)


def test_a_byte_changed_in_the_first_message_is_refused_or_means_nothing(path: Path) -> None:
    edges = written(path, [frame(0, 1)])
    whole = path.read_bytes()
    outcomes = []
    for place in range(edges[0]):
        path.write_bytes(flipped(whole, place))
        outcomes.append(told(path))
    at_once, after = (f"at byte {place}, found" for place in (0, edges[0]))
    refused = [text for text in outcomes if text != (FEED_DAY, 1)]
    assert len(refused) > edges[0] // 2
    assert all(at_once in text or after in text for text in refused)


def told(path: Path):
    """Return the day and the number of frames that a tape tells of, or why it is refused."""
    try:
        tape = read_tape(path)
    except StoreDamaged as error:
        return str(error)
    return tape.day, len(tape.frames)


def flipped(content: bytes, place: int) -> bytes:
    """Return content with one byte changed."""
    changed = bytearray(content)
    changed[place] ^= 0xFF
    return bytes(changed)


def test_a_frame_lost_from_the_middle_of_its_bytes_is_refused(path: Path) -> None:
    edges = written(path, [frame(n) for n in range(5)])
    whole = path.read_bytes()
    path.write_bytes(whole[: edges[2] + 16] + whole[edges[2] + 24 :])
    with pytest.raises(StoreDamaged, match=f"a whole frame at byte {edges[2]}"):
        read_tape(path)


@pytest.mark.parametrize("content", [b"", b"\0" * 64, b"\xff" * 64, b"no tape at all" * 99])
def test_a_file_that_is_no_tape_is_refused(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(StoreDamaged, match="the description of its day at byte 0"):
        read_tape(path)
    with pytest.raises(StoreDamaged):
        TapeWriter.open(path, FEED_DAY)
    assert path.read_bytes() == content


def test_a_stream_of_another_schema_is_refused(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with pa.ipc.new_stream(path, pa.schema([("a", pa.int64())])):
        pass
    with pytest.raises(StoreDamaged, match="schema of a tape of version 1"):
        read_tape(path)


@pytest.mark.parametrize(
    "change",
    [{"symbols": FEED_DAY.symbols[:1]}, {"feed": "synthetic:8"}, {"multiplier": 2_000_000}],
)
def test_a_tape_of_another_day_is_not_written_on(path: Path, change: dict) -> None:
    written(path, [frame(0)])
    before = path.read_bytes()
    with pytest.raises(TapeMismatch, match="expected the tape of"):
        TapeWriter.open(path, changed(FEED_DAY, **change))
    assert path.read_bytes() == before


@pytest.mark.parametrize("number", [0, 3])
def test_a_frame_that_is_not_later_is_refused(path: Path, number: int) -> None:
    written(path, [frame(3)])
    writer = TapeWriter.open(path, FEED_DAY)
    with pytest.raises(InvalidInput, match="a frame later than"):
        writer.append(frame(number), durable=False)
    writer.append(frame(4), durable=False)
    writer.close()
    assert len(read_tape(path).frames) == 2


def test_a_full_disk_leaves_the_tape_as_it_was_and_the_frame_can_come_again(path: Path) -> None:
    writer = TapeWriter.open(path, FEED_DAY)
    writer.append(frame(0), durable=True)
    before = path.read_bytes()
    with file_bytes_max(len(before) + 100), pytest.raises(CannotWrite, match="make room"):
        writer.append(frame(1), durable=True)
    assert path.read_bytes() == before
    for number in (1, 2):
        writer.append(frame(number), durable=True)
    writer.close()
    assert_same_frames(read_tape(path).frames, [frame(n) for n in range(3)])


class Failing:
    """A file that writes some bytes of each message, then fails; it may also refuse to cut."""

    def __init__(self, stream, can_cut: bool) -> None:
        self._stream, self._can_cut, self._calls = stream, can_cut, 0

    def write(self, rest: memoryview) -> int:
        self._calls += 1
        if self._calls % 2 == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._stream.write(rest[: len(rest) // 2])

    def truncate(self, size: int) -> int:
        if not self._can_cut:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return self._stream.truncate(size)

    def __getattr__(self, name: str):
        return getattr(self._stream, name)


@pytest.mark.parametrize("can_cut", [True, False])
def test_a_frame_half_written_is_no_frame(path: Path, can_cut: bool) -> None:
    writer = TapeWriter.open(path, FEED_DAY)
    writer.append(frame(0, 50), durable=False)
    real = writer._stream
    writer._stream = Failing(real, can_cut)
    with pytest.raises(CannotWrite, match="No space left"):
        writer.append(frame(1, 50), durable=False)
    assert len(read_tape(path).frames) == 1
    writer._stream = real
    writer.append(frame(1, 2), durable=False)  # shorter than what was left behind
    writer.append(frame(2, 50), durable=True)
    writer.close()
    expected = [frame(0, 50), frame(1, 2), frame(2, 50)]
    assert_same_frames(read_tape(path).frames, expected)


def test_a_disk_that_cannot_sync_takes_the_frame_back(path: Path, monkeypatch) -> None:
    writer = TapeWriter.open(path, FEED_DAY)
    size = writer.bytes_written

    def fail(handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(CannotWrite):
            writer.append(frame(0), durable=True)
        assert (path.stat().st_size, writer.bytes_written) == (size, size)
        writer.append(frame(0), durable=False)
        with pytest.raises(CannotWrite):
            writer.sync()
    writer.sync()
    writer.close()
    assert_same_frames(read_tape(path).frames, [frame(0)])


def test_only_a_durable_frame_is_synced(path: Path, monkeypatch) -> None:
    writer = TapeWriter.open(path, FEED_DAY)
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    writer.append(frame(0), durable=False)
    assert synced == []
    writer.append(frame(1), durable=True)
    writer.sync()
    assert len(synced) == 1
    writer.append(frame(2), durable=False)
    writer.close()
    assert len(synced) == 2


KILLED = """
import sys
from pathlib import Path
from forven.store.tapes import TapeWriter
from tests.store.made_tapes import FEED_DAY, frame
writer = TapeWriter.open(Path(sys.argv[1]), FEED_DAY)
for number in range(10**6):
    writer.append(frame(number, 100), durable=number % 50 == 0)
    if number == 20:
        print("ready", flush=True)
"""


def test_a_writer_killed_at_work_leaves_whole_frames(path: Path) -> None:
    for _ in range(2):
        shutil.rmtree(path.parent, ignore_errors=True)
        process = subprocess.Popen([sys.executable, "-c", KILLED, path], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.kill()
        process.wait()
        process.stdout.close()
        tape = read_tape(path)
        assert len(tape.frames) > 20
        assert_same_frames(tape.frames, [frame(n, 100) for n in range(len(tape.frames))])
        writer = TapeWriter.open(path, FEED_DAY, tape)
        writer.append(frame(len(tape.frames)), durable=False)
        writer.close()
        assert len(read_tape(path).frames) == len(tape.frames) + 1


def test_a_mapped_array_is_written_as_it_is(path: Path) -> None:
    strided = np.arange(8, dtype=np.int32)[::2]
    written(path, [frame(0, 4, bids=strided)])
    assert read_tape(path).frames[0].bids.tolist() == [0, 2, 4, 6]
