"""Bounds the money that a batch's bots may move, once, so that no sum in the kernel overflows.

The figures are those of `engine_rs/kernels/src/exposure.rs`, in Python's own integers.
"""

import numpy as np
import numpy.typing as npt

from forven.kernels import schema as s
from forven.kernels.jit.arrival import NOTIONAL_MAX, QUANTITY_MAX, RATIO_MAX
from forven.kernels.session_arrays import SessionArrays
from forven.primitives.errors import InvalidInput

CONTRACTS_MAX = 2_000_000_000
"""Contracts that a bot may open on a day, all its entries and commands together."""
WORTH_MAX = 500_000_000_000_000_000
"""Micros that they may be worth at the day's greatest price."""
MARGIN_MAX = 1_500_000_000_000_000_000
"""Micros that the short ones of them may need as margin."""
_SLIPPAGE_QUANTA_MAX = 10
_BPS = 10_000

Exact = npt.NDArray[np.object_]


def check_exposure(arrays: SessionArrays) -> None:
    """Raise InvalidInput for a bot whose contracts int64 money may not hold, with the figure."""
    if not len(arrays.plans):
        return
    contracts, short = _strategy_contracts(arrays)
    commanded, commanded_short = _command_contracts(arrays)
    quote_max, level_max, price_max = _prices(arrays)
    plans, multiplier = arrays.plans, int(arrays.session[s.SESSION_MULTIPLIER])
    fee = _exact(plans[:, s.PLAN_FEE_OPEN_BELOW : s.PLAN_FEE_SETTLEMENT + 1].max(axis=1))
    price = price_max + _exact(plans[:, s.PLAN_SLIPPAGE_TICKS]) * _SLIPPAGE_QUANTA_MAX
    share = _exact(plans[:, [s.PLAN_MARGIN_RATE_BPS, s.PLAN_MARGIN_FLOOR_BPS]].max(axis=1))
    naked = level_max * share // _BPS + 1
    opened = contracts + commanded
    figures = (
        ("of them", opened, CONTRACTS_MAX),
        ("micros of worth", opened * (price * multiplier + fee), WORTH_MAX),
        (
            "micros of margin",
            (short + commanded_short) * (naked + quote_max) * multiplier,
            MARGIN_MAX,
        ),
    )
    for name, figure, most in figures:
        beyond = np.flatnonzero(figure > most)
        if beyond.size:
            bot = int(beyond[0])
            raise InvalidInput(
                f"plans: expected contracts of bot {bot} of at most {most} {name}, "
                f"found {figure[bot]}; ask for fewer or smaller orders"
            )


def _exact(values: npt.NDArray[np.int64]) -> Exact:
    """Return integers that cannot overflow."""
    return values.astype(object)


def _prices(arrays: SessionArrays) -> tuple[int, int, int]:
    """Return the day's greatest quote, its greatest strike or underlying, and greatest price."""
    quote_max = int(arrays.quotes[s.QUOTE_BID : s.QUOTE_ASK + 1].max(initial=0))
    strikes = arrays.instruments[:, s.INSTRUMENT_STRIKE]
    spot_max = int(arrays.clock[s.CLOCK_SPOT].max(initial=0))
    level_max = max(int(strikes.max(initial=0)), spot_max)
    settlement = int(arrays.session[s.SESSION_SETTLEMENT])
    if settlement == s.MISSING:
        return quote_max, level_max, quote_max
    is_call = arrays.instruments[:, s.INSTRUMENT_RIGHT] == s.CALL
    worth = np.where(is_call, settlement - strikes, strikes - settlement)
    return quote_max, level_max, max(quote_max, int(worth.max(initial=0)))


def _strategy_contracts(arrays: SessionArrays) -> tuple[Exact, Exact]:
    """Return how many contracts each bot's strategy may open, and how many of them it sells."""
    plans, frames = arrays.plans, arrays.clock.shape[1]
    entries = plans[:, s.PLAN_ENTRIES :].reshape(len(plans), s.MAX_ENTRIES, s.ENTRY_WIDTH)
    count = plans[:, s.PLAN_ENTRY_COUNT]
    is_entry = np.arange(s.MAX_ENTRIES) < count[:, None]
    has_window = (is_entry & (entries[:, :, s.ENTRY_TO] != s.MISSING)).any(axis=1)
    tries = np.minimum(plans[:, s.PLAN_MAX_ENTRIES], count + np.where(has_window, frames, 0))
    legs = plans[:, s.PLAN_LEGS : s.PLAN_ENTRIES].reshape(len(plans), s.MAX_LEGS, s.LEG_WIDTH)
    is_leg = np.arange(s.MAX_LEGS) < plans[:, [s.PLAN_LEG_COUNT]]
    sides, ratios = (np.where(is_leg, legs[:, :, one], 0) for one in (s.LEG_SIDE, s.LEG_RATIO))
    return _shared(
        _exact(sides) * _exact(ratios), _exact(tries) * _exact(plans[:, s.PLAN_QUANTITY])
    )


def _command_contracts(arrays: SessionArrays) -> tuple[Exact, Exact]:
    """Return likewise for each bot's commands, without those that the kernel refuses itself."""
    commands, strikes = arrays.commands, arrays.instruments[:, s.INSTRUMENT_STRIKE]
    legs = commands[:, s.COMMAND_LEGS :].reshape(-1, s.MAX_LEGS, s.COMMAND_LEG_WIDTH)
    is_leg = np.arange(s.MAX_LEGS) < commands[:, [s.COMMAND_LEG_COUNT]]
    instruments, ratios = legs[:, :, s.COMMAND_LEG_INSTRUMENT], legs[:, :, s.COMMAND_LEG_RATIO]
    quantity = commands[:, s.COMMAND_QUANTITY]
    is_listed = (instruments >= 0) & (instruments < len(strikes))
    is_sound = is_listed & (ratios >= -RATIO_MAX) & (ratios <= RATIO_MAX)
    is_order = (commands[:, s.COMMAND_KIND] == s.COMMAND_PLACE) & (is_sound | ~is_leg).all(axis=1)
    is_order &= (quantity >= 1) & (quantity <= QUANTITY_MAX)
    struck = strikes[np.where(is_listed, instruments, 0)] if len(strikes) else 0 * instruments
    sizes = _exact(np.abs(np.where(is_leg & is_sound, ratios, 0)))
    worth = _exact(quantity) * int(arrays.session[s.SESSION_MULTIPLIER])
    is_order &= (sizes * _exact(struck)).sum(axis=1) * worth <= NOTIONAL_MAX
    opens = is_leg & is_sound & (legs[:, :, s.COMMAND_LEG_EFFECT] == s.EFFECT_OPEN)
    opened = _exact(np.where(opens & is_order[:, None], ratios, 0))
    first = arrays.plans[:, s.PLAN_COMMAND_FROM]
    after = first + arrays.plans[:, s.PLAN_COMMAND_COUNT]
    totals = []
    for of_command in _shared(opened, _exact(quantity)):
        running = np.concatenate([np.array([0], object), np.cumsum(of_command)])
        totals.append(running[after] - running[first])
    return totals[0], totals[1]


def _shared(ratios: Exact, units: Exact) -> tuple[Exact, Exact]:
    """Return the contracts of so many units of signed ratios, all of them and those sold."""
    return np.abs(ratios).sum(axis=1) * units, np.maximum(ratios, 0).sum(axis=1) * units
