import pytest

from benchmarks.bars.floor import BareLoop
from benchmarks.bars.inputs import EQUITY_PART, TRADES_PART
from benchmarks.bars.sweeping import Sweep


@pytest.mark.parametrize("threads", [1, 2])
def test_the_bare_loop_has_the_trades_and_every_bit_of_the_equity_of_the_sweep(
    settings, threads: int
) -> None:
    bare, ours = BareLoop({**settings, "threads": threads}).round(), Sweep(settings).round()
    assert bare.agreements == ours.agreements
    assert set(bare.agreements) == {TRADES_PART, EQUITY_PART}
    assert bare.units == ours.units
    assert bare.details["trades"] > 100


def test_other_fees_are_another_equity_and_the_same_trades(settings) -> None:
    loop = BareLoop(settings)
    first = loop.round().agreements
    loop.money = (loop.money[0], 0.0)
    second = loop.round().agreements
    assert first[TRADES_PART] == second[TRADES_PART]
    assert first[EQUITY_PART] != second[EQUITY_PART]
