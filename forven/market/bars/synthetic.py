"""Made-up bars: a seeded walk with gaps, volumes and every column beside prices on request."""

from collections.abc import Sequence

import numpy as np

from forven.market.bars.bars import Bars, Floats, Integers
from forven.market.bars.calendars import ALWAYS, MEASURED, bars_per_year, expected_ends
from forven.market.bars.columns import ENRICHMENT
from forven.market.bars.timeframes import DAY_NS, timeframe_of
from forven.primitives.errors import InvalidInput
from forven.primitives.seeds import generator

BARS_MAX = 50_000_000
SYMBOL = "SYNTHETIC"
_FIRST_NS = 18_262 * DAY_NS  # 2020-01-01
_DECIMALS = 2
_START_QUANTA = 3_000_000
_VOLATILITY = 0.6  # a year
_WANDER = 2.5  # the walk's logarithm stays within so much of its start
_OPEN_GAP = 0.1  # of a bar's deviation
_WALK, _SHAPE, _VOLUME, _HOLES, _COLUMNS = range(5)


def random_bars(
    count: int,
    seed: int,
    timeframe: str = "1h",
    *,
    calendar: str = ALWAYS,
    columns: Sequence[str] = (),
    missing_share: float = 0.0,
) -> Bars:
    """Return `count` bars from 2020 on; the same arguments give the same bars.

    columns        names of the columns beside prices to make up too, as ENRICHMENT has them
    missing_share  share of the bars due that are not there, below 1
    """
    if not 1 <= count <= BARS_MAX:
        raise InvalidInput(f"bars: expected 1 to {BARS_MAX:,}, found {count:,}")
    if not 0.0 <= missing_share < 1.0:
        raise InvalidInput(f"missing_share: expected 0 to below 1, found {missing_share}")
    unknown = [name for name in columns if name not in ENRICHMENT]
    if unknown:
        raise InvalidInput(
            f"columns: expected some of {', '.join(ENRICHMENT)}; found {unknown[0]!r}"
        )
    ends = _ends(count, timeframe, calendar, missing_share, generator(seed, _HOLES))
    yearly = bars_per_year(timeframe, ALWAYS if calendar == MEASURED else calendar)
    deviation = _VOLATILITY / np.sqrt(yearly)
    return Bars(
        symbol=SYMBOL,
        timeframe=timeframe,
        calendar=calendar,
        decimals=_DECIMALS,
        ends_ns=ends,
        prices=_prices(count, deviation, seed),
        volume=np.round(generator(seed, _VOLUME).lognormal(3.0, 0.8, count), 3),
        columns={name: _column(name, count, seed) for name in columns},
    )


def _ends(
    count: int, timeframe: str, calendar: str, missing_share: float, random: np.random.Generator
) -> Integers:
    """Return the ends of bars of a calendar from 2020 on, some left out."""
    due = int(count / (1.0 - missing_share)) + 1
    frame = timeframe_of(timeframe)
    known = ALWAYS if calendar == MEASURED else calendar
    span = int(due / bars_per_year(timeframe, known) * 366 * DAY_NS) + 10 * DAY_NS
    first = _FIRST_NS + frame.duration_ns
    ends = expected_ends(timeframe, known, first, first + span + 2 * frame.duration_ns)
    if ends is None or ends.size < due:
        raise InvalidInput(f"bars: expected fewer than {count:,} for the calendar {calendar!r}")
    kept = np.sort(random.permutation(due)[:count]) if missing_share else np.arange(count)
    return np.ascontiguousarray(ends[kept])


def _prices(count: int, deviation: float, seed: int) -> Integers:
    """Return open, high, low, close: a reflected walk of the logarithm in changing weather."""
    random = generator(seed, _WALK)
    weather = np.repeat(random.uniform(0.5, 1.5, count // 500 + 1), 500)[:count]
    steps = random.standard_normal(count) * weather * deviation
    closes = _start_times(np.cumsum(steps))
    opens = np.append(_START_QUANTA, closes[:-1])
    shape = generator(seed, _SHAPE).standard_normal((3, count)) * weather * deviation
    opens = np.maximum(np.rint(opens * (1.0 + _OPEN_GAP * shape[0])), 1.0)
    high = np.rint(np.maximum(opens, closes) * (1.0 + 0.5 * np.abs(shape[1])))
    low = np.maximum(np.rint(np.minimum(opens, closes) * (1.0 - 0.5 * np.abs(shape[2]))), 1.0)
    return np.ascontiguousarray(np.array([opens, high, low, closes]).astype(np.int64))


def _start_times(logarithm: Floats) -> Floats:
    """Return the first price times e to a walk, the walk folded back at its bounds."""
    folded = _WANDER - np.abs((logarithm + _WANDER) % (4 * _WANDER) - 2 * _WANDER)
    return np.asarray(np.rint(_START_QUANTA * np.exp(folded)))


# Of each column: where it lies on the whole and how far it swings.
_LEVELS = {
    "funding_rate": (1e-5, 3e-5),
    "open_interest": (5e5, 5e4),
    "ls_ratio": (1.2, 0.3),
    "long_pct": (0.54, 0.05),
    "short_pct": (0.46, 0.05),
    "taker_buy_sell_ratio": (1.0, 0.25),
    "long_liq_usd": (2e5, 1e5),
    "short_liq_usd": (2e5, 1e5),
    "liq_imbalance": (0.0, 0.4),
    "basis": (2e-4, 5e-4),
    "iv_btc": (60.0, 12.0),
    "iv_eth": (70.0, 14.0),
    "fear_greed": (50.0, 20.0),
    "vix_close": (20.0, 5.0),
    "dxy_close": (100.0, 4.0),
    "spy_close": (400.0, 40.0),
    "treasury_10y": (3.0, 1.0),
    "btc_dominance": (50.0, 6.0),
}
_SIGNED = {"funding_rate", "liq_imbalance", "basis"}
_AVERAGED = 24


def _column(name: str, count: int, seed: int) -> Floats:
    """Return a column that drifts about its level, missing in its first bars."""
    level, swing = _LEVELS[name]
    random = generator(seed, _COLUMNS, list(_LEVELS).index(name))
    sums = np.cumsum(random.standard_normal(count + _AVERAGED))
    drift = (sums[_AVERAGED:] - sums[:-_AVERAGED]) / np.sqrt(_AVERAGED)
    values = np.round(level + swing * drift, 10)
    if name not in _SIGNED:
        values = np.maximum(values, 0.0)
    values[: min(_AVERAGED, count // 10)] = np.nan
    return values
