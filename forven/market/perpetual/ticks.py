"""The ticks of one perpetual as readers and the synthetic market hand them over."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forven.kernels.perpetual_schema import FUNDING_WIDTH
from forven.market.perpetual import schema

NO_FUNDINGS = np.zeros((0, FUNDING_WIDTH), np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualTicks:
    """What one instrument did, sorted by time, in the integers of its contract.

    quotes    `schema.QUOTES`, maybe with `arrival`     trades  `schema.TRADES`, likewise
    marks     `schema.MARKS`, or None: the mark is the middle of the last uncrossed quote
    fundings  int64 [F, FUNDING_WIDTH], sorted by time
    counts    rows left out or mended while reading, by kind
    """

    quotes: pa.Table
    trades: pa.Table = field(default_factory=schema.TRADES.empty_table)
    marks: pa.Table | None = None
    fundings: npt.NDArray[np.int64] = field(default_factory=NO_FUNDINGS.copy)
    counts: dict[str, int] = field(default_factory=dict)
