"""Two series into one: where both have a bar of one end, the later series' bar counts."""

import numpy as np

from forven.kernels.bars_schema import PRICE_MAX
from forven.market.bars.bars import Bars, Floats, Integers
from forven.primitives.errors import InvalidInput

KEPT_LAST, REPEATED = "replaced_by_append", "repeated_by_append"


def merge(former: Bars, later: Bars) -> tuple[Bars, dict[str, int]]:
    """Return both series as one, and how many bars of `former` were replaced or repeated.

    Symbol, timeframe and calendar must be the same; the finer of the two quanta is taken. A column
    that only one of them has is missing in the bars that the other alone has.
    errors  InvalidInput: the series do not fit together
    """
    for name in ("symbol", "timeframe", "calendar"):
        if getattr(former, name) != getattr(later, name):
            raise InvalidInput(
                f"append: expected the {name} that is there, {getattr(former, name)!r}, "
                f"found {getattr(later, name)!r}; replace the dataset, or choose another name"
            )
    decimals = max(former.decimals, later.decimals)
    ends = np.union1d(former.ends_ns, later.ends_ns)
    places = [np.searchsorted(ends, series.ends_ns) for series in (former, later)]
    prices = np.zeros((4, ends.size), np.int64)
    volume = np.full(ends.size, np.nan)
    names = [*former.columns, *(name for name in later.columns if name not in former.columns)]
    columns = {name: np.full(ends.size, np.nan) for name in names}
    for series, place in zip((former, later), places, strict=True):
        prices[:, place] = _scaled(series, decimals)
        volume[place] = series.volume
        for name, values in series.columns.items():
            columns[name][place] = values
    merged = Bars(
        symbol=former.symbol,
        timeframe=former.timeframe,
        calendar=former.calendar,
        decimals=decimals,
        ends_ns=ends,
        prices=prices,
        volume=volume,
        columns=columns,
    )
    return merged, _overlap(former, merged, places[0], np.isin(former.ends_ns, later.ends_ns))


def _scaled(series: Bars, decimals: int) -> Integers:
    factor = 10 ** (decimals - series.decimals)
    if int(series.prices.max()) > PRICE_MAX // factor:
        raise InvalidInput(
            f"append: expected prices of {PRICE_MAX:,} quanta at most, found one of "
            f"{int(series.prices.max()) * factor:,} at {decimals} decimals; import the new bars "
            f"with --decimals {series.decimals}"
        )
    return np.asarray(series.prices * factor)


def _overlap(former: Bars, merged: Bars, place: Integers, shared: np.ndarray) -> dict[str, int]:
    """Count the bars of `former` that `merged` has with other values, and with the same."""
    same = (_scaled(former, merged.decimals) == merged.prices[:, place]).all(axis=0)
    same &= _equal(former.volume, merged.volume[place])
    for name, values in former.columns.items():
        same &= _equal(values, merged.columns[name][place])
    counts = {KEPT_LAST: int((shared & ~same).sum()), REPEATED: int((shared & same).sum())}
    return {kind: count for kind, count in counts.items() if count}


def _equal(left: Floats, right: Floats) -> np.ndarray:
    return np.asarray((left == right) | (np.isnan(left) & np.isnan(right)))
