"""What the perpetual kernel's arrays must hold, so that no index and no sum in it can fail.

`check_stream` looks at all that is read, once; `check_states` where states come from elsewhere than
the kernel; `check_call` at lengths and cursors on every call. Errors: InvalidInput, naming the
argument, the row, what was expected and what was found. Reasons of the bounds stand beside them.
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

TIME_MAX = 4 * 10**18
"""With a duration as long, and both latencies, no moment leaves int64."""
RATE_MAX = 9 * p.RATE_UNIT // 100
"""The split product of a larger rate would leave int64."""
FUNDING_MAX = 10**18
"""Micros that the largest position pays in funding over the whole stream."""
MONEY_MAX = 2 * 10**18
"""Micros a state may hold: one frame adds less than as much again."""
PPM_MAX = 100_000
LEVERAGE_MAX = 1_000_000
TICKS_MAX = 1_000_000
OFFSET_TICKS_MAX = 1_000
ORDERS_MAX = 4_096
FIGURES_MAX = 17
CONCESSION_MAX = 1_000_000_000
"""Ticks conceded; a frame concedes at most one."""
COUNT_MAX = 2**62

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
TIER_BOUNDS: Bounds = {"FROM": (0, TIME_MAX), "LEVERAGE": (1, LEVERAGE_MAX)}
CONTRACT_BOUNDS: Bounds = {
    "VALUE": (1, p.EXPOSURE_MAX),
    "FIGURES": (0, FIGURES_MAX),
    "WHOLE": (1, p.PRICE_MAX),
    "TICK": (1, p.PRICE_MAX),
    "VALUE_MIN": _ANY,
    "OPEN": (0, TIME_MAX),
    "END": _ANY,
    "ORDERS": (1, ORDERS_MAX),
}
PLAN_BOUNDS: Bounds = {
    "FILL_MODEL": (p.FILL_TOUCH, p.FILL_QUEUE_PROBABILISTIC),
    "QUEUE_POWER": (1, 3),
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
    "OPENING_TOLERANCE_TICKS": (0, TICKS_MAX),
    "MAX_CONCESSION": _ANY,
    "CLOSING_ENABLED": _FLAG,
    "CLOSING_NUDGE_NS": _ANY,
    "CLOSING_INTERVAL_NS": _ANY,
    "PARTIAL_FROM": _ANY,
    "PARTIAL_PPM": (1, p.PER_MILLION),
    "COOLDOWN_NS": (0, TIME_MAX),
    "BACKSTOP_PPM": (0, p.PER_MILLION),
    "QUOTE_LOTS": (0, p.EXPOSURE_MAX),
    "QUOTE_OFFSET_TICKS": (0, OFFSET_TICKS_MAX),
    "QUOTE_POSITION_MAX": _ANY,
    "QUOTE_RETRY_NS": (0, TIME_MAX),
    "REQUOTE_ROWS": _FLAG,
    "COMMAND_FROM": (0, COUNT_MAX),
    "COMMAND_COUNT": (0, COUNT_MAX),
}
COMMAND_BOUNDS: Bounds = {"DUE": (0, TIME_MAX)}
STATE_BOUNDS: Bounds = {
    "STATUS": (s.STATUS_RUNNING, p.STATUS_LIQUIDATED),
    "CASH": (-MONEY_MAX, MONEY_MAX),
    "OPENING_EQUITY": (-MONEY_MAX, MONEY_MAX),
    "EQUITY": (-MONEY_MAX, MONEY_MAX),
    "PEAK_EQUITY": (-MONEY_MAX, MONEY_MAX),
    "MAX_DRAWDOWN": (0, 2 * MONEY_MAX),
    "NEXT_ORDER": (1, COUNT_MAX),
    "SEQUENCE": (0, COUNT_MAX),
    "POSITION": (-p.EXPOSURE_MAX, p.EXPOSURE_MAX),
    "COST": (-MONEY_MAX, MONEY_MAX),
    "FEES": (-MONEY_MAX, MONEY_MAX),
    "FUNDING": (-MONEY_MAX, MONEY_MAX),
    "FILLS": (0, COUNT_MAX),
    "REPLACES": (0, COUNT_MAX),
    "TAKEN_BID": (0, p.SIZE_MAX),
    "TAKEN_ASK": (0, p.SIZE_MAX),
    "LIQUIDATED_TS": (s.MISSING, TIME_MAX),
    "RETRY_BUY_TS": (0, 2 * TIME_MAX),
    "RETRY_SELL_TS": (0, 2 * TIME_MAX),
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
    _check_columns("state", "bot", "STATE", state.T, STATE_BOUNDS)
    orders = state[:, p.STATE_HEADER_WIDTH :].reshape(len(state), arrays.orders, p.ORDER_WIDTH)
    is_used = np.arange(arrays.orders) < state[:, [p.STATE_ORDER_COUNT]]
    used = orders[is_used]
    bots, _ = np.nonzero(is_used)
    _check_columns("state", "an order of bot", "ORDER", used.T, ORDER_BOUNDS, bots)
    _refuse("state", "SIDE -1 or 1 of an order of bot", used[:, p.ORDER_SIDE] == 0, bots)
    aheads = used[:, p.ORDER_AHEAD]
    is_beyond = (aheads > p.SIZE_MAX) & (aheads != p.UNKNOWN_AHEAD)
    _refuse("state", f"AHEAD up to {p.SIZE_MAX} of an order of bot", is_beyond, bots)
    is_new = used[:, p.ORDER_ID] >= state[bots, p.STATE_NEXT_ORDER]
    _refuse("state", "ID below NEXT_ORDER of an order of bot", is_new, bots)
    counted = is_used & (orders[:, :, p.ORDER_ID] != 0)
    counted &= orders[:, :, p.ORDER_ORIGIN] != s.ORIGIN_FLATTEN
    left = np.where(counted, orders[:, :, p.ORDER_LEFT], 0).sum(axis=1)
    most = p.EXPOSURE_MAX // int(arrays.contract[p.CONTRACT_VALUE])
    exposure = np.abs(state[:, p.STATE_POSITION]) + left
    _refuse("state", f"position and landed orders up to {most} lots of bot", exposure > most)


def check_call(arrays: PerpetualArrays, state: Integers, journal: Integers, frame_to: int) -> None:
    """Refuse lengths, cursors and a frame that do not fit the arrays checked before."""
    _check_state_shape(arrays, state)
    _check_table("journal", journal, s.JOURNAL_WIDTH)
    if not 0 <= frame_to <= arrays.frames:
        raise InvalidInput(f"frame_to: expected 0 to {arrays.frames}, found {frame_to}")
    _check_cursors(arrays, state)


def _check_shapes(arrays: PerpetualArrays) -> None:
    """Refuse arrays of a wrong kind or width."""
    _check_table("book", arrays.book.T, p.BOOK_ROWS)
    for name, width in (
        ("prints", p.PRINT_WIDTH),
        ("fundings", p.FUNDING_WIDTH),
        ("tiers", p.TIER_WIDTH),
        ("plans", p.PLAN_WIDTH),
        ("commands", p.COMMAND_WIDTH),
    ):
        _check_table(name, getattr(arrays, name), width)
    _check_table("contract", arrays.contract[None], p.CONTRACT_WIDTH)


def _check_table(argument: str, table: Integers, width: int) -> None:
    """Refuse anything but int64 rows of a width."""
    if table.dtype != np.int64:
        raise InvalidInput(f"{argument}: expected int64, found {table.dtype}")
    if table.ndim != 2 or table.shape[1] != width:
        raise InvalidInput(f"{argument}: expected {width} columns, found shape {table.shape}")


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
    counts = book[p.BOOK_PRINTS]
    _refuse("book", "PRINTS not falling at frame", np.diff(counts, prepend=0) < 0)
    _refuse("book", f"PRINTS up to {prints} in frame", counts > prints)


def _check_fundings(fundings: Integers) -> None:
    """Refuse rows out of order, and payments that the largest position could not make."""
    stamps = fundings[:, p.FUNDING_TS]
    _refuse("fundings", "TS not falling at funding", np.diff(stamps, prepend=0) < 0)
    rates = np.abs(fundings[:, p.FUNDING_RATE]).astype(object)
    exact = rates * fundings[:, p.FUNDING_ORACLE].astype(object) * p.EXPOSURE_MAX
    total = int(exact.sum()) // p.RATE_UNIT
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
    is_beyond = (most > p.PRICE_MAX) & (most != s.INT64_MAX)
    _refuse("plans", f"MAX_CONCESSION up to {p.PRICE_MAX}, or none, of bot", is_beyond)
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
        _refuse("state", f"{name} in range of bot", (column < 0) | (column > most))
