"""Tapes that end in the middle of a frame: made so, and held to those that never did."""

import random
from dataclasses import replace
from pathlib import Path

from forven.market.feeds.frame import FeedFrame
from forven.store.tape_format import Layouts, encoded
from forven.store.tapes import read_tape

TORN = "torn"


def tear(tapes: Path, chance: random.Random) -> bool:
    """Leave part of a frame at the end of the newest tape, as a process killed in writing does.

    Returns False where no tape has a frame yet, or one ends in the middle of a frame already.
    """
    paths = sorted(tapes.glob("*/*.arrows"))
    tape = read_tape(paths[-1]) if paths else None
    if tape is None or not tape.frames or tape.bytes_torn:
        return False
    whole = encoded(tape.frames[-1], Layouts())
    with paths[-1].open("ab") as stream:
        stream.write(whole[: chance.randrange(1, len(whole))])
    return True


def compare_tapes(killed: Path, whole: Path) -> int:
    """Hold a tape to one of a host that was never killed, byte for byte; return the tears told of.

    That its tape was torn is told on the tape itself, with the next frame: this event is all that
    may differ.  Errors: AssertionError.
    """
    if killed.read_bytes() == whole.read_bytes():
        return 0
    tapes = read_tape(killed), read_tape(whole)
    assert [tape.bytes_torn for tape in tapes] == [0, 0], f"{killed}: it is not whole"
    assert tapes[0].day == tapes[1].day, f"{killed}: it is of another day"
    told = sum(event.kind == TORN for frame in tapes[0].frames for event in frame.events)
    kept = [[encoded(_without_tears(frame), Layouts()) for frame in tapes[0].frames]]
    kept.append([encoded(frame, Layouts()) for frame in tapes[1].frames])
    assert kept[0] == kept[1], f"the tapes of {killed.stem} differ"
    return told


def _without_tears(frame: FeedFrame) -> FeedFrame:
    """Return a frame as it would have been told on a tape that was never torn."""
    return replace(frame, events=tuple(each for each in frame.events if each.kind != TORN))
