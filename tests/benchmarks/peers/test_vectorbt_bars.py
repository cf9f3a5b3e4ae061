"""vectorbt against our engine: its script refuses any trade that is not ours."""

import pytest

from benchmarks.bars.contests import VECTORBT
from tests.benchmarks.peers.bars import taken

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(VECTORBT.reason is not None, reason=str(VECTORBT.reason)),
]


@pytest.mark.parametrize("engine", ["rust", "numba"])
@pytest.mark.parametrize("way", ["simulate", "portfolio"])
def test_its_trades_are_ours(tmp_path, engine: str, way: str) -> None:
    told, trades = taken(VECTORBT, tmp_path, engine=engine, way=way)
    assert told.details["trades"] == trades > 100
    assert told.details["return_deviation_max"] < 1e-9
