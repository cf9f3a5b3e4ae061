"""Recorded floats and texts as whole quanta and lots, or a refusal that names the row."""

from decimal import Decimal

import numpy as np
import numpy.typing as npt

from forven.market.perpetual.contract import PerpetualContract
from forven.market.schema import MISSING
from forven.primitives.errors import UntrustedData

_TOLERANCE = 1e-6
"""Share of a unit by which a float may miss a whole one, beside its own precision."""
_PRECISION = 4e-16
_WHOLE_MAX = 2.0**62

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


def price_column(what: str, prices: Numbers, contract: PerpetualContract) -> Whole:
    """Return recorded prices in quanta; NaN is a missing side; UntrustedData names the row.

    what  the column's name in an error
    """
    there = ~np.isnan(prices)
    units = _in_units(what, np.where(there, prices, 0.0), contract.quantum)
    whole = np.rint(units)
    off = np.abs(units - whole) > _TOLERANCE + _PRECISION * np.abs(units)
    if off.any():
        row = int(np.argmax(off))
        raise UntrustedData(
            f"{what}, row {row}: expected a multiple of {contract.quantum:f} ({contract.symbol}), "
            f"found {prices[row]!r}; give a contract with a finer quantum"
        )
    return np.where(there, whole, MISSING).astype(np.int64)


def size_column(
    what: str, sizes: Numbers, contract: PerpetualContract, counts: dict[str, int]
) -> Whole:
    """Return recorded sizes in whole lots, rounded down: what is displayed is never overstated.

    Rows with a part of a lot are counted as `finer_size`; NaN is 0; a negative size stays negative.
    """
    units = _in_units(what, np.nan_to_num(sizes, nan=0.0), contract.lot)
    whole = np.floor(units + _TOLERANCE + _PRECISION * np.abs(units))
    finer = np.abs(units - np.rint(units)) > _TOLERANCE + _PRECISION * np.abs(units)
    counts["finer_size"] = counts.get("finer_size", 0) + int(np.count_nonzero(finer))
    return whole.astype(np.int64)


def text_quanta(what: str, price: str, contract: PerpetualContract) -> int:
    """Return a recorded price text in quanta; UntrustedData if it is not one of them."""
    quanta = Decimal(price) / contract.quantum
    if quanta != int(quanta):
        raise UntrustedData(
            f"{what}: expected a multiple of {contract.quantum:f} ({contract.symbol}), "
            f"found {price}; give a contract with a finer quantum"
        )
    return int(quanta)


def text_lots(size: str, contract: PerpetualContract, counts: dict[str, int]) -> int:
    """Return a recorded size text in whole lots, rounded down and then counted."""
    lots = Decimal(size) / contract.lot
    if lots != int(lots):
        counts["finer_size"] = counts.get("finer_size", 0) + 1
    return int(lots // 1)


def _in_units(what: str, values: Numbers, unit: Decimal) -> Numbers:
    """Return values in units, multiplied where the unit's inverse is whole: it rounds less."""
    inverse = 1 / unit
    units = values * float(inverse) if inverse == int(inverse) else values / float(unit)
    broken = ~(np.abs(units) < _WHOLE_MAX)
    if broken.any():
        row = int(np.argmax(broken))
        raise UntrustedData(f"{what}, row {row}: expected a number, found {values[row]!r}")
    return units
