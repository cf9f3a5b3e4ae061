"""Row rules: what is wrong with a row, in one order, and what is worth counting about a good one.

Every kind has one sentence; `docs/DATA.md` lists the same ones. A row that breaks a rule of
`BAD_ROWS` is dropped and counted under the first it breaks; a file with more than 1 % of them is
refused whole. Rows of `LEFT_OUT` are healthy but no part of a 0DTE session. `NOTED` rows stay.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from forven.market.instruments import CARDS, STRIKE_QUANTA_MAX
from forven.market.readers.rows import UNKNOWN_RIGHT, Numbers, RowBlock
from forven.market.schema import MISSING

BAD_SHARE_PERCENT_MAX = 1
PRICE_QUANTA_MAX = 100_000_000
_SIZE_MAX = 2**31 - 1
MORNING_SETTLED_ROOTS = ("SPX",)

BAD_ROWS = {
    "unreadable_ts": "the stamp is missing or cannot be read",
    "bad_expiry": "the expiry or the option symbol is missing or cannot be read",
    "unknown_right": "the right is neither a call nor a put",
    "bad_strike": "the strike is missing, not above 0, too large or finer than 0.01",
    "not_finite": "a price is NaN, infinite or no number",
    "negative_price": "a price is below 0",
    "off_cent": "a price is no multiple of 0.01",
    "too_large": "a price is above 1,000,000.00",
}
LEFT_OUT = {
    "other_expiry": "the contract does not expire on the row's day",
    "morning_settled": "the root is SPX: it settled in the morning and does not trade on that day",
    "other_root": "forven has no card for the option root",
    "before_open": "the row is stamped before the open",
    "after_close": "the row is stamped after the close: a frozen quote of an expired contract",
    "duplicate": "a later row of the file has the same stamp and contract: the last one counts",
}
NOTED = {
    "zero_bid": "bid 0, or no bid beside an ask: nobody bids; healthy",
    "one_sided": "no ask, or ask 0: the row says that there is no quote on either side",
    "crossed": "the bid is above the ask: kept, the engine does not trade on it",
    "bad_size": "a size is negative or no number: taken as not known",
    "sorted": "the time went backwards at this row: `--sort` put it in order",
    "underlying_rounded": "a value of the underlying was rounded to 0.01, half to even",
    "bad_underlying": "a value of the underlying is missing, not a number or not above 0: left out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the rules say of a block: `bad` holds the code of the first rule broken, -1 if none.

    strike, bid, ask  int64 quanta, meaningful where a row is not bad; a missing side is MISSING
    """

    bad: np.ndarray
    left_out: np.ndarray
    strike: np.ndarray
    bid: np.ndarray
    ask: np.ndarray


def judge(block: RowBlock) -> Judged:
    """Return what the rules say of each row of a block."""
    strike = block.strike
    whole_strike = is_whole(strike) & (strike.values > 0.5) & (strike.values <= STRIKE_QUANTA_MAX)
    prices = (block.bid, block.ask)
    broken = {
        "unreadable_ts": ~block.ts_read,
        "bad_expiry": ~block.expiry_read,
        "unknown_right": block.right == UNKNOWN_RIGHT,
        "bad_strike": ~whole_strike,
        "not_finite": _either(prices, lambda p: ~np.isfinite(p.values)),
        "negative_price": _either(prices, lambda p: p.values < 0),
        "off_cent": _either(prices, lambda p: ~is_whole(p)),
        "too_large": _either(prices, lambda p: p.values > PRICE_QUANTA_MAX),
    }
    bad = _first_of(broken, tuple(BAD_ROWS))
    names = np.array([_root_kind(root) for root in block.roots], np.int8)
    kind = names[block.root]
    outside = {
        "other_expiry": block.expiry != block.day,
        "morning_settled": kind == 1,
        "other_root": kind == 2,
    }
    ask = _quanta(block.ask, bad)
    no_quote = (ask == MISSING) | (ask == 0)
    bid = _quanta(block.bid, bad)
    return Judged(
        bad=bad,
        left_out=_first_of(outside, tuple(LEFT_OUT)),
        strike=np.where(bad < 0, np.rint(np.where(whole_strike, strike.values, 0)), 0).astype("i8"),
        bid=np.where(no_quote, MISSING, np.where(bid == MISSING, 0, bid)),
        ask=np.where(no_quote, MISSING, ask),
    )


def size_lots(sizes: Numbers) -> tuple[np.ndarray, np.ndarray]:
    """Return int64 sizes in lots (MISSING where unknown), and a flag where one was unusable."""
    usable = np.isfinite(sizes.values) & (sizes.values >= 0) & (sizes.values <= _SIZE_MAX)
    lots = np.where(usable, np.rint(np.where(usable, sizes.values, 0)), MISSING)
    return lots.astype(np.int64), ~usable & ~sizes.absent


def is_whole(numbers: Numbers) -> np.ndarray:
    """Return where a number is a whole quantum, as near as its storage can tell."""
    with np.errstate(invalid="ignore"):
        return np.abs(numbers.values - np.rint(numbers.values)) <= numbers.tolerance


def _root_kind(root: str) -> int:
    if root in CARDS:
        return 0
    return 1 if root in MORNING_SETTLED_ROOTS else 2


def _either(prices: tuple[Numbers, Numbers], test: Callable[[Numbers], np.ndarray]) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.logical_or(*(test(price) & ~price.absent for price in prices))


def _quanta(price: Numbers, bad: np.ndarray) -> np.ndarray:
    there = ~price.absent & (bad < 0)
    return np.where(there, np.rint(np.where(there, price.values, 0)), MISSING).astype(np.int64)


def _first_of(flags: dict[str, np.ndarray], kinds: tuple[str, ...]) -> np.ndarray:
    """Return the code in `kinds` of the first flag that is set, -1 where none is."""
    code = np.full(next(iter(flags.values())).shape, -1, np.int8)
    for name, flag in reversed(list(flags.items())):
        code[flag] = kinds.index(name)
    return code
