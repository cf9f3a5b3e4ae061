"""Read a tape: a whole day at once, every frame held to its checksum."""

from dataclasses import dataclass
from pathlib import Path
from struct import Struct

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from forven.kernels.schema import MISSING
from forven.market.feeds.frame import FeedDay, FeedFrame
from forven.primitives.errors import InvalidInput
from forven.store.errors import NoSuchTape, StoreDamaged, StoreUnreachable
from forven.store.tape_format import (
    KIND_EVENT,
    KIND_SETTLEMENT,
    KIND_SPOT,
    Layout,
    Layouts,
    day_of,
    events_at,
    is_sound,
)
from forven.store.tape_messages import SCHEMA_MESSAGE, candidates

Words = NDArray[np.int32]

_INT64 = Struct("<q")
_WORD_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tape:
    """What a feed delivered on a day, as far as it was written down.

    bytes_good  where the last whole frame ends
    bytes_torn  what stands after it: a frame that a killed process was writing
    The frames' arrays are read-only views of the file's content.
    """

    day: FeedDay
    frames: list[FeedFrame]
    bytes_good: int
    bytes_torn: int


def read_tape(path: Path) -> Tape:
    """Return a tape; a torn last frame is left out and told.

    errors  NoSuchTape; StoreDamaged, naming the offset, if anything before the last frame is not
            what was written
    """
    content = _content(path)
    layouts = Layouts()
    header = layouts.headers.at(content, 0)
    if header is None or header.kind != SCHEMA_MESSAGE:
        raise _damaged(path, 0, "the description of its day")
    start = header.whole
    try:
        day = day_of(pa.ipc.read_schema(pa.py_buffer(content[:start])))
    except (pa.ArrowException, OSError, InvalidInput) as error:
        raise _damaged(path, 0, f"the description of its day ({error})") from error
    frames: list[FeedFrame] = []
    words = np.frombuffer(content, "<i4", len(content) // _WORD_BYTES)
    while (layout := layouts.at(content, start)) and is_sound(content, start, layout):
        frames.append(_frame(content, words, start, layout))
        start += layout.whole
    first = start + 1 if frames else 1  # a first message of a wrong length hides the first frame
    for place in candidates(content, first):
        if is_frame(content, place, layouts):
            raise _damaged(path, start if place > start else 0, "a whole frame")
    return Tape(day=day, frames=frames, bytes_good=start, bytes_torn=len(content) - start)


def is_frame(content: bytes, start: int, layouts: Layouts) -> bool:
    """Return whether a whole and sound frame stands at a place."""
    layout = layouts.at(content, start)
    return layout is not None and is_sound(content, start, layout)


def _frame(content: bytes, words: Words, start: int, layout: Layout) -> FeedFrame:
    """Return the frame of a sound message; `words` is the content as int32."""
    kind = start + layout.kind
    at = start // _WORD_BYTES + 1  # the row after the first, in a column that begins at 0
    last = layout.rows - 1
    while last and content[kind + last] == KIND_EVENT:
        last -= 1
    events = range(last + 1, layout.rows)
    bid = at + layout.bid // _WORD_BYTES
    spot = settlement = MISSING
    if last and content[kind + last] == KIND_SETTLEMENT:
        settlement = int(words[bid + last - 1])
        last -= 1
    if last and content[kind + last] == KIND_SPOT:
        spot = int(words[bid + last - 1])
        last -= 1
    instrument, ask = at + layout.instrument // _WORD_BYTES, at + layout.ask // _WORD_BYTES
    bid_size, ask_size = at + layout.bid_size // _WORD_BYTES, at + layout.ask_size // _WORD_BYTES
    return FeedFrame(
        ts=_INT64.unpack_from(content, start + layout.ts)[0],
        arrival=_INT64.unpack_from(content, start + layout.arrival)[0],
        instruments=words[instrument : instrument + last],
        bids=words[bid : bid + last],
        asks=words[ask : ask + last],
        bid_sizes=words[bid_size : bid_size + last],
        ask_sizes=words[ask_size : ask_size + last],
        spot=spot,
        settlement=settlement,
        events=events_at(content, start, layout, events) if events else (),
    )


def _content(path: Path) -> bytes:
    """Return the bytes of a tape."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NoSuchTape(f"{path}: expected the tape of a feed's day, found no such file") from None
    except OSError as error:
        raise StoreUnreachable(f"{path}: could not be read ({error.strerror})") from error


def _damaged(path: Path, offset: int, expected: str) -> StoreDamaged:
    """Return the error of a tape that does not hold what was written to it."""
    return StoreDamaged(
        f"{path}: expected {expected} at byte {offset}, found something else; the tape was changed "
        "or its disk failed: restore a copy of it"
    )
