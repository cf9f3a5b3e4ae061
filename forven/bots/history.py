"""What every session's account was worth, frame by frame, kept small enough for thousands of them.

The worth changes in nearly every frame: it is kept in blocks of 1,024 frames for all bots. Cash,
margin and pending orders change seldom: each change is kept, by frame and bot.
"""

import numpy as np
from numpy.typing import NDArray

from forven.engine.live import Financials
from forven.kernels import schema

Integers = NDArray[np.int64]
BLOCK_FRAMES = 1_024
_SELDOM = [schema.FINANCIAL_CASH, schema.FINANCIAL_MARGIN, schema.FINANCIAL_ORDERS]
_FRAME, _BOT, _VALUES = 0, 1, 2
_CHANGE_WIDTH = _VALUES + len(_SELDOM)
_ROWS_MIN = 256


class AccountHistory:
    """The financials of all bots of a day, as the kernel writes them, one row a frame and bot.

    Frames at or after the close have no row but the one with which a session ends. One thread
    records, after the commit; any thread reads, without a lock: what is there never changes, and
    counts grow after what they count.
    """

    def __init__(self, close_ns: int) -> None:
        self._close_ns = close_ns
        self._stamps = np.zeros(BLOCK_FRAMES, np.int64)
        self._frame_count = 0
        self._blocks: list[Integers] = []
        self._bot_room = _ROWS_MIN
        self._until = np.zeros(_ROWS_MIN, np.int64)  # frames that a bot has rows up to
        self._last = np.full((_ROWS_MIN, len(_SELDOM)), schema.MISSING, np.int64)
        self._changes = np.zeros((_ROWS_MIN, _CHANGE_WIDTH), np.int64)
        self._change_count = 0
        self._ends: dict[int, Integers] = {}

    def record(self, stamps: Integers, financials: Financials) -> None:
        """Take in the frames of one window.

        stamps  (W,) of its frames, later than all before
        """
        self._reserve(int(financials.bots.max(initial=0)) + 1)
        taken = stamps[stamps < self._close_ns]
        if len(taken):
            self._record_frames(taken, financials)
        for place in np.flatnonzero(financials.has_ended).tolist():
            last = int(financials.counts[place]) - 1
            self._ends[int(financials.bots[place])] = financials.rows[place, last].copy()

    def margins(self, bots: Integers) -> Integers:
        """Return the margin of what each bot held at its last mark, (B,); 0 before its first.

        errors  none: the thread that records asks
        """
        self._reserve(int(bots.max(initial=0)) + 1)
        margins = self._last[bots, _SELDOM.index(schema.FINANCIAL_MARGIN)]
        return np.where(self._until[bots] == 0, 0, np.maximum(margins, 0))

    def rows(self, bot: int, opened_ns: int, opening_cash: int) -> Integers:
        """Return a bot's rows from the moment its session was opened, (m, FINANCIAL_WIDTH)."""
        until = int(self._until[bot]) if bot < self._bot_room else 0
        stamps = self._stamps[:until]
        first = int(np.searchsorted(stamps, opened_ns, side="left"))
        end = self._ends.get(bot)
        count = until - first + (end is not None)
        found = np.zeros((count, schema.FINANCIAL_WIDTH), np.int64)
        marked = found[: until - first]
        if len(marked):
            marked[:, schema.FINANCIAL_TS] = stamps[first:]
            marked[:, schema.FINANCIAL_NLV] = self._worth(bot, first, until)
            marked[:, _SELDOM] = self._seldom(bot, first, until)
            worth = marked[:, schema.FINANCIAL_NLV]
            peak = np.maximum(np.maximum.accumulate(worth), opening_cash)
            marked[:, schema.FINANCIAL_DRAWDOWN] = peak - worth
        if end is not None:
            found[-1] = end
        return found

    def _record_frames(self, stamps: Integers, financials: Financials) -> None:
        """Take in the marks of frames before the close."""
        first, count = self._frame_count, len(stamps)
        self._stamps = _with_room(self._stamps, first + count)
        self._stamps[first : first + count] = stamps
        bots = financials.bots
        marks = financials.counts - financials.has_ended
        rows = financials.rows[:, :count]
        taken = 0
        while taken < count:
            block, start = divmod(first + taken, BLOCK_FRAMES)
            if block == len(self._blocks):
                self._blocks.append(np.zeros((BLOCK_FRAMES, self._bot_room), np.int64))
            size = min(count - taken, BLOCK_FRAMES - start)
            worth = rows[:, taken : taken + size, schema.FINANCIAL_NLV]
            self._blocks[block][start : start + size, bots] = worth.T
            taken += size
        self._note_changes(first, bots, marks, rows[:, :, _SELDOM])
        self._until[bots] = first + np.minimum(marks, count)
        self._frame_count = first + count

    def _note_changes(self, first: int, bots: Integers, marks: Integers, values: Integers) -> None:
        """Keep what differs from the frame before; values (B, W, k)."""
        if not len(bots):
            return
        before = np.concatenate([self._last[bots][:, None], values[:, :-1]], axis=1)
        is_marked = np.arange(values.shape[1]) < marks[:, None]
        frames, places = np.nonzero((np.any(values != before, axis=2) & is_marked).T)
        if len(frames):
            self._changes = _with_room(self._changes, self._change_count + len(frames))
            new = self._changes[self._change_count : self._change_count + len(frames)]
            new[:, _FRAME] = first + frames
            new[:, _BOT] = bots[places]
            new[:, _VALUES:] = values[places, frames]
            self._change_count += len(frames)
        last = np.minimum(marks, values.shape[1]) - 1
        has_mark = last >= 0
        self._last[bots[has_mark]] = values[has_mark, last[has_mark]]

    def _worth(self, bot: int, first: int, until: int) -> Integers:
        """Return a bot's worth in frames from `first` to before `until`."""
        parts = []
        for block in range(first // BLOCK_FRAMES, (until - 1) // BLOCK_FRAMES + 1):
            start = block * BLOCK_FRAMES
            low, high = max(first, start) - start, min(until, start + BLOCK_FRAMES) - start
            parts.append(self._blocks[block][low:high, bot])
        return np.concatenate(parts)

    def _seldom(self, bot: int, first: int, until: int) -> Integers:
        """Return a bot's cash, margin and pending orders in these frames."""
        count = self._change_count
        changes = self._changes[:count]
        own = changes[changes[:, _BOT] == bot]
        places = np.searchsorted(own[:, _FRAME], np.arange(first, until), side="right") - 1
        return own[places, _VALUES:]

    def _reserve(self, bots: int) -> None:
        """Make room for bots numbered below `bots`."""
        if bots <= self._bot_room:
            return
        room = max(bots, 2 * self._bot_room)
        more = room - self._bot_room
        self._until = np.concatenate([self._until, np.zeros(more, np.int64)])
        blank = np.full((more, len(_SELDOM)), schema.MISSING, np.int64)
        self._last = np.concatenate([self._last, blank])
        self._blocks = [np.pad(block, ((0, 0), (0, more))) for block in self._blocks]
        self._bot_room = room


def _with_room(values: Integers, count: int) -> Integers:
    """Return an array with the same rows and room for `count`, grown by doubling."""
    if count <= len(values):
        return values
    grown = np.zeros((max(count, 2 * len(values)), *values.shape[1:]), np.int64)
    grown[: len(values)] = values
    return grown
