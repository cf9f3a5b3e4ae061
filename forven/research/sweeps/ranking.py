"""The order of a sweep's runs by a metric: the better end first, whichever end that is."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from forven.primitives.errors import InvalidInput
from forven.research.metrics import bars
from forven.research.metrics.judgement import Better, Judgement
from forven.research.sweeps import sessions_chunk
from forven.strategies.bars.errors import proposal

TRAIN, TEST = "train_", "test_"
TIE_METRIC = "total_return"
"""What decides among runs that a metric holds to be equal, as ratios that stop at 10."""
JUDGED: Mapping[str, Mapping[str, Judgement]] = {
    "bars": bars.JUDGED,
    "sessions": sessions_chunk.JUDGED,
}
"""By the kind of a sweep, and the name of a metric."""

Floats = npt.NDArray[np.float64]


def judgement_of(kind: str, metric: str, has_detail: bool = True) -> Judgement:
    """Return how a metric is judged; errors: InvalidInput for one that such a sweep has not.

    has_detail  whether the sweep measures bars beside trades
    """
    known = JUDGED[kind]
    if not has_detail and metric in bars.OF_BARS:
        raise InvalidInput(
            f"metric {metric!r}: expected one of trades, found one of bars, which a fast sweep "
            "does not measure; take trade_sharpe or total_return, or sweep without --fast"
        )
    if metric not in known:
        bare = metric.removeprefix(TRAIN).removeprefix(TEST)
        mend = (
            f"say {bare!r}: the train segment always ranks"
            if bare in known
            else proposal(metric, known)
        )
        raise InvalidInput(f"metric {metric!r}: expected a metric of a sweep, found none; {mend}")
    return known[metric]


def best_first(values: Floats, judgement: Judgement, ties: Floats) -> npt.NDArray[np.int64]:
    """Return the rows from the best to the worst; those without a value come last.

    values  of the metric; without a better end, the highest come first
    ties    the higher one is first among equals, then the earlier row
    """
    signed = values if judgement.better is Better.LOW else -values
    return np.lexsort((np.arange(values.size), -ties, np.isnan(ties), signed, np.isnan(values)))
