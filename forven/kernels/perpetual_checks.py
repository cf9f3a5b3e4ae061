"""What the perpetual kernel's arrays must hold, so that no index and no sum in it can fail.

`check_stream` looks at all that is read, once; `check_states` where states come from elsewhere than
the kernel; `check_call` at lengths and cursors on every call. Errors: InvalidInput, naming the
argument, the row, what was expected and what was found. Reasons of the bounds stand beside them.
What is refused is what `engine_rs/kernels/src/perpetual/checks.rs` refuses, by the same argument.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from forven.kernels import perpetual_schema as p
from forven.kernels import schema as s
from forven.kernels.perpetual_arrays import PerpetualArrays
from forven.primitives.errors import InvalidInput

Integers = npt.NDArray[np.int64]
Bounds = Mapping[str, tuple[int, int]]

TIME_MAX = 2**62
DURATION_MAX = 2**61
"""Added to a moment, with both latencies, no sum leaves int64."""
RATE_MAX = 9 * p.RATE_UNIT // 100
"""The split product of a larger rate would leave int64."""
FUNDING_MAX = 10**18
"""Micros that the largest position pays in funding over the whole stream."""
MONEY_MAX = 2 * p.EQUITY_MAX
"""Micros a state may hold: one frame adds less than as much again."""
PPM_MAX = 100_000
LEVERAGE_MAX = 1_000_000
OFFSET_TICKS_MAX = 1_000
ORDERS_MAX = 4_096
FIGURES_MAX = 9
CAP_MAX = 1_000 * p.PRICE_MAX
"""Quanta that an order may be told to concede at most, where that is told."""
CONCESSION_MAX = 2**32
"""Ticks conceded; a frame concedes at most one."""
COUNT_MAX = 2**60

_ANY = (0, s.INT64_MAX)
_FLAG = (0, 1)

BOOK_BOUNDS: Bounds = {
    "TS": (0, TIME_MAX),
    "ARRIVAL": (0, TIME_MAX),
    "BID": (s.MISSING, p.PRICE_MAX),
    "ASK": (s.MISSING, p.PRICE_MAX),
    "BID_SIZE": (0, p.SIZE_MAX),
    "ASK_SIZE": (0, p.SIZE_MAX),
    "MARK2": (s.MISSING, 2 * p.PRICE_MAX),
    "PRINTS": _ANY,
}
PRINT_BOUNDS: Bounds = {
    "PRICE": (1, p.PRICE_MAX),
    "SIZE": (0, p.SIZE_MAX),
    "AGGRESSOR": (-1, 1),
}
FUNDING_BOUNDS: Bounds = {
    "TS": (0, TIME_MAX),
    "RATE": (-RATE_MAX, RATE_MAX),
    "ORACLE": (1, p.PRICE_MAX),
}
TIER_BOUNDS: Bounds = {"FROM": (0, p.EQUITY_MAX), "LEVERAGE": (1, LEVERAGE_MAX)}
CONTRACT_BOUNDS: Bounds = {
    "VALUE": (1, p.EXPOSURE_MAX),
    "FIGURES": (0, FIGURES_MAX),
    "WHOLE": (1, p.PRICE_MAX),
    "TICK": (1, p.PRICE_MAX),
    "VALUE_MIN": (0, p.EQUITY_MAX),
    "OPEN": (0, TIME_MAX),
    "END": _ANY,
    "ORDERS": (1, ORDERS_MAX),
}
PLAN_BOUNDS: Bounds = {
    "FILL_MODEL": (p.FILL_TOUCH, p.FILL_QUEUE_PROBABILISTIC),
    "QUEUE_POWER": (0, 3),
    "FEED_LATENCY_NS": (0, p.LATENCY_NS_MAX),
    "ORDER_LATENCY_NS": (0, p.LATENCY_NS_MAX),
    "MAKER_PPM": (-PPM_MAX, PPM_MAX),
    "TAKER_PPM": (-PPM_MAX, PPM_MAX),
    "LEVERAGE": (1, LEVERAGE_MAX),
    "HALT_LOSS": _ANY,
    "MAX_ORDERS": _ANY,
    "STALENESS_NS": _ANY,
    "OPENING_ENABLED": _FLAG,
    "OPENING_NUDGE_NS": _ANY,
    "OPENING_INTERVAL_NS": _ANY,
    "OPENING_TOLERANCE_TICKS": (0, p.PRICE_MAX),
    "MAX_CONCESSION": _ANY,
    "CLOSING_ENABLED": _FLAG,
    "CLOSING_NUDGE_NS": _ANY,
    "CLOSING_INTERVAL_NS": _ANY,
    "PARTIAL_FROM": _ANY,
    "PARTIAL_PPM": (1, p.PER_MILLION),
    "COOLDOWN_NS": (0, DURATION_MAX),
    "BACKSTOP_PPM": (0, p.PER_MILLION),
    "QUOTE_LOTS": (0, p.EXPOSURE_MAX),
    "QUOTE_OFFSET_TICKS": (0, OFFSET_TICKS_MAX),
    "QUOTE_POSITION_MAX": _ANY,
    "QUOTE_RETRY_NS": (0, DURATION_MAX),
    "REQUOTE_ROWS": _FLAG,
    "COMMAND_FROM": (0, COUNT_MAX),
    "COMMAND_COUNT": (0, COUNT_MAX),
}
COMMAND_BOUNDS: Bounds = {"DUE": (0, TIME_MAX)}
STATE_BOUNDS: Bounds = {
    "STATUS": (s.STATUS_RUNNING, p.STATUS_LIQUIDATED),
    "CASH": (-MONEY_MAX - FUNDING_MAX, MONEY_MAX + FUNDING_MAX),
    "OPENING_EQUITY": (-MONEY_MAX, MONEY_MAX),
    "EQUITY": (-MONEY_MAX, MONEY_MAX),
    "PEAK_EQUITY": (-MONEY_MAX, MONEY_MAX),
    "MAX_DRAWDOWN": _ANY,
    "NEXT_ORDER": (1, COUNT_MAX),
    "SEQUENCE": (0, COUNT_MAX),
    "POSITION": (-p.EXPOSURE_MAX, p.EXPOSURE_MAX),
    "COST": (-MONEY_MAX, MONEY_MAX),
    "FEES": (-MONEY_MAX, MONEY_MAX),
    "FUNDING": (-FUNDING_MAX, FUNDING_MAX),
    "FILLS": (0, COUNT_MAX),
    "REPLACES": (0, COUNT_MAX),
    "TAKEN_BID": (0, p.SIZE_MAX),
    "TAKEN_ASK": (0, p.SIZE_MAX),
    "LIQUIDATED_TS": (s.MISSING, TIME_MAX),
    "RETRY_BUY_TS": (0, TIME_MAX + DURATION_MAX),
    "RETRY_SELL_TS": (0, TIME_MAX + DURATION_MAX),
}
ORDER_BOUNDS: Bounds = {
    "ID": (0, COUNT_MAX),
    "KIND": (s.ORDER_MARKET, s.ORDER_STOP),
    "SIDE": (-1, 1),
    "ORIGIN": (s.ORIGIN_COMMAND, p.ORIGIN_QUOTE),
    "LEFT": (1, p.EXPOSURE_MAX),
    "PRICE": (0, p.PRICE_MAX),
    "POST_ONLY": _FLAG,
    "REDUCE_ONLY": _FLAG,
    "IMMEDIATE": _FLAG,
    "PEGGED": _FLAG,
    "OFFSET_TICKS": (0, OFFSET_TICKS_MAX),
    "AGGRESSIVE": _FLAG,
    "AHEAD": (0, p.UNKNOWN_AHEAD),
    "LEVEL": (s.MISSING, p.SIZE_MAX),
    "INTENDED": (-p.PRICE_MAX, p.PRICE_MAX),
    "CONCESSION": (0, CONCESSION_MAX),
    "HAS_REFERENCE": _FLAG,
    "REFERENCE2": (-2 * p.PRICE_MAX, 2 * p.PRICE_MAX),
    "FLAT_SINCE": (0, TIME_MAX),
    "LAST_NUDGE": (0, TIME_MAX),
    "LAST_REPLACE": (0, TIME_MAX),
    "PLACED_TS": (0, TIME_MAX),
    "FLIGHT_TS": _ANY,
    "FLIGHT_PRICE": (0, p.PRICE_MAX),
}


def check_stream(arrays: PerpetualArrays) -> None:
    """Refuse a stream, plans and commands that the kernel cannot take, wherever it be."""
    _check_shapes(arrays)
    _check_columns("contract", "", "CONTRACT", arrays.contract[:, None], CONTRACT_BOUNDS)
    _check_columns("tiers", "tier", "TIER", arrays.tiers.T, TIER_BOUNDS)
    _check_tiers(arrays.tiers)
    _check_book(arrays.book, len(arrays.prints))
    _check_columns("prints", "print", "PRINT", arrays.prints.T, PRINT_BOUNDS)
    _check_columns("fundings", "funding", "FUNDING", arrays.fundings.T, FUNDING_BOUNDS)
    _check_fundings(arrays.fundings)
    _check_columns("plans", "bot", "PLAN", arrays.plans.T, PLAN_BOUNDS)
    _check_columns("commands", "command", "COMMAND", arrays.commands.T, COMMAND_BOUNDS)
    _check_plans(arrays)


def check_states(arrays: PerpetualArrays, state: Integers) -> None:
    """Refuse states that the kernel cannot have left, as far as its indices and sums go."""
    _check_state_shape(arrays, state)
    _check_cursors(arrays, state)
    acting = np.flatnonzero(~_has_ended(state))
    state = state[acting]
    _check_columns("state", "bot", "STATE", state.T, STATE_BOUNDS, acting)
    orders = state[:, p.STATE_HEADER_WIDTH :].reshape(len(state), arrays.orders, p.ORDER_WIDTH)
    is_used = np.arange(arrays.orders) < state[:, [p.STATE_ORDER_COUNT]]
    used = orders[is_used]
    rows, _ = np.nonzero(is_used)
    bots = acting[rows]
    _check_columns("state", "an order of bot", "ORDER", used.T, ORDER_BOUNDS, bots)
    _refuse("state", "SIDE -1 or 1 of an order of bot", used[:, p.ORDER_SIDE] == 0, bots)
    aheads = used[:, p.ORDER_AHEAD]
    is_beyond = (aheads > p.SIZE_MAX) & (aheads != p.UNKNOWN_AHEAD)
    _refuse("state", f"AHEAD up to {p.SIZE_MAX} of an order of bot", is_beyond, bots)
    is_new = used[:, p.ORDER_ID] >= state[rows, p.STATE_NEXT_ORDER]
    _refuse("state", "ID below NEXT_ORDER of an order of bot", is_new, bots)
    is_landed = is_used & (orders[:, :, p.ORDER_ID] != 0)
    is_flatten = orders[:, :, p.ORDER_ORIGIN] == s.ORIGIN_FLATTEN
    flatten, counted = (
        np.where(is_landed & which, orders[:, :, p.ORDER_LEFT], 0).sum(axis=1)
        for which in (is_flatten, ~is_flatten)
    )
    most = p.EXPOSURE_MAX // int(arrays.contract[p.CONTRACT_VALUE])
    exposure = np.abs(state[:, p.STATE_POSITION]) + counted
    words = f"position and landed orders up to {most} lots of bot"
    _refuse("state", words, exposure > most, acting)
    _refuse("state", f"flatten orders up to {most} lots of bot", flatten > most, acting)


def check_call(arrays: PerpetualArrays, state: Integers, journal: Integers, frame_to: int) -> None:
    """Refuse lengths, cursors and a frame that do not fit the arrays checked before."""
    _check_state_shape(arrays, state)
    _check_table("journal", journal, s.JOURNAL_WIDTH)
    is_whole = isinstance(frame_to, int | np.integer)
    if not is_whole or not 0 <= frame_to <= arrays.frames:
        raise InvalidInput(f"frame_to: expected 0 to {arrays.frames}, found {frame_to}")
    _check_cursors(arrays, state)


def _check_shapes(arrays: PerpetualArrays) -> None:
    """Refuse arrays of a wrong kind or width."""
    book, contract = arrays.book, arrays.contract
    _check_array("book", book)
    if book.ndim != 2 or len(book) != p.BOOK_ROWS:
        raise InvalidInput(f"book: expected {p.BOOK_ROWS} rows, found shape {book.shape}")
    _check_memory("book", book)
    _check_array("contract", contract)
    if contract.shape != (p.CONTRACT_WIDTH,):
        raise InvalidInput(
            f"contract: expected shape ({p.CONTRACT_WIDTH},), found {contract.shape}"
        )
    _check_memory("contract", contract)
    for name, width in (
        ("prints", p.PRINT_WIDTH),
        ("fundings", p.FUNDING_WIDTH),
        ("tiers", p.TIER_WIDTH),
        ("plans", p.PLAN_WIDTH),
        ("commands", p.COMMAND_WIDTH),
    ):
        _check_table(name, getattr(arrays, name), width)


def _check_array(argument: str, array: Integers) -> None:
    """Refuse what is no int64 array whose memory is in order."""
    if not isinstance(array, np.ndarray):
        raise InvalidInput(f"{argument}: expected an array, found {type(array).__name__}")
    if array.dtype != np.dtype("=i8"):
        raise InvalidInput(f"{argument}: expected int64, found {array.dtype}")


def _check_memory(argument: str, array: Integers) -> None:
    """Refuse an array whose memory is not in order."""
    if not array.flags.c_contiguous or not array.flags.aligned:
        raise InvalidInput(
            f"{argument}: expected aligned C-contiguous memory, found strides {array.strides}"
        )


def _check_table(argument: str, table: Integers, width: int) -> None:
    """Refuse anything but int64 rows of a width."""
    _check_array(argument, table)
    if table.ndim != 2 or table.shape[1] != width:
        raise InvalidInput(f"{argument}: expected {width} columns, found shape {table.shape}")
    _check_memory(argument, table)


def _check_columns(
    argument: str,
    row: str,
    prefix: str,
    columns: Integers,
    bounds: Bounds,
    numbers: Integers | None = None,
) -> None:
    """Refuse the first value outside its column's bounds, whose row is named by `numbers`."""
    if not columns.shape[1]:
        return
    for name, (low, high) in bounds.items():
        column = columns[getattr(p, f"{prefix}_{name}")]
        if column.min() < low or column.max() > high:
            at = int(np.flatnonzero((column < low) | (column > high))[0])
            where = f" of {row} {at if numbers is None else numbers[at]}" if row else ""
            raise InvalidInput(
                f"{argument}: expected {name}{where} from {low} to {high}, found {column[at]}"
            )


def _refuse(
    argument: str,
    expected: str,
    is_bad: npt.NDArray[np.bool_],
    numbers: Integers | None = None,
) -> None:
    """Refuse the first row that is bad, named by `numbers`."""
    if is_bad.any():
        at = int(is_bad.argmax())
        number = at if numbers is None else numbers[at]
        raise InvalidInput(f"{argument}: expected {expected} {number}, found another")


def _check_tiers(tiers: Integers) -> None:
    """Refuse tiers that do not begin at 0 and rise."""
    if not len(tiers) or tiers[0, p.TIER_FROM] != 0:
        raise InvalidInput("tiers: expected a first tier FROM 0, found none")
    _refuse("tiers", "rising FROM before tier", np.diff(tiers[:, p.TIER_FROM], prepend=-1) <= 0)


def _check_book(book: Integers, prints: int) -> None:
    """Refuse frames out of order, prices of 0, and counts of prints beyond `prints`."""
    _check_columns("book", "frame", "BOOK", book, BOOK_BOUNDS)
    _refuse("book", "TS rising up to frame", np.diff(book[p.BOOK_TS], prepend=-1) <= 0)
    for name in ("BID", "ASK", "MARK2"):
        is_none = book[getattr(p, f"BOOK_{name}")] == 0
        _refuse("book", f"{name} above 0, or {s.MISSING}, in frame", is_none)
    is_known = np.logical_or.accumulate(book[p.BOOK_MARK2] != s.MISSING)
    is_lost = is_known & (book[p.BOOK_MARK2] == s.MISSING)
    _refuse("book", "MARK2 known, as before, in frame", is_lost)
    counts = book[p.BOOK_PRINTS]
    _refuse("book", "PRINTS not falling at frame", np.diff(counts, prepend=0) < 0)
    _refuse("book", f"PRINTS up to {prints} in frame", counts > prints)


def _check_fundings(fundings: Integers) -> None:
    """Refuse rows out of order, and payments that the largest position could not make."""
    stamps = fundings[:, p.FUNDING_TS]
    _refuse("fundings", "TS not falling at funding", np.diff(stamps, prepend=0) < 0)
    rates = np.abs(fundings[:, p.FUNDING_RATE]).astype(object)
    exact = rates * fundings[:, p.FUNDING_ORACLE].astype(object) * p.EXPOSURE_MAX
    total = int((exact // p.RATE_UNIT + 1).sum())
    if total > FUNDING_MAX:
        raise InvalidInput(
            f"fundings: expected payments of at most {FUNDING_MAX} micros in all on the largest "
            f"position, found {total}; take a shorter stream"
        )


def _check_plans(arrays: PerpetualArrays) -> None:
    """Refuse a session that ends before it opens, and commands missing or out of order."""
    opens, ends = (int(arrays.contract[at]) for at in (p.CONTRACT_OPEN, p.CONTRACT_END))
    if ends < opens:
        raise InvalidInput(f"contract: expected END from OPEN {opens} on, found {ends}")
    plans, commands = arrays.plans, arrays.commands
    most = plans[:, p.PLAN_MAX_CONCESSION]
    is_beyond = (most > CAP_MAX) & (most != s.INT64_MAX)
    _refuse("plans", f"MAX_CONCESSION up to {CAP_MAX}, or none, of bot", is_beyond)
    is_flat = plans[:, p.PLAN_QUEUE_POWER] == 0
    is_flat &= plans[:, p.PLAN_FILL_MODEL] == p.FILL_QUEUE_PROBABILISTIC
    _refuse("plans", "QUEUE_POWER from 1 of bot", is_flat)
    first, count = plans[:, p.PLAN_COMMAND_FROM], plans[:, p.PLAN_COMMAND_COUNT]
    is_beyond = first + np.minimum(count, len(commands) + 1) > len(commands)
    _refuse("plans", f"commands up to {len(commands)} of bot", is_beyond)
    falls = np.concatenate([[0], np.cumsum(np.diff(commands[:, p.COMMAND_DUE]) < 0)])
    last = np.maximum(first + count - 1, first)
    is_used = count > 0
    begins, ends_at = falls[np.where(is_used, first, 0)], falls[np.where(is_used, last, 0)]
    _refuse("commands", "DUE not falling among those of bot", ends_at > begins)


def _check_state_shape(arrays: PerpetualArrays, state: Integers) -> None:
    """Refuse states that are not one row a plan."""
    width = p.STATE_HEADER_WIDTH + arrays.orders * p.ORDER_WIDTH
    _check_table("state", state, width)
    if len(state) != len(arrays.plans):
        raise InvalidInput(f"state: expected {len(arrays.plans)} bots, found {len(state)}")


def _check_cursors(arrays: PerpetualArrays, state: Integers) -> None:
    """Refuse counts and cursors beyond what they point into."""
    counts = arrays.plans[:, p.PLAN_COMMAND_COUNT]
    for name, most in (
        ("FRAME", arrays.frames),
        ("ORDER_COUNT", arrays.orders),
        ("COMMAND_CURSOR", counts),
        ("FUNDING_CURSOR", len(arrays.fundings)),
    ):
        column = state[:, getattr(p, f"STATE_{name}")]
        is_beyond = (column < 0) | (column > most)
        _refuse("state", f"{name} in range of bot", is_beyond & ~_has_ended(state))


def _has_ended(state: Integers) -> npt.NDArray[np.bool_]:
    """Return which bots have ended: nothing more is done with their rows."""
    status = state[:, p.STATE_STATUS]
    has_ended: npt.NDArray[np.bool_] = status >= s.STATUS_ENDED
    return has_ended & (status <= p.STATUS_LIQUIDATED)
