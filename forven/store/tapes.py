"""Tapes: what a feed delivered on a day, written frame by frame as it comes."""

import os
from collections.abc import Callable
from datetime import date
from io import FileIO
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from forven.kernels.schema import MISSING
from forven.market.feeds.frame import FeedDay, FeedFrame
from forven.primitives.errors import CannotWrite, InvalidInput
from forven.primitives.storage import write_whole
from forven.store.errors import TapeMismatch
from forven.store.tape_format import Layouts, encoded, schema_of
from forven.store.tape_reading import Tape, read_tape

__all__ = ["Tape", "TapeWriter", "read_tape", "tape_path"]

TAPES_FOLDER = "tapes"
UNSYNCED_BYTES_MAX = 4 << 20
"""As much is written at most before it is made durable unasked."""
T = TypeVar("T")


def tape_path(home: Path, feed: str, day: date) -> Path:
    """Return where a feed's day is: `HOME/tapes/FEED/YYYY-MM-DD.arrows`, FEED percent-encoded."""
    return home / TAPES_FOLDER / quote(feed, safe="") / f"{day.isoformat()}.arrows"


class TapeWriter:
    """Appends frames to one tape; one writer a tape, one thread.

    A frame is either whole on the tape or not on it: what could not be written whole is cut off
    again, and the same frame may be appended once more.
    bytes_torn  what stood at the end at opening, part of a frame that a killed process was writing;
                it goes when the next frame has been written over it, or at `close`: who is killed
                before that finds it again
    """

    def __init__(self, path: Path, stream: FileIO, tape: Tape) -> None:
        self.path = path
        self.day = tape.day
        self.bytes_torn = tape.bytes_torn
        self.bytes_written = tape.bytes_good
        self.last_ts = tape.frames[-1].ts if tape.frames else MISSING
        self._stream = stream
        self._layouts = Layouts()
        self._is_durable = False
        self._bytes_durable = tape.bytes_good
        self._unsynced: list[bytes] = []
        self._is_doubtful = False
        self._is_torn = tape.bytes_torn > 0

    @classmethod
    def open(cls, path: Path, day: FeedDay, tape: Tape | None = None) -> "TapeWriter":
        """Open a day's tape at the end of its last whole frame, made if it is not there.

        tape  what `read_tape` said of this file just before, so that it is not read twice
        errors  TapeMismatch if it holds another day; StoreDamaged; CannotWrite
        """
        if not path.exists():
            _make(path, day)
            tape = None
        found = read_tape(path) if tape is None else tape
        if found.day != day:
            raise TapeMismatch(
                f"{path}: expected the tape of {_words(day)}, found that of {_words(found.day)}; "
                "a feed lists the same instruments whenever it opens a day"
            )
        return cls(path, _refused_as(path, lambda: FileIO(path, "r+")), found)

    def append(self, frame: FeedFrame, durable: bool) -> None:
        """Append a frame, later than the last one; `durable`: it outlives a power failure.

        errors  CannotWrite, and the tape is as it was before
        """
        if frame.ts <= self.last_ts:
            raise InvalidInput(
                f"{self.path}: expected a frame later than {self.last_ts}, found {frame.ts}"
            )
        message = encoded(frame, self._layouts)
        end = self.bytes_written + len(message)
        self._unsynced.append(message)
        self._is_durable = False
        try:
            self._write(self.bytes_written, message)
            self._cut_torn(end)
            if durable or end - self._bytes_durable > UNSYNCED_BYTES_MAX:
                self._flush(end)
        except OSError as error:
            self._unsynced.pop()
            raise self._taken_back(error) from error
        self.bytes_written = end
        self.last_ts = frame.ts

    def sync(self) -> None:
        """Make every frame outlive a power failure; nothing is done if they do already.

        What was written since the last time is kept in memory until then, and written anew after a
        refusal: a system that could not write it may have let it go, and not say so again.
        """
        if not self._is_durable:
            _refused_as(self.path, lambda: self._flush(self.bytes_written))

    def close(self) -> None:
        """Make every frame durable and close the file."""
        if not self._stream.closed:
            try:
                _refused_as(self.path, lambda: self._cut_torn(self.bytes_written))
                self.sync()
            finally:
                self._stream.close()

    def _cut_torn(self, end: int) -> None:
        """Cut off what is left of a torn frame, if one stands there; errors: OSError."""
        if self._is_torn:
            self._stream.truncate(end)
            self._is_torn = False

    def _flush(self, end: int) -> None:
        """Make everything before a place durable; errors: OSError."""
        try:
            if self._is_doubtful:
                self._write(self._bytes_durable, b"".join(self._unsynced))
            os.fsync(self._stream.fileno())
        except OSError:
            self._is_doubtful = True
            raise
        self._is_doubtful, self._is_durable = False, True
        self._bytes_durable = end
        self._unsynced.clear()

    def _write(self, place: int, messages: bytes) -> None:
        """Write messages at a place, the end of a whole one."""
        self._stream.seek(place)
        rest = memoryview(messages)
        while rest:
            rest = rest[self._stream.write(rest) :]

    def _taken_back(self, error: OSError) -> CannotWrite:
        """Cut off what was written of a message; return the error to raise.

        Where even that fails nothing is lost: the next message is written over it, and a reader
        takes it for the torn end that it is.
        """
        try:
            self._stream.truncate(self.bytes_written)
        except OSError as second:
            error.add_note(f"what was written of the frame could not be cut off: {second}")
        return _cannot_write(self.path, error)


def _make(path: Path, day: FeedDay) -> None:
    """Make a tape that holds no frame yet; it appears whole or not at all."""
    _refused_as(path, lambda: path.parent.mkdir(parents=True, exist_ok=True))
    write_whole(path, schema_of(day).serialize().to_pybytes())
    _sync_folder(path.parent)
    _sync_folder(path.parent.parent)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power failure, where the platform can."""
    if os.name != "posix":
        return
    handle = _refused_as(folder, lambda: os.open(folder, os.O_RDONLY))
    try:
        _refused_as(folder, lambda: os.fsync(handle))
    finally:
        os.close(handle)


def _refused_as(path: Path, action: Callable[[], T]) -> T:
    """Return what an action returns; a refusal of the operating system is CannotWrite."""
    try:
        return action()
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> CannotWrite:
    """Return the error of a file that takes no more."""
    return CannotWrite(
        f"{path}: could not be written ({error.strerror or error}); make room on the disk or allow "
        "writing there, nothing that was there before is lost"
    )


def _words(day: FeedDay) -> str:
    """Return which day it is, in words."""
    return f"{day.feed} on {day.day} with {len(day.symbols)} instruments"
