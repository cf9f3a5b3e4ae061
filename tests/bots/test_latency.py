"""Latencies: the quantiles of the latest frames."""

from forven.bots.latency import Latencies


def test_there_is_no_quantile_before_the_first_frame():
    assert Latencies().quantile_ms(0.5) is None


def test_quantiles_are_those_of_the_latest_frames_alone():
    latencies = Latencies(kept=100)
    for _ in range(50):
        latencies.add(9_000_000_000)
    for number in range(1, 101):
        latencies.add(number * 1_000_000)
    assert latencies.quantile_ms(0.5) == 51.0
    assert latencies.quantile_ms(0.99) == 100.0
