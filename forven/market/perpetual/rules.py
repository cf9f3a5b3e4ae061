"""Row rules of a perpetual's ticks: what is wrong with a row, in one order, and what is noted.

A row that breaks a rule of `BAD_ROWS` is dropped and counted under the first it breaks; ticks with
more than 1 % of them are refused whole, naming the first. `LEFT_OUT` rows are healthy but no part
of the stream. `NOTED` rows stay. `docs/DATA.md` lists the same kinds.
"""

import numpy as np
import numpy.typing as npt

from forven.kernels.perpetual_schema import PRICE_MAX, SIZE_MAX
from forven.market.schema import MISSING
from forven.primitives.errors import UntrustedData

BAD_SHARE_PERCENT_MAX = 1

BAD_ROWS = {
    "bad_price": "a price is 0 or below and not the -1 of a missing side",
    "too_large": f"a price is above {PRICE_MAX:,} quanta",
    "bad_size": "a size is below 0",
    "size_too_large": f"a size is above {SIZE_MAX:,} lots",
    "bad_aggressor": "an aggressor is none of +1, -1 and 0",
    "bad_arrival": "a row arrived more than a minute before its own stamp, or before 1970",
}
LEFT_OUT = {
    "before_open": "the row is stamped before the stream begins",
    "after_end": "the row is stamped after the stream ends",
    "superseded": "a later quote has the same stamp: the last one counts",
}
NOTED = {
    "unquoted": "there is no quote on either side, or none yet: nothing is done in its frame",
    "one_sided": "one side of the quote is missing: nothing is done in its frame",
    "crossed": "the bid is above the ask: kept, nothing is done in its frame",
    "locked": "the bid is the ask: kept, regular",
    "early_arrival": "a row arrived before its own stamp (clocks differ): taken as arriving then",
    "finer_size": "a size is no whole number of lots: rounded down",
    "sorted": "the time went backwards at this row: put in order (recorded messages only)",
}
EARLY_ARRIVAL_NS_MAX = 60_000_000_000

Columns = dict[str, npt.NDArray[np.int64]]
Flags = npt.NDArray[np.bool_]


def quote_codes(columns: Columns) -> npt.NDArray[np.int8]:
    """Return the code of the first rule that each quote breaks, -1 where none."""
    bid, ask = columns["bid"], columns["ask"]
    bid_size = np.where(bid == MISSING, 0, columns["bid_size"])
    ask_size = np.where(ask == MISSING, 0, columns["ask_size"])
    return _first_of(
        {
            "bad_price": _is_no_side(bid) | _is_no_side(ask),
            "too_large": (bid > PRICE_MAX) | (ask > PRICE_MAX),
            "bad_size": (bid_size < 0) | (ask_size < 0),
            "size_too_large": (bid_size > SIZE_MAX) | (ask_size > SIZE_MAX),
            "bad_arrival": _is_absurd(columns),
        }
    )


def trade_codes(columns: Columns) -> npt.NDArray[np.int8]:
    """Return the code of the first rule that each trade breaks, -1 where none."""
    return _first_of(
        {
            "bad_price": columns["last"] < 1,
            "too_large": columns["last"] > PRICE_MAX,
            "bad_size": columns["last_size"] < 0,
            "size_too_large": columns["last_size"] > SIZE_MAX,
            "bad_aggressor": np.abs(columns["aggressor"]) > 1,
            "bad_arrival": _is_absurd(columns),
        }
    )


def mark_codes(columns: Columns) -> npt.NDArray[np.int8]:
    """Return the code of the first rule that each mark breaks, -1 where none."""
    mark = columns["mark"]
    return _first_of({"bad_price": mark < 1, "too_large": mark > PRICE_MAX})


def kept(
    what: str, columns: Columns, codes: npt.NDArray[np.int8], counts: dict[str, int]
) -> Columns:
    """Return the good rows, counting the bad; UntrustedData above 1 %, naming the first.

    what  the table's name in the error: `quotes`, `trades`, `marks`
    """
    bad = codes >= 0
    count = int(np.count_nonzero(bad))
    if not count:
        return columns
    kinds = tuple(BAD_ROWS)
    found, rows = np.unique(codes[bad], return_counts=True)
    broken = {kinds[code]: int(each) for code, each in zip(found, rows, strict=True)}
    if count * 100 > codes.size * BAD_SHARE_PERCENT_MAX:
        first = int(np.argmax(bad))
        listed = ", ".join(f"{kind} {each}" for kind, each in broken.items())
        raise UntrustedData(
            f"{what}, row {first}: {BAD_ROWS[kinds[codes[first]]]}. {count} of {codes.size} rows "
            f"are bad ({listed}); a table is refused whole above {BAD_SHARE_PERCENT_MAX} %"
        )
    for kind, each in broken.items():
        counts[kind] = counts.get(kind, 0) + each
    return {name: column[~bad] for name, column in columns.items()}


def check_order(what: str, ts: npt.NDArray[np.int64]) -> None:
    """Refuse a table whose time goes backwards, naming the row."""
    if ts.size and ts[0] < 0:
        raise UntrustedData(f"{what}, row 0: expected a stamp of 1970 or later, found one before")
    backwards = ts[1:] < ts[:-1]
    if backwards.any():
        row = int(np.argmax(backwards)) + 1
        raise UntrustedData(
            f"{what}, row {row}: expected times that do not go backwards, found "
            f"{int(ts[row - 1] - ts[row])} ns before the row above; sort the table by ts"
        )


def _is_no_side(price: npt.NDArray[np.int64]) -> Flags:
    return (price < 1) & (price != MISSING)


def _is_absurd(columns: Columns) -> Flags:
    arrival = columns["arrival"]
    return (arrival < 0) | (arrival < columns["ts"] - EARLY_ARRIVAL_NS_MAX)


def _first_of(flags: dict[str, Flags]) -> npt.NDArray[np.int8]:
    """Return the code in `BAD_ROWS` of the first flag that is set, -1 where none is."""
    kinds = tuple(BAD_ROWS)
    code = np.full(next(iter(flags.values())).shape, -1, np.int8)
    for name, flag in reversed(list(flags.items())):
        code[flag] = kinds.index(name)
    return code
