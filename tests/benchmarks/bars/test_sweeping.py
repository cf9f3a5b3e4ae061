import pytest

from benchmarks.bars.sweeping import Kernel, Sweep, Whole


def test_the_sweep_and_the_kernel_alone_give_the_same_trades_and_equities(settings) -> None:
    assert Sweep(settings).round().agreements == Kernel(settings).round().agreements


@pytest.mark.parametrize("work", [Sweep, Kernel])
def test_a_round_is_the_same_again_and_on_two_threads(settings, work) -> None:
    one = work(settings)
    two = work({**settings, "threads": 2})
    assert one.round().digest == one.round().digest == two.round().digest


@pytest.mark.parametrize("work", [Sweep, Kernel])
def test_detail_adds_to_the_digest_and_leaves_trades_and_equities(settings, work) -> None:
    without, beside = work(settings).round(), work({**settings, "detail": True}).round()
    assert without.digest != beside.digest
    assert without.agreements == beside.agreements


def test_units_are_bars_times_combinations(settings, size) -> None:
    assert Sweep(settings).round().units == size.bars * size.runs == Kernel(settings).round().units


@pytest.mark.slow
def test_a_whole_process_gives_the_same_sweep_and_its_own_memory(settings) -> None:
    taken = Whole({**settings, "compiled": True}).round()
    assert taken.digest == Sweep(settings).round().digest
    assert 50e6 < taken.details["process_rss_peak_bytes"] < 400e6
    assert taken.seconds > taken.details["first_sweep_seconds"]
