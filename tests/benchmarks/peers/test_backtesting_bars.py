"""backtesting.py against our engine: its script refuses any trade that is not ours."""

import pytest

from benchmarks.bars.contests import BACKTESTING
from tests.benchmarks.peers.bars import taken

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BACKTESTING.reason is not None, reason=str(BACKTESTING.reason)),
]


def test_its_trades_are_ours(tmp_path) -> None:
    told, trades = taken(BACKTESTING, tmp_path, is_whole=False)
    assert told.details["trades"] == trades > 20
