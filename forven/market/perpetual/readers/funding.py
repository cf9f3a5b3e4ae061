"""Reads funding histories: rates exact to 1e-10, and the oracle price each was paid at."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from forven.kernels.perpetual_schema import BOOK_MARK2, FUNDING_WIDTH, RATE_UNIT
from forven.kernels.schema import MISSING
from forven.market.perpetual.frames import RATE_MAX
from forven.market.perpetual.readers.recordings import floats_of, instrument_rows, stamps_of
from forven.market.perpetual.stream import PerpetualStream
from forven.primitives.errors import UntrustedData

_TOLERANCE = 1e-3
"""Share of 1e-10 by which a recorded double may miss it: its own precision is far below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingRates:
    """Rates of one instrument by time.

    ts    (F,) int64 nanoseconds, rising      rate  (F,) int64 in 1 / RATE_UNIT of notional
    """

    ts: npt.NDArray[np.int64]
    rate: npt.NDArray[np.int64]

    def rows(self, oracle: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the kernel's funding rows; oracle (F,) or one int64 price in quanta."""
        prices = np.broadcast_to(np.asarray(oracle, np.int64), self.ts.shape)
        return np.stack([self.ts, self.rate, prices], axis=1).reshape(-1, FUNDING_WIDTH)

    def rows_at_marks(self, stream: PerpetualStream) -> npt.NDArray[np.int64]:
        """Return the rows due while a stream runs, its mark (floored to quanta) as the oracle.

        For recordings without an oracle price. Rates due before the first mark are left out.
        """
        frame = np.searchsorted(stream.ts, self.ts, side="right") - 1
        mark2 = stream.book[BOOK_MARK2, np.maximum(frame, 0)]
        due = (frame >= 0) & (mark2 != MISSING) & (self.ts <= stream.ts[-1])
        kept = FundingRates(ts=self.ts[due], rate=self.rate[due])
        return kept.rows(mark2[due] // 2)


def read_funding_rates(path: Path, symbol: str) -> FundingRates:
    """Return a symbol's rates from a Parquet file with `ts, symbol, funding_rate`.

    errors  UntrustedData for a rate finer than 1e-10, beyond 9 %, or times that do not rise
    """
    table = instrument_rows(path, ("ts", "funding_rate"), symbol)
    ts = stamps_of(path, table, "ts")
    found = floats_of(path, table, "funding_rate")
    units = found * float(RATE_UNIT)
    with np.errstate(invalid="ignore"):
        broken = ~(np.abs(units - np.rint(units)) <= _TOLERANCE) | ~(np.abs(units) <= RATE_MAX)
    broken[1:] |= ts[1:] <= ts[:-1]
    if broken.any():
        row = int(np.argmax(broken))
        raise UntrustedData(
            f"{path}, row {row}: expected times that rise and rates within 9 % that are "
            f"multiples of 0.0000000001, found {found[row]!r}"
        )
    return FundingRates(ts=ts, rate=np.rint(units).astype(np.int64))
