"""What the synthetic condors wait for, in half quanta: worked out from their plans and entries."""

import numpy as np
from numpy.typing import NDArray

from forven.engine.session import SessionResult
from forven.kernels import schema
from forven.research.workloads.inputs import chosen_legs

BPS = 10_000
CONDOR_LEGS = 4


def ceil_share(amount: NDArray[np.int64], share_bps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return amount x share, rounded up."""
    return -(-amount * share_bps // BPS)


def thresholds_of(
    plans: NDArray[np.int64], results: list[SessionResult]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (B, 4) legs and (B, 2) the closing order's mid2 at the stop and at the target.

    The condors were sold for a credit, each leg once.
    """
    legs = np.ascontiguousarray(chosen_legs(results)[:, :CONDOR_LEGS])
    nets = np.array(
        [
            result.rows[result.rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_FILLED][
                0, schema.JOURNAL_A
            ]
            for result in results
        ]
    )
    stop2 = -ceil_share(2 * nets, plans[:, schema.PLAN_STOP_BPS])
    target2 = ceil_share(2 * nets, plans[:, schema.PLAN_TARGET_BPS])
    return legs, np.stack([stop2 - 2 * nets, target2 - 2 * nets], axis=1)
