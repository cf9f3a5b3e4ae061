"""Frames of a day in plain Python, written from the engine's page; judges the kernels."""

from typing import NamedTuple

MISSING = -1


class QuoteRow(NamedTuple):
    ts: int
    instrument: int
    bid: int
    ask: int


class Frames(NamedTuple):
    """clock: (ts, arrival, spot) a frame; quotes: per instrument (bid, ask, mark2) a frame."""

    clock: list[tuple[int, int, int]]
    quotes: list[list[tuple[int, int, int]]]
    updated: list[list[int]]


def build_frames(
    rows: list[QuoteRow], prints: list[tuple[int, int]], instruments: int, close_ns: int
) -> Frames:
    stamps = sorted({row.ts for row in rows} | {ts for ts, _ in prints} | {close_ns})
    clock, quotes, updated = [], [], []
    for ts in stamps:
        seen = [last for at, last in prints if at <= ts]
        clock.append((ts, ts, seen[-1] if seen else MISSING))
    for instrument in range(instruments):
        own = [row for row in rows if row.instrument == instrument]
        quotes.append([_quote([row for row in own if row.ts <= ts]) for ts in stamps])
        updated.append([_last_frame([row.ts for row in own], ts, stamps) for ts in stamps])
    return Frames(clock, quotes, updated)


def _sides(row: QuoteRow) -> tuple[int, int]:
    if row.ask <= 0:
        return MISSING, MISSING
    return max(row.bid, 0), row.ask


def _quote(past: list[QuoteRow]) -> tuple[int, int, int]:
    """The present quote and mark2; of several rows with one stamp only the last ever stood."""
    stood = [row for row, after in zip(past, [*past[1:], None]) if not after or after.ts != row.ts]
    if not stood:
        return MISSING, MISSING, MISSING
    bid, ask = _sides(stood[-1])
    valid = [sides for sides in map(_sides, stood) if sides[1] != MISSING and sides[0] <= sides[1]]
    if not valid:
        return bid, ask, MISSING
    mark = sum(valid[-1])
    is_regular = ask != MISSING and 0 < bid <= ask
    return bid, ask, mark if is_regular else -2 - mark


def _last_frame(stamps_of_rows: list[int], ts: int, stamps: list[int]) -> int:
    past = [at for at in stamps_of_rows if at <= ts]
    return stamps.index(past[-1]) if past else -1
