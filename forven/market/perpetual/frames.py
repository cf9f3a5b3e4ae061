"""Ticks of a perpetual to frames: checks the rows, carries quotes forward and counts prints."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from forven.kernels import perpetual_schema as layout
from forven.market.perpetual import rules, schema
from forven.market.perpetual.columns import table_columns
from forven.market.perpetual.contract import PerpetualContract
from forven.market.perpetual.rules import Columns
from forven.market.perpetual.stream import PerpetualStream
from forven.market.perpetual.ticks import PerpetualTicks
from forven.market.schema import MISSING
from forven.primitives.errors import InvalidInput, UntrustedData

RATE_MAX = 9 * layout.RATE_UNIT // 100
"""The largest funding rate: more would leave int64 on the largest notional."""
Stamps = npt.NDArray[np.int64]


def build_stream(
    contract: PerpetualContract,
    ticks: PerpetualTicks,
    *,
    open_ns: int | None = None,
    end_ns: int | None = None,
) -> PerpetualStream:
    """Return the frames of a contract's ticks; UntrustedData names the row and the reason.

    open_ns  rows before it are left out; None: the first row's moment
    end_ns   rows after it are left out, and a frame stands there; None: the data may go on
    """
    if open_ns is not None and end_ns is not None and end_ns <= open_ns:
        raise InvalidInput(f"end_ns: expected a moment after open_ns {open_ns}, found {end_ns}")
    counts = dict(ticks.counts)
    bounds = (open_ns, end_ns)
    quotes = table_columns("quotes", ticks.quotes, schema.QUOTES)
    quotes = _sound("quotes", quotes, rules.quote_codes(quotes), bounds, counts)
    trades = table_columns("trades", ticks.trades, schema.TRADES)
    trades = _sound("trades", trades, rules.trade_codes(trades), bounds, counts)
    marks = None
    if ticks.marks is not None:
        marks = table_columns("marks", ticks.marks, schema.MARKS)
        marks = _sound("marks", marks, rules.mark_codes(marks), bounds, counts)
    stamps = [quotes["ts"], trades["ts"], *([] if marks is None else [marks["ts"]])]
    if end_ns is not None:
        stamps.append(np.array([end_ns], np.int64))
    frames = _frame_stamps(stamps)
    if not quotes["ts"].size:
        raise UntrustedData("quotes: expected at least one row inside the bounds, found none")
    book = _book(frames, quotes, trades, counts)
    if marks is not None:
        book[layout.BOOK_MARK2] = _carried(frames, marks["ts"], 2 * marks["mark"])
    _note(book, counts)
    return PerpetualStream(
        contract=contract,
        book=book,
        prints=_prints(trades),
        fundings=_checked_fundings(ticks.fundings),
        open_ns=int(frames[0]) if open_ns is None else open_ns,
        end_ns=end_ns,
        counts={kind: count for kind, count in sorted(counts.items()) if count},
    )


def with_fundings(stream: PerpetualStream, fundings: npt.NDArray[np.int64]) -> PerpetualStream:
    """Return a stream with other funding rows; UntrustedData if they cannot be trusted."""
    return replace(stream, fundings=_checked_fundings(fundings))


def _sound(
    what: str,
    columns: Columns,
    codes: npt.NDArray[np.int8],
    bounds: tuple[int | None, int | None],
    counts: dict[str, int],
) -> Columns:
    """Return the rows of a table that are good and inside the bounds, counting the others."""
    rules.check_order(what, columns["ts"])
    columns = rules.kept(what, columns, codes, counts)
    ts = columns["ts"]
    open_ns, end_ns = bounds
    first = 0 if open_ns is None else int(np.searchsorted(ts, open_ns, side="left"))
    last = ts.size if end_ns is None else int(np.searchsorted(ts, end_ns, side="right"))
    counts["before_open"] = counts.get("before_open", 0) + first
    counts["after_end"] = counts.get("after_end", 0) + ts.size - last
    return {name: column[first:last] for name, column in columns.items()}


def _frame_stamps(stamps: list[Stamps]) -> Stamps:
    """Return the distinct stamps of sorted arrays, in order."""
    there = [array for array in stamps if array.size]
    if not there:
        return np.zeros(0, np.int64)
    joined = there[0]
    for other in there[1:]:
        joined = np.insert(joined, np.searchsorted(joined, other, side="right"), other)
    distinct = np.ones(joined.size, np.bool_)
    np.not_equal(joined[1:], joined[:-1], out=distinct[1:])
    return joined if distinct.all() else joined[distinct]


def _book(
    frames: Stamps, quotes: Columns, trades: Columns, counts: dict[str, int]
) -> npt.NDArray[np.int64]:
    """Return the book of the frames: the last quote at or before each, and what was printed."""
    book = np.empty((layout.BOOK_ROWS, frames.size), np.int64)
    book[layout.BOOK_TS] = frames
    row = np.searchsorted(quotes["ts"], frames, side="right") - 1
    used = int(np.count_nonzero(np.diff(row, prepend=-1)))
    counts["superseded"] = counts.get("superseded", 0) + quotes["ts"].size - used
    known, row = row >= 0, np.maximum(row, 0)
    for side, size, side_row, size_row in (
        ("bid", "bid_size", layout.BOOK_BID, layout.BOOK_BID_SIZE),
        ("ask", "ask_size", layout.BOOK_ASK, layout.BOOK_ASK_SIZE),
    ):
        price = np.where(known, quotes[side][row], MISSING)
        book[side_row] = price
        book[size_row] = np.where(price == MISSING, 0, quotes[size][row])
    book[layout.BOOK_PRINTS] = np.searchsorted(trades["ts"], frames, side="right")
    book[layout.BOOK_MARK2] = _middles(book)
    arrival = frames.copy()
    for columns in (quotes, trades):
        if columns["arrival"] is not columns["ts"]:
            _take_arrivals(arrival, frames, columns, counts)
    book[layout.BOOK_ARRIVAL] = arrival
    return book


def _middles(book: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return bid + ask of the last two-sided uncrossed quote, MISSING before the first."""
    bid, ask = book[layout.BOOK_BID], book[layout.BOOK_ASK]
    regular = (bid != MISSING) & (ask != MISSING) & (bid <= ask)
    if regular.all():
        return bid + ask
    last = np.maximum.accumulate(np.where(regular, np.arange(bid.size), -1))
    return np.where(last >= 0, (bid + ask)[np.maximum(last, 0)], MISSING)


def _carried(frames: Stamps, ts: Stamps, values: Stamps) -> npt.NDArray[np.int64]:
    """Return the last value at or before each frame, MISSING before the first."""
    if not ts.size:
        return np.full(frames.size, MISSING, np.int64)
    row = np.searchsorted(ts, frames, side="right") - 1
    return np.where(row >= 0, values[np.maximum(row, 0)], MISSING)


def _take_arrivals(
    arrival: Stamps, frames: Stamps, columns: Columns, counts: dict[str, int]
) -> None:
    """Raise the frames' arrivals to those of their rows: a frame is there when its last row is."""
    early = int(np.count_nonzero(columns["arrival"] < columns["ts"]))
    counts["early_arrival"] = counts.get("early_arrival", 0) + early
    at = np.searchsorted(frames, columns["ts"])
    np.maximum.at(arrival, at, columns["arrival"])


def _prints(trades: Columns) -> npt.NDArray[np.int64]:
    """Return the trades as the kernel's rows."""
    prints = np.empty((trades["ts"].size, layout.PRINT_WIDTH), np.int64)
    prints[:, layout.PRINT_PRICE] = trades["last"]
    prints[:, layout.PRINT_SIZE] = trades["last_size"]
    prints[:, layout.PRINT_AGGRESSOR] = trades["aggressor"]
    return prints


def _note(book: npt.NDArray[np.int64], counts: dict[str, int]) -> None:
    """Count the frames whose quote is noteworthy."""
    bid, ask = book[layout.BOOK_BID], book[layout.BOOK_ASK]
    missing = (bid == MISSING) | (ask == MISSING)
    unquoted = (bid == MISSING) & (ask == MISSING)
    counts["unquoted"] = int(np.count_nonzero(unquoted))
    counts["one_sided"] = int(np.count_nonzero(missing & ~unquoted))
    counts["crossed"] = int(np.count_nonzero(~missing & (bid > ask)))
    counts["locked"] = int(np.count_nonzero(~missing & (bid == ask)))


def _checked_fundings(fundings: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return a copy of funding rows; times must rise, rates and oracles lie in range."""
    rows = np.array(fundings, np.int64).reshape(-1, layout.FUNDING_WIDTH)
    ts, rate, oracle = rows.T
    broken = (np.abs(rate) > RATE_MAX) | (oracle < 1) | (oracle > layout.PRICE_MAX) | (ts < 0)
    broken[1:] |= ts[1:] <= ts[:-1]
    if broken.any():
        row = int(np.argmax(broken))
        raise UntrustedData(
            f"fundings, row {row}: expected times that rise, a rate within 9 % and an oracle "
            f"price of 1 to {layout.PRICE_MAX} quanta, found {rows[row].tolist()}"
        )
    return np.ascontiguousarray(rows)
