"""raptorbt against our engine: its script refuses any trade that is not ours."""

import pytest

from benchmarks.bars.contests import RAPTORBT
from tests.benchmarks.peers.bars import taken

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(RAPTORBT.reason is not None, reason=str(RAPTORBT.reason)),
]


def test_its_trades_are_ours(tmp_path) -> None:
    told, trades = taken(RAPTORBT, tmp_path)
    assert told.details["trades"] == trades > 100
