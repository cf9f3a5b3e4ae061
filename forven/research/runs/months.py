"""Returns by calendar month, from the account's value at each bar's close."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
MONTHS = 12


def month_rows(
    ends_ns: npt.NDArray[np.int64], curves: list[tuple[int, Floats]], capital: float
) -> list[list[Any]]:
    """Return a row a year: the year, its twelve months and the whole; None where no bar ended.

    curves  first bar and values of each segment: its returns start from the capital, and a month
            that two segments share is the product of both      result  fractions, months in UTC
    """
    growth: dict[tuple[int, int], float] = {}
    for begin, values in curves:
        former = np.append(capital, values[:-1])
        with np.errstate(divide="ignore", invalid="ignore"):
            factors = np.where(former > 0.0, values / former, 1.0)
        months = _months(ends_ns[begin : begin + values.size])
        starts = np.flatnonzero(np.append(True, months[1:] != months[:-1]))
        for at, factor in zip(starts, np.multiply.reduceat(factors, starts), strict=True):
            key = divmod(int(months[at]), MONTHS)
            growth[key] = growth.get(key, 1.0) * float(factor)
    years = sorted({year for year, _ in growth})
    return [_row(year, growth) for year in range(years[0], years[-1] + 1)] if years else []


def _row(year: int, growth: dict[tuple[int, int], float]) -> list[Any]:
    """Return a year's row."""
    months = [growth.get((year, month)) for month in range(MONTHS)]
    known = [factor for factor in months if factor is not None]
    cells = [None if factor is None else factor - 1.0 for factor in months]
    return [year, *cells, float(np.prod(known)) - 1.0 if known else None]


def _months(ends_ns: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return years x 12 + month (0 to 11) of the last moment of each bar."""
    moments = (ends_ns - 1).astype("datetime64[ns]").astype("datetime64[M]")
    return moments.astype(np.int64) + 1970 * MONTHS
