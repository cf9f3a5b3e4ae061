"""What a day's data is worth, in counts: rows as stored, quotes as the frames have them."""

from dataclasses import asdict, dataclass, fields
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from forven.kernels.schema import CALL, CLOCK_SPOT, MISSING, PUT, QUOTE_ASK, QUOTE_BID
from forven.market.columns import DayColumns, columns_of
from forven.market.day import MarketDay
from forven.market.ticks import DayTicks

_NOT_SUMMED = {"gap_ns_max", "missing_quotes_share"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayQuality:
    """Counts of one day; a row is a stored row of the session, a quote is a cell of [N, T].

    rows         quote_rows, print_rows, rows outside the session, and of the quote rows: without a
                 bid (ask there), without an ask (bid there), without either, crossed (bid > ask),
                 locked (bid = ask), duplicates (a later row of the instrument has the same stamp)
    frames       the one at the close included; gap_ns_max is the longest wait from one to the
                 next, the open included, and begins at gap_from_ns
    coverage     share of missing quotes, instruments never quoted, frames without an underlying
    arbitrage    quotes where a vertical could be bought below zero
    read_counts  rows left out or mended by the reader, by kind
    """

    quote_rows: int
    print_rows: int
    outside_rows: int
    zero_bid_rows: int
    no_ask_rows: int
    empty_rows: int
    crossed_rows: int
    locked_rows: int
    duplicate_rows: int
    frames: int
    instruments: int
    strikes: int
    first_row_ns: int
    last_row_ns: int
    gap_ns_max: int
    gap_from_ns: int
    missing_quotes_share: float
    never_quoted: int
    frames_without_underlying: int
    vertical_arbitrage: int
    settlement: int | None
    settlement_estimated: bool
    read_counts: dict[str, int]

    def as_dict(self) -> dict[str, object]:
        """Return the counts as plain values, in the order above."""
        return asdict(self)


def quality_of(ticks: DayTicks, market: MarketDay) -> DayQuality:
    """Return the quality of a day from its ticks and the frames built from them."""
    columns = columns_of(ticks)
    bounds = market.bounds
    inside = columns.between(bounds.open_ns, bounds.close_ns)
    stamps = np.concatenate(([bounds.open_ns], market.ts))
    gaps = np.diff(stamps)
    widest = int(np.argmax(gaps))
    rows_ts = [ts for ts in (inside.quote_ts, inside.print_ts) if ts.size]
    bid, ask = market.quotes[QUOTE_BID], market.quotes[QUOTE_ASK]
    missing = ask == MISSING
    outside = columns.quote_ts.size + columns.print_ts.size
    outside -= inside.quote_ts.size + inside.print_ts.size
    return DayQuality(
        quote_rows=int(inside.quote_ts.size),
        print_rows=int(inside.print_ts.size),
        outside_rows=int(outside),
        **_row_counts(inside),
        duplicate_rows=_duplicates(inside),
        frames=market.frame_count,
        instruments=len(market.symbols),
        strikes=int(np.unique(market.strikes).size),
        first_row_ns=min(int(ts[0]) for ts in rows_ts),
        last_row_ns=max(int(ts[-1]) for ts in rows_ts),
        gap_ns_max=int(gaps[widest]),
        gap_from_ns=int(stamps[widest]),
        missing_quotes_share=float(missing.mean()),
        never_quoted=int(missing.all(axis=1).sum()),
        frames_without_underlying=int((market.clock[CLOCK_SPOT] == MISSING).sum()),
        vertical_arbitrage=_vertical_arbitrage(market, bid, ask),
        settlement=market.settlement,
        settlement_estimated=market.settlement_estimated,
        read_counts=dict(ticks.counts),
    )


def totals(days: list[DayQuality]) -> dict[str, int]:
    """Return the sums of the days' whole counts that can be summed, by name."""
    names = [
        field.name
        for field in fields(DayQuality)
        if field.type in (int, "int") and not field.name.endswith("_ns")
        if field.name not in _NOT_SUMMED | {"instruments", "strikes"}
    ]
    sums = {name: sum(getattr(day, name) for day in days) for name in names}
    sums["days"] = len(days)
    sums["days_with_estimated_settlement"] = sum(day.settlement_estimated for day in days)
    sums["days_without_settlement"] = sum(day.settlement is None for day in days)
    return sums


def _row_counts(columns: DayColumns) -> dict[str, int]:
    bid, ask = columns.quote_bid, columns.quote_ask
    quoted = ask > 0
    return {
        "zero_bid_rows": int((quoted & (bid <= 0)).sum()),
        "no_ask_rows": int((~quoted & (bid > 0)).sum()),
        "empty_rows": int((~quoted & (bid <= 0)).sum()),
        "crossed_rows": int((quoted & (bid > ask)).sum()),
        "locked_rows": int((quoted & (bid == ask)).sum()),
    }


def _duplicates(columns: DayColumns) -> int:
    """Count the rows that a later row of the same instrument and stamp replaces."""
    order = np.lexsort((columns.quote_ts, columns.quote_code))
    ts, code = columns.quote_ts[order], columns.quote_code[order]
    return int(((ts[1:] == ts[:-1]) & (code[1:] == code[:-1])).sum())


def _vertical_arbitrage(
    market: MarketDay, bid: npt.NDArray[np.int32], ask: npt.NDArray[np.int32]
) -> int:
    """Count where the farther strike's bid exceeds the nearer one's ask, neither being crossed."""
    count = 0
    for right in (CALL, PUT):
        of_right = np.flatnonzero(market.rights == right)
        for lower, higher in pairwise(of_right):
            sold, bought = (higher, lower) if right == CALL else (lower, higher)
            sound = (ask[bought] != MISSING) & (bid[bought] <= ask[bought])
            sound &= (ask[sold] != MISSING) & (bid[sold] <= ask[sold])
            count += int((sound & (bid[sold] > ask[bought])).sum())
    return count
