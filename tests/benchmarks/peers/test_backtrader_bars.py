"""backtrader against our engine: its script refuses any trade that is not ours."""

import pytest

from benchmarks.bars.contests import BACKTRADER
from tests.benchmarks.peers.bars import taken

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BACKTRADER.reason is not None, reason=str(BACKTRADER.reason)),
]


def test_its_trades_are_ours(tmp_path) -> None:
    told, trades = taken(BACKTRADER, tmp_path, is_whole=False)
    assert told.details["trades"] == trades > 20
