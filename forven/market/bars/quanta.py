"""Prices as written to whole quanta: how many decimals they have, what rounding changes."""

import numpy as np
import numpy.typing as npt

from forven.kernels.bars_schema import PRICE_MAX
from forven.market.bars.bars import DECIMALS_MAX, Floats, Integers

# A double that stands for a decimal is within half a unit of its last place; sums of exporters
# leave a few units more, as 5.330000000000001e-05.
DOUBLE_SHARE = 2.0**-50
SINGLE_SHARE = 2.0**-22


def off_grid(values: Floats, decimals: int, share: float) -> npt.NDArray[np.bool_]:
    """Return which values are no multiple of 10**-decimals within the precision of storage."""
    scaled = values * 10.0**decimals
    return np.asarray(np.abs(scaled - np.rint(scaled)) > np.abs(scaled) * share)


def decimals_of(values: Floats, share: float) -> int | None:
    """Return the fewest decimals, 0 to 8, that all values have; None if 8 are too few.

    values  finite     share  of a value that its storage may have changed
    """
    rest = values
    for decimals in range(DECIMALS_MAX + 1):
        rest = rest[off_grid(rest, decimals, share)]
        if not rest.size:
            return decimals
    return None


def most_decimals(highest: float) -> int:
    """Return the most decimals at which a price is not above what bars hold; -1 if 0 are too many.

    highest  the greatest price
    """
    fitting = [d for d in range(DECIMALS_MAX + 1) if np.rint(highest * 10.0**d) <= PRICE_MAX]
    return fitting[-1] if fitting else -1


def quanta_of(values: Floats, decimals: int) -> Integers:
    """Return values in quanta, rounded half to even; what is not finite or too large becomes 0."""
    scaled = np.rint(values * 10.0**decimals)
    fits = np.abs(np.nan_to_num(scaled, nan=np.inf)) <= PRICE_MAX
    return np.where(fits, scaled, 0.0).astype(np.int64)
