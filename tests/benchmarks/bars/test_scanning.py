from benchmarks.bars.scanning import Scan
from forven.strategies.bars.registry import built_in


def test_a_scan_runs_every_built_in_strategy_the_same_on_one_thread_and_on_two() -> None:
    one, two = (Scan({"bars": 2_000, "threads": threads}).round() for threads in (1, 2))
    assert one.digest == two.digest
    assert one.details == {"strategies": len(built_in())}
    assert one.units == 2_000 * len(built_in())
    assert one.details["strategies"] >= 75
