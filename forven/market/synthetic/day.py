"""One synthetic day of SPXW quotes that expire at its close, with the index they are written on.

Modelled: a U-shaped day that falls harder than it rises, volatility that persists over days and
clusters within them, jumps and overnight gaps; implied variance that follows the realised one at
a premium; skew and smile that steepen under stress and in the last hour; widths by premium, depth
in the money, stress and time of day; the 0.05/0.10 grid; zero bids; sizes; late first quotes,
withdrawn last ones; locked, crossed and one-sided quotes at the rates of `GLITCHES_PER_MILLION`.

Not modelled: trades and what they move, depth beyond the best quote, dealer hedging and pinning,
scheduled news, halts, limit moves, an index that lags at the open, quotes that answer to orders
of ours, other expiries, holidays' effect on volatility, or any edge that a strategy could learn
beyond the variance premium. Nothing earned here says what would be earned in the market.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forven.kernels.jit.synthetic import (
    GLITCH_CROSSED,
    GLITCH_LOCKED,
    GLITCH_ONE_SIDED,
    MAKER_DEEP_SCALE,
    MAKER_DEEP_WIDTH,
    MAKER_FIXED_WIDTH,
    MAKER_REFRESH,
    MAKER_WIDTH_COUNT,
    MAKER_WIDTH_SHARE,
    ROW_ASK,
    ROW_ASK_SIZE,
    ROW_BID,
    ROW_BID_SIZE,
    ROW_FRAME,
    ROW_INSTRUMENT,
    ROW_WIDTH,
    STATE_WIDTH,
    quote_chain,
)
from forven.kernels.schema import CALL, PUT
from forven.market.bounds import SessionBounds
from forven.market.instruments import OptionSymbol, card_of
from forven.market.schema import MISSING, PRINTS, QUOTES
from forven.market.synthetic.listing import list_strikes, quoting_windows
from forven.market.synthetic.path import IndexPath, index_path
from forven.market.synthetic.regime import day_regime
from forven.market.synthetic.spec import DAYS_MAX, SyntheticSpec
from forven.market.synthetic.surface import day_surface
from forven.market.ticks import DayTicks
from forven.primitives.errors import InvalidInput
from forven.primitives.seeds import generator
from forven.primitives.time import NANOSECONDS_PER_SECOND

ROOT = "SPXW"
GLITCHES_PER_MILLION = {GLITCH_LOCKED: 12.0, GLITCH_CROSSED: 5.0, GLITCH_ONE_SIDED: 3.0}
"""Of quoted contract-frames with a bid; each lasts one frame."""

_PATH, _SURFACE, _QUOTES = 2, 3, 4
_FIXED_WIDTH_QUANTA = 1.5
_WIDTH_SHARE = 0.007
_DEEP_WIDTH_SHARE = 0.0012
_DEEP_SCALE_SHARE = 0.008
_REFRESH_PER_SECOND = 0.004


def synthetic_day(spec: SyntheticSpec, index: int, bounds: SessionBounds) -> DayTicks:
    """Return day number `index` (from 0) of a synthetic market, played in the session `bounds`.

    The same spec, index and bounds give the same bytes. InvalidInput for an index out of range
    or a session that is not a whole number of half hours.
    """
    if not 0 <= index < DAYS_MAX:
        raise InvalidInput(f"index: expected 0 to {DAYS_MAX - 1}, found {index}")
    if bounds.duration_ns % (1_800 * NANOSECONDS_PER_SECOND):
        raise InvalidInput(
            f"session of {bounds.day}: expected a whole number of half hours, "
            f"found {bounds.duration_ns / NANOSECONDS_PER_SECOND} seconds"
        )
    regime = day_regime(spec, index)
    path = index_path(regime, bounds, spec.frame_seconds, generator(spec.seed, index, _PATH))
    surface = day_surface(spec, regime, path, generator(spec.seed, index, _SURFACE))
    strikes = list_strikes(regime.opening, spec.near_strikes)
    rows = _quote_rows(spec, strikes, surface, generator(spec.seed, index, _QUOTES))
    return DayTicks(
        day=bounds.day,
        underlying=card_of(ROOT).underlying,
        quotes=_quotes_table(rows, strikes, spec, bounds),
        prints=_prints_table(path, spec, bounds),
        settlement=round(100.0 * path.settlement),
    )


def _quote_rows(
    spec: SyntheticSpec,
    strikes: npt.NDArray[np.int64],
    surface: npt.NDArray[np.float64],
    random: np.random.Generator,
) -> npt.NDArray[np.int32]:
    """Return the changed quotes (rows, ROW_WIDTH) of a day."""
    frames, count = surface.shape[0], 2 * strikes.size
    windows = quoting_windows(strikes, surface, spec.frame_seconds, random)
    glitches = _glitches(frames, count, random)
    noise = random.integers(0, 2**32, size=(frames, count), dtype=np.uint32)
    rows = np.empty((frames * count, ROW_WIDTH), np.int32)
    used = quote_chain(
        surface,
        strikes.astype(np.float64),
        windows,
        noise,
        glitches,
        _maker(surface, spec.frame_seconds),
        np.empty(strikes.size),
        np.zeros((count, STATE_WIDTH), np.int32),
        rows,
    )
    return rows[:used]


def _maker(surface: npt.NDArray[np.float64], frame_seconds: int) -> npt.NDArray[np.float64]:
    maker = np.empty(MAKER_WIDTH_COUNT)
    opening = surface[0, 0]
    maker[MAKER_FIXED_WIDTH] = _FIXED_WIDTH_QUANTA
    maker[MAKER_WIDTH_SHARE] = _WIDTH_SHARE
    maker[MAKER_DEEP_WIDTH] = _DEEP_WIDTH_SHARE * opening
    maker[MAKER_DEEP_SCALE] = _DEEP_SCALE_SHARE * opening
    maker[MAKER_REFRESH] = 256.0 * (1.0 - (1.0 - _REFRESH_PER_SECOND) ** frame_seconds)
    return maker


def _glitches(frames: int, count: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return (G, 3) frame, instrument, kind, sorted; at most one an instrument and frame."""
    cells, kinds = [], []
    for kind, rate in GLITCHES_PER_MILLION.items():
        number = random.poisson(rate * 1e-6 * frames * count)
        cells.append(random.integers(0, frames * count, size=number))
        kinds.append(np.full(number, kind))
    cell, first = np.unique(np.concatenate(cells), return_index=True)
    frame, instrument = np.divmod(cell, count)
    return np.stack([frame, instrument, np.concatenate(kinds)[first]], axis=1).astype(np.int64)


def _quotes_table(
    rows: npt.NDArray[np.int32],
    strikes: npt.NDArray[np.int64],
    spec: SyntheticSpec,
    bounds: SessionBounds,
) -> pa.Table:
    symbols = [
        OptionSymbol(root=ROOT, expiry=bounds.day, right=right, strike_quanta=strike).osi
        for right in (CALL, PUT)
        for strike in strikes.tolist()
    ]
    columns = [
        pa.array(_moments(rows[:, ROW_FRAME], spec, bounds)).cast(QUOTES.field("ts").type),
        pa.DictionaryArray.from_arrays(
            pa.array(np.ascontiguousarray(rows[:, ROW_INSTRUMENT])), pa.array(symbols)
        ),
    ]
    for column in (ROW_BID, ROW_ASK, ROW_BID_SIZE, ROW_ASK_SIZE):
        columns.append(pa.array(np.ascontiguousarray(rows[:, column])))
    return pa.Table.from_arrays(columns, schema=QUOTES)


def _prints_table(path: IndexPath, spec: SyntheticSpec, bounds: SessionBounds) -> pa.Table:
    """Return one index value a frame and one at the close; an index has no size."""
    count = path.points.size
    underlying = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(count, np.int32)), pa.array([card_of(ROOT).underlying])
    )
    columns = [
        pa.array(_moments(np.arange(count), spec, bounds)).cast(PRINTS.field("ts").type),
        underlying,
        pa.array(np.rint(100.0 * path.points).astype(np.int32)),
        pa.array(np.full(count, MISSING, np.int32)),
        pa.array(np.zeros(count, np.int8)),
    ]
    return pa.Table.from_arrays(columns, schema=PRINTS)


def _moments(
    frames: npt.NDArray[np.integer], spec: SyntheticSpec, bounds: SessionBounds
) -> npt.NDArray[np.int64]:
    step = spec.frame_seconds * NANOSECONDS_PER_SECOND
    return bounds.open_ns + frames.astype(np.int64) * step
