from benchmarks.bars.sizes import BAR_SIZES, values_of
from forven.research.workloads.sizes import SIZES


def test_there_is_a_size_over_bars_for_each_of_the_standard_ones() -> None:
    assert set(BAR_SIZES) == set(SIZES)


def test_the_real_size_is_a_thousand_crossings_over_a_hundred_thousand_bars() -> None:
    real = BAR_SIZES["real"]
    assert (real.runs, real.bars, real.scan_bars) == (1_000, 100_000, 50_000)
    assert max(values_of(real.fast)) < min(values_of(real.slow))


def test_an_axis_includes_its_last_value() -> None:
    assert list(values_of((5, 20, 5))) == [5, 10, 15, 20]
